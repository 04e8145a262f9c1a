import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bytes } from '../../tap.ts';
import { cutAt, cuts } from '../../testing/cuts.ts';
import { Http1Story, storyOf, wire } from '../../testing/http1-story.ts';
import { HTTP1_LIMITS } from './limits.ts';
import { ResponseDecoder } from './response-decoder.ts';

function decoderFor(methods: readonly string[], held = HTTP1_LIMITS.held): ResponseDecoder {
  const decoder = new ResponseDecoder({ ...HTTP1_LIMITS, held });
  for (const method of methods) decoder.expect(method);
  return decoder;
}

const decode = (methods: readonly string[], pieces: readonly Bytes[]): string[] =>
  storyOf(decoderFor(methods), pieces).told;

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const okTold = ['head 38 200, length 2', 'body "ok"', 'end'];

const cases = [
  { name: 'a length', methods: ['GET'], text: ok, told: okTold },
  { name: 'one after another', methods: ['GET', 'POST'], text: ok + ok, told: [...okTold, ...okTold] },
  { name: 'a response nobody asked for, as to a GET', methods: [], text: ok, told: okTold },
  {
    name: 'chunks with extensions and trailers',
    methods: ['GET'],
    text: `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nok\r\n0\r\nA: b\r\n\r\n${ok}`,
    told: [
      'head 47 200, chunked',
      'framing 7',
      'body "ok"',
      'framing 5',
      'trailers 6 A',
      'framing 2',
      'end',
      ...okTold,
    ],
  },
  {
    name: 'until the close',
    methods: ['GET'],
    text: 'HTTP/1.0 200 OK\r\n\r\na\r\n\r\nb',
    told: ['head 19 200, until-close', 'body "a\\r\\n\\r\\nb"', 'end'],
  },
  {
    name: 'an empty body until the close',
    methods: ['GET'],
    text: 'HTTP/1.0 200 OK\r\n\r\n',
    told: ['head 19 200, until-close', 'end'],
  },
  {
    name: 'to HEAD',
    methods: ['HEAD', 'GET'],
    text: `${ok.slice(0, -2)}${ok}`,
    told: ['head 38 200, none', 'end', ...okTold],
  },
  {
    name: '204',
    methods: ['GET'],
    text: `HTTP/1.1 204 \r\n\r\n${ok}`,
    told: ['head 17 204, none', 'end', ...okTold],
  },
  {
    name: '304 with a length',
    methods: ['GET'],
    text: `HTTP/1.1 304 Not\r\nContent-Length: 2\r\n\r\n${ok}`,
    told: ['head 39 304, none', 'end', ...okTold],
  },
  {
    name: '100 and 103, behind which the same request is answered',
    methods: ['HEAD', 'GET'],
    text: `HTTP/1.1 100 \r\n\r\nHTTP/1.1 103 \r\nLink: x\r\n\r\n${ok.slice(0, -2)}${ok}`,
    told: ['head 17 100, none', 'end', 'head 26 103, none', 'end', 'head 38 200, none', 'end', ...okTold],
  },
  {
    name: 'a refused CONNECT',
    methods: ['CONNECT', 'GET'],
    text: `HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno${ok}`,
    told: ['head 38 407, length 2', 'body "no"', 'end', ...okTold],
  },
  {
    name: 'faults of the head',
    methods: ['GET'],
    text: 'HTTP/1.1 200\nContent-Length : 0\n\n',
    told: [
      ...['head 33 200, length 0', 'end'],
      'fault RFC 9112 section 2.2 at 12: a line ends in LF without CR',
      'fault RFC 9112 section 4 at 0: no space behind the status',
      'fault RFC 9112 section 5.1 at 13: white space between "Content-Length" and its colon',
    ],
  },
  {
    name: 'chunked not last: until the close',
    methods: ['GET'],
    text: 'HTTP/1.1 200 \r\nTransfer-Encoding: chunked, gzip\r\n\r\nabc',
    told: [
      ...['head 51 200, until-close', 'body "abc"', 'end'],
      'fault RFC 9112 section 6.3 at 0: Transfer-Encoding "chunked, gzip" does not have chunked last and once',
    ],
  },
  {
    name: 'differing lengths',
    methods: ['GET'],
    text: 'HTTP/1.1 200 \r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    told: [
      ...['head 55 200, unknown', 'end, incomplete', 'undecoded 2'],
      'fault RFC 9112 section 6.3 at 0: Content-Length "1, 2" is not a length',
    ],
  },
  {
    name: 'cut off in a chunk',
    methods: ['GET'],
    text: 'HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab',
    told: [
      ...['head 45 200, chunked', 'framing 3', 'body "ab"', 'end, incomplete'],
      'fault RFC 9112 section 8 at 50: the stream ended inside a body',
    ],
  },
  {
    name: 'junk',
    methods: ['GET'],
    text: `${ok}junk\r\n\r\n`,
    told: [...okTold, 'undecoded 8', 'fault RFC 9112 section 4 at 40: "junk" is not a status line'],
  },
];

