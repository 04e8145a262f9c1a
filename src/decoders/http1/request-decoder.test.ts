import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bytes } from '../../tap.ts';
import { cutAt, cuts } from '../../testing/cuts.ts';
import { growth, MOST_GROWTH } from '../../testing/growth.ts';
import { Http1Story, storyOf, wire } from '../../testing/http1-story.ts';
import { HTTP1_LIMITS } from './limits.ts';
import { RequestDecoder } from './request-decoder.ts';

const decode = (pieces: readonly Bytes[]): string[] => storyOf(new RequestDecoder(), pieces).told;

const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const post = 'POST / HTTP/1.1\r\nHost: x\r\n';
const chunkedPost = `${post}Transfer-Encoding: chunked\r\n\r\n`;

const cases = [
  { name: 'no body', text: get, told: ['head 27 GET /, none', 'end'] },
  {
    name: 'requests one after another, as a keep-alive or pipelining client sends them',
    text: `${get}${post}Content-Length: 3\r\n\r\nabc${get}`,
    told: [
      'head 27 GET /, none',
      'end',
      'head 47 POST /, length 3',
      'body "abc"',
      'end',
      'head 27 GET /, none',
      'end',
    ],
  },
  {
    name: 'an empty body',
    text: `${post}Content-Length: 0\r\n\r\n`,
    told: ['head 47 POST /, length 0', 'end'],
  },
  {
    name: 'chunks and trailers',
    text: `${post}Transfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nA: b\r\n\r\n${get}`,
    told: [
      ...[
        'head 56 POST /, chunked',
        'framing 5',
        'body "abc"',
        'framing 5',
        'trailers 6 A',
        'framing 2',
        'end',
      ],
      ...['head 27 GET /, none', 'end'],
    ],
  },
  {
    name: 'HTTP/1.0',
    text: `POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\naGET / HTTP/1.0\r\n\r\n`,
    told: ['head 38 POST /, length 1', 'body "a"', 'end', 'head 18 GET /, none', 'end'],
  },
  {
    name: 'empty lines between requests, which count to the head behind them',
    text: `${get}\r\n\n${get}`,
    told: [
      ...['head 27 GET /, none', 'end', 'head 30 GET /, none', 'end'],
      'fault RFC 9112 section 2.2 at 27: an empty line before the start line',
      'fault RFC 9112 section 2.2 at 29: a line ends in LF without CR',
    ],
  },
  {
    name: 'empty lines and then the end',
    text: `${get}\r\n`,
    told: [
      'head 27 GET /, none',
      'end',
      'undecoded 2',
      'fault RFC 9112 section 2.2 at 27: empty lines after the last message',
    ],
  },
  {
    name: 'faults of the head, which do not stop it',
    text: `GET / HTTP/1.1\nA: b\n c\n\n${get}`,
    told: [
      ...['head 24 GET /, none', 'end', 'head 27 GET /, none', 'end'],
      'fault RFC 9112 section 2.2 at 14: a line ends in LF without CR',
      'fault RFC 9112 section 5.2 at 20: the value of "A" goes on in a folded line',
      'fault RFC 9112 section 3.2 at 0: no Host field',
    ],
  },
  {
    name: 'both Content-Length and Transfer-Encoding: read as chunked, and told',
    text: `${post}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG`,
    told: [
      ...['head 75 POST /, chunked', 'framing 5', 'end', 'undecoded 1'],
      'fault RFC 9112 section 6.1 at 0: both Transfer-Encoding and Content-Length',
      'fault RFC 9112 section 8 at 80: the stream ended inside a head',
    ],
  },
  {
    name: 'an end that cannot be found',
    text: `${post}Content-Length: +3\r\n\r\nabc${get}`,
    told: [
      ...['head 48 POST /, unknown', 'end, incomplete', 'undecoded 30'],
      'fault RFC 9112 section 6.3 at 0: Content-Length "+3" is not a length',
    ],
  },
  {
    name: 'chunks that cannot be read on',
    text: `${post}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\nx\r\n${get}`,
    told: [
      ...['head 56 POST /, chunked', 'framing 3', 'body "a"', 'framing 2', 'end, incomplete', 'undecoded 30'],
      'fault RFC 9112 section 7.1 at 62: "x\\r\\n" is not a chunk-size line',
    ],
  },
  {
    name: 'no request line',
    text: `${get}\r\nhello\r\n\r\n${get}`,
    told: [
      'head 27 GET /, none',
      'end',
      'undecoded 38',
      'fault RFC 9112 section 3 at 29: "hello" is not a request line',
    ],
  },
  {
    name: 'cut off in the head',
    text: 'GET / HTTP/1.1\r\nHos',
    told: ['undecoded 19', 'fault RFC 9112 section 8 at 0: the stream ended inside a head'],
  },
  {
    name: 'cut off in the body',
    text: `${post}Content-Length: 3\r\n\r\nab`,
    told: [
      'head 47 POST /, length 3',
      'body "ab"',
      'end, incomplete',
      'fault RFC 9112 section 8 at 49: the stream ended inside a body',
    ],
  },
  {
    name: 'cut off before the body',
    text: `${post}Content-Length: 3\r\n\r\n`,
    told: [
      'head 47 POST /, length 3',
      'end, incomplete',
      'fault RFC 9112 section 8 at 47: the stream ended inside a body',
    ],
  },
  {
    name: 'cut off in a chunk-size line',
    text: `${post}Transfer-Encoding: chunked\r\n\r\n1`,
    told: [
      ...['head 56 POST /, chunked', 'end, incomplete', 'undecoded 1'],
      'fault RFC 9112 section 8 at 56: the stream ended inside a body',
    ],
  },
  { name: 'nothing', text: '', told: [] },
];

describe.each(cases)('$name', ({ text, told }) => {
  test('in one piece', () => {
    expect(decode([wire(text)])).toEqual(told);
  });

  test('byte by byte', () => {
    expect(decode(Array.from(text, wire))).toEqual(told);
  });

  test('however it is cut', () => {
    fc.assert(
      fc.property(cuts, (places) => {
        expect(decode(cutAt(wire(text), places))).toEqual(told);
      }),
      { numRuns: 30 },
    );
  });
});

describe('behind a request that asks to switch', () => {
  const asking = [
    { name: 'CONNECT', text: 'CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n', head: 'CONNECT x:1, none' },
    { name: 'Upgrade', text: 'GET / HTTP/1.1\r\nHost: x\r\nUPGRADE: y\r\n\r\n', head: 'GET /, none' },
    { name: 'the preface of HTTP/2', text: 'PRI * HTTP/2.0\r\n\r\n', head: 'PRI *, none' },
  ];

  test.each(asking)('$name: it keeps what comes, and hands it over', ({ text, head }) => {
    const decoder = new RequestDecoder();
    const story = new Http1Story();
    for (const byte of `${text}abc`) story.push(decoder, wire(byte));
    expect(story.told).toEqual([`head ${text.length} ${head}`, 'end']);
    expect(decoder.stop()).toEqual([]);
    expect(decoder.release()).toEqual(Uint8Array.from(wire('abc')));
    story.push(decoder, wire('de'));
    expect(decoder.release()).toEqual(Uint8Array.from(wire('de')));
    expect(decoder.end()).toEqual([]);
  });

  test.each(asking)('$name: it reads on when the server declines', ({ text, head }) => {
    const decoder = new RequestDecoder();
    const story = new Http1Story();
    story.push(decoder, wire(`${text}${get}GET`));
    story.tell(decoder.resume());
    story.push(decoder, wire(get.slice(3)));
    expect(story.told).toEqual([
      `head ${text.length} ${head}`,
      'end',
      ...Array(2).fill(['head 27 GET /, none', 'end']).flat(),
    ]);
  });

  test('it stops behind the body, unless the server declined already', () => {
    const text = `${post}Upgrade: y\r\nContent-Length: 2\r\n\r\nab`;
    const told = ['head 59 POST /, length 2', 'body "ab"', 'end'];
    const undecided = new Http1Story();
    undecided.push(new RequestDecoder(), wire(text + get));
    expect(undecided.told).toEqual(told);

    const declined = new Http1Story();
    const decoder = new RequestDecoder();
    declined.push(decoder, wire(text.slice(0, -1)));
    declined.tell(decoder.resume());
    declined.push(decoder, wire(`b${get}`));
    expect(declined.told).toEqual([...told, 'head 27 GET /, none', 'end']);
  });

  test('the end of the stream waits for the answer as well', () => {
    const decoder = new RequestDecoder();
    const story = storyOf(decoder, [wire(`${asking[1]!.text}GE`)]);
    expect(story.told).toEqual(['head 39 GET /, none', 'end']);
    story.tell(decoder.resume());
    expect(story.told.slice(2)).toEqual([
      'undecoded 2',
      'fault RFC 9112 section 8 at 39: the stream ended inside a head',
    ]);
  });

  test('it keeps no more than the limit', () => {
    const decoder = new RequestDecoder({ ...HTTP1_LIMITS, held: 4 });
    const story = new Http1Story();
    story.push(decoder, wire(asking[0]!.text));
    for (const byte of 'abcdef') story.push(decoder, wire(byte));
    expect(story.told.slice(2)).toEqual([
      'undecoded 6',
      'fault limit at 35: more than 4 bytes before it was clear what they are',
    ]);
    expect(decoder.release()).toHaveLength(0);
    expect(decoder.resume()).toEqual([]);
  });

  test('a switch that was not asked for ends the request under way', () => {
    const decoder = new RequestDecoder();
    const story = new Http1Story();
    story.push(decoder, wire(`${post}Content-Length: 3\r\n\r\na`));
    story.tell(decoder.stop());
    story.push(decoder, wire('xyz'));
    expect(story.told).toEqual(['head 47 POST /, length 3', 'body "a"', 'end, incomplete']);
    expect(decoder.release()).toHaveLength(3);
  });
});