describe.each(cases)('$name', ({ methods, text, told }) => {
  test('in one piece', () => {
    expect(decode(methods, [wire(text)])).toEqual(told);
  });

  test('byte by byte', () => {
    expect(decode(methods, Array.from(text, wire))).toEqual(told);
  });

  test('however it is cut', () => {
    fc.assert(
      fc.property(cuts, (places) => {
        expect(decode(methods, cutAt(wire(text), places))).toEqual(told);
      }),
      { numRuns: 30 },
    );
  });
});

describe('behind a switch it keeps what comes, and hands it over', () => {
  const switches = [
    { name: '101', method: 'GET', text: 'HTTP/1.1 101 \r\n\r\n', faults: [] },
    { name: '200 to CONNECT', method: 'CONNECT', text: 'HTTP/1.1 200 \r\n\r\n', faults: [] },
    {
      name: '200 to CONNECT, whatever length it claims',
      method: 'CONNECT',
      text: 'HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\n',
      faults: ['fault RFC 9110 section 8.6 at 0: Content-Length in a 200 that ends with its head'],
    },
  ];

  test.each(switches)('$name', ({ method, text, faults }) => {
    const decoder = decoderFor([method, 'GET']);
    const story = new Http1Story();
    for (const byte of `${text}${ok}`) story.push(decoder, wire(byte));
    expect(story.told).toEqual([`head ${text.length} ${text.slice(9, 12)}, tunnel`, 'end', ...faults]);
    expect(decoder.release()).toEqual(Uint8Array.from(wire(ok)));
    story.push(decoder, wire('more'));
    expect(decoder.release()).toEqual(Uint8Array.from(wire('more')));
    expect(decoder.end()).toEqual([]);
  });

  test('no more than the limit', () => {
    const decoder = decoderFor(['GET'], 4);
    const story = new Http1Story();
    story.push(decoder, wire(`${switches[0]!.text}abcde`));
    expect(story.told.slice(2, 3)).toEqual(['undecoded 5']);
    expect(decoder.release()).toHaveLength(0);
  });
});

test('any bytes at all: never throws, every byte is in one place, however they are cut', () => {
  const piece = fc.constantFrom(
    ...[
      'HTTP/1.1 200 \r\n',
      'HTTP/1.0 304 \r\n',
      'HTTP/1.1 100 \r\n',
      'HTTP/1.1 101 \r\n',
      'Content-Length: 3\r\n',
    ],
    ...[
      'Transfer-Encoding: chunked\r\n',
      'A: b\r\n',
      '\r\n',
      '\n',
      '\r',
      ' ',
      '0',
      '3\r\nabc\r\n',
      'abc',
      '\0',
      '\xff',
    ],
  );
  const methods = fc.array(fc.constantFrom('GET', 'HEAD', 'CONNECT'), { maxLength: 4 });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), methods, cuts, (all, expected, places) => {
      const bytes = wire(all.join(''));
      const decoder = decoderFor(expected);
      const story = storyOf(decoder, cutAt(bytes, places));
      expect(story.told).toEqual(decode(expected, [bytes]));
      expect(story.used + decoder.release().length).toBe(bytes.length);
    }),
    { numRuns: 300 },
  );
});