test('a head of just the limit is read, a longer one is not', () => {
  const limited = (text: string): string[] =>
    storyOf(new RequestDecoder({ ...HTTP1_LIMITS, head: 27 }), Array.from(text, wire)).told;
  expect(limited(get)).toEqual(['head 27 GET /, none', 'end']);
  expect(limited(`\r\n${get}`)).toEqual(['undecoded 29', 'fault limit at 0: a head of more than 27 bytes']);
  expect(limited('\r\n'.repeat(20))).toEqual([
    'undecoded 40',
    'fault limit at 0: a head of more than 27 bytes',
  ]);
});

test('the same head again gives the same object, another one does not', () => {
  const heads = new RequestDecoder()
    .push(wire(`${get}${get}${get.replace('x', 'y')}`))
    .filter((event) => event.type === 'head');
  expect(heads[1]!.head).toBe(heads[0]!.head);
  expect(heads[2]!.head.fields).toEqual([{ name: 'Host', value: 'y' }]);
});

test('a body in one chunk is not copied', () => {
  const bytes = wire(`${post}Content-Length: 3\r\n\r\nabc`);
  const body = new RequestDecoder().push(bytes).find((event) => event.type === 'body');
  expect(body?.lent.bytes.buffer).toBe(bytes.buffer);
});

test.each([
  { name: 'head', text: (size: number) => `GET / HTTP/1.1\r\nHost: x\r\n${fieldLines(size)}\r\n` },
  { name: 'head of empty lines', text: (size: number) => `${'\r\n'.repeat(size / 2)}${get}` },
  { name: 'body', text: (size: number) => `${post}Content-Length: ${size}\r\n\r\n${'a'.repeat(size)}` },
  {
    name: 'chunked body',
    text: (size: number) => `${chunkedPost}${'1\r\na\r\n'.repeat(size / 6)}0\r\n\r\n`,
  },
  { name: 'trailer section', text: (size: number) => `${chunkedPost}0\r\n${fieldLines(size)}\r\n` },
])('a $name, byte by byte, takes no longer than its length', ({ text }) => {
  const read = (size: number) => {
    const decoder = new RequestDecoder({ ...HTTP1_LIMITS, head: 1 << 20, trailers: 1 << 20 });
    const bytes = wire(text(size));
    let ends = 0;
    for (let index = 0; index < bytes.length; index++) {
      for (const event of decoder.push(bytes.subarray(index, index + 1))) if (event.type === 'end') ends++;
    }
    expect(ends).toBe(1);
  };
  expect(growth(read, 9_000)).toBeLessThan(MOST_GROWTH);
});

function fieldLines(size: number): string {
  return `A: ${'b'.repeat(95)}\r\n`.repeat(size / 100);
}

test('any bytes at all: never throws, every byte is in one place, however they are cut', () => {
  const piece = fc.constantFrom(
    ...[
      'GET / HTTP/1.1\r\n',
      'POST / HTTP/1.0\r\n',
      'Host: x\r\n',
      'Content-Length: 3\r\n',
      'Transfer-Encoding: chunked\r\n',
    ],
    ...[
      'Upgrade: y\r\n',
      'CONNECT x HTTP/1.1\r\n',
      '\r\n',
      '\n',
      '\r',
      ' ',
      ':',
      '0',
      '3\r\nabc\r\n',
      'abc',
      '\0',
      '\xff',
    ],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), cuts, (all, places) => {
      const bytes = wire(all.join(''));
      const decoder = new RequestDecoder();
      const story = storyOf(decoder, cutAt(bytes, places));
      expect(story.told).toEqual(decode([bytes]));
      expect(story.used + decoder.release().length).toBe(bytes.length);
    }),
    { numRuns: 300 },
  );
});
