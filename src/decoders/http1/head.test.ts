import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { wire } from '../../testing/http1-story.ts';
import {
  type RequestHead,
  type ResponseHead,
  readRequestHead,
  readResponseHead,
  type Unreadable,
} from './head.ts';
import { HTTP1_LIMITS } from './limits.ts';

function request(text: string): RequestHead {
  const head = readRequestHead(wire(text));
  if ('unreadable' in head) throw new Error(head.unreadable.detail);
  return head;
}

function response(text: string): ResponseHead {
  const head = readResponseHead(wire(text));
  if ('unreadable' in head) throw new Error(head.unreadable.detail);
  return head;
}

function faults(head: RequestHead | ResponseHead): string[] {
  return head.faults.map(({ rule, offset, isAmbiguous }) => `${rule} at ${offset}${isAmbiguous ? '!' : ''}`);
}

describe('a request', () => {
  test('has its parts, and its fields in order and as they are written', () => {
    const head = request(
      'GET /a?b HTTP/1.1\r\nhOST: x:1\r\nCookie: a=1\r\nX-Empty:\r\nCookie: \t b=2 \t\r\n\r\n',
    );
    expect(head).toEqual({
      method: 'GET',
      target: '/a?b',
      version: '1.1',
      fields: [
        { name: 'hOST', value: 'x:1' },
        { name: 'Cookie', value: 'a=1' },
        { name: 'X-Empty', value: '' },
        { name: 'Cookie', value: 'b=2' },
      ],
      faults: [],
    });
  });

  test.each([
    { line: 'GET / HTTP/1.0', method: 'GET', target: '/', version: '1.0' },
    { line: 'OPTIONS * HTTP/1.0', method: 'OPTIONS', target: '*', version: '1.0' },
    { line: 'CONNECT [::1]:443 HTTP/1.0', method: 'CONNECT', target: '[::1]:443', version: '1.0' },
    { line: 'GET http://x/ HTTP/1.0', method: 'GET', target: 'http://x/', version: '1.0' },
    {
      line: "!#$%&'*+-.^_`|~09azAZ / HTTP/1.0",
      method: "!#$%&'*+-.^_`|~09azAZ",
      target: '/',
      version: '1.0',
    },
    { line: 'PRI * HTTP/2.0', method: 'PRI', target: '*', version: '2.0' },
  ])('begins with $line', ({ line, method, target, version }) => {
    expect(request(`${line}\r\n\r\n`)).toEqual({ method, target, version, fields: [], faults: [] });
  });

  test.each([
    'GET',
    'GET /',
    'GET  HTTP/1.1',
    ' GET / HTTP/1.1',
    'GET / http/1.1',
    'GET / HTTP/1.10',
    'GET / HTTP/11',
    'G@T / HTTP/1.1',
    'HTTP/1.1 200 OK',
    '\x16\x03\x01',
  ])('does not begin with %j', (line) => {
    const head = readRequestHead(wire(`\r\n${line}\r\n\r\n`));
    expect(head).toMatchObject({ unreadable: { rule: 'RFC 9112 section 3', offset: 2 } });
  });

  test('values are Latin-1: a character for each byte', () => {
    expect(request('GET / HTTP/1.0\r\nA: \xe9\xff\r\n\r\n').fields).toEqual([
      { name: 'A', value: '\xe9\xff' },
    ]);
  });
});

describe('a response', () => {
  test.each([
    { line: 'HTTP/1.1 200 OK', version: '1.1', status: 200, reason: 'OK' },
    { line: 'HTTP/1.0 404 Not Found', version: '1.0', status: 404, reason: 'Not Found' },
    { line: 'HTTP/1.1 204 ', version: '1.1', status: 204, reason: '' },
    { line: 'HTTP/1.1 999 \xe9', version: '1.1', status: 999, reason: '\xe9' },
  ])('begins with $line', ({ line, version, status, reason }) => {
    const head = response(`${line}\r\nA: b\r\n\r\n`);
    expect(head).toEqual({ version, status, reason, fields: [{ name: 'A', value: 'b' }], faults: [] });
  });

  test.each([
    { line: 'HTTP/1.1 204', version: '1.1', rule: 'RFC 9112 section 4' },
    { line: 'HTTP/1.1  204 ', version: '1.1', rule: 'RFC 9112 section 4' },
    { line: 'ICY 204 ', version: 'ICY', rule: 'RFC 9112 section 2.3' },
    { line: 'HTTP/1.x 204 ', version: 'HTTP/1.x', rule: 'RFC 9112 section 2.3' },
    { line: 'HTTP/2.0 204 ', version: '2.0', rule: 'RFC 9112 section 2.3' },
    { line: 'http/1.1 204 ', version: 'http/1.1', rule: 'RFC 9112 section 2.3' },
  ])('may begin with $line, and that is a fault', ({ line, version, rule }) => {
    const head = response(`${line}\r\n\r\n`);
    expect(head).toMatchObject({ version, status: 204, reason: '' });
    expect(faults(head)).toEqual([`${rule} at 0`]);
  });

  test.each([
    'HTTP/1.1',
    'HTTP/1.1 ',
    'HTTP/1.1 20',
    'HTTP/1.1 2000',
    'HTTP/1.1 0200 OK',
    'HTTP/1.1 20x',
    'GET / HTTP/1.1',
  ])('does not begin with %j', (line) => {
    expect(readResponseHead(wire(`${line}\r\n\r\n`))).toMatchObject({
      unreadable: { rule: 'RFC 9112 section 4' },
    });
  });
});

/** A `!` marks what makes it ambiguous which fields there are. */
const broken = [
  {
    name: 'folded line',
    lines: 'A: b\r\n  c\r\n\td\r\n',
    told: ['A=b c d'],
    faults: ['5.2 at 22!', '5.2 at 27!'],
  },
  {
    name: 'folded line without a field',
    lines: '  c: d\r\n e: f\r\nA: b\r\n',
    told: ['A=b'],
    faults: ['2.2 at 16!', '2.2 at 24!'],
  },
  { name: 'LF without CR, told once', lines: 'A: b\nC: d\n', told: ['A=b', 'C=d'], faults: ['2.2 at 20'] },
  { name: 'CR within a value', lines: 'A: b\rC: d\r\n', told: ['A=b\rC: d'], faults: ['2.2 at 20!'] },
  { name: 'CR within a name', lines: 'A\rB: c\r\n', told: ['A\rB=c'], faults: ['2.2 at 17!', '5.1 at 16!'] },
  { name: 'two CR at the end of a line', lines: 'A: b\r\r\n', told: ['A=b\r'], faults: ['2.2 at 20!'] },
  { name: 'NUL in a value', lines: 'A: b\0c\r\n', told: ['A=b\0c'], faults: ['5.5 at 20!'] },
  { name: 'white space before the colon', lines: 'A : b\r\n', told: ['A=b'], faults: ['5.1 at 16!'] },
  { name: 'no colon', lines: 'A b\r\nC: d\r\n', told: ['C=d'], faults: ['5 at 16!'] },
  { name: 'no name', lines: ': b\r\n', told: ['=b'], faults: ['5.1 at 16!'] },
  { name: 'a name with a space', lines: 'A B: c\r\n', told: ['A B=c'], faults: ['5.1 at 16!'] },
  {
    name: 'a name with a letter that is not ASCII',
    lines: '\xc4: b\r\n',
    told: ['\xc4=b'],
    faults: ['5.1 at 16!'],
  },
];

describe.each(broken)('$name', ({ lines, told, faults: expected }) => {
  test('is a fault in a request', () => {
    const head = request(`GET / HTTP/1.0\r\n${lines}\r\n`);
    expect(head.fields.map(({ name, value }) => `${name}=${value}`)).toEqual(told);
    expect(faults(head).map(withoutRfc)).toEqual(expected);
  });

  test('is a fault in a response', () => {
    const head = response(`ICY 200 Okay\r\n\r\n`.replace('\r\n\r\n', `..\r\n${lines}\r\n`));
    expect(head.fields.map(({ name, value }) => `${name}=${value}`)).toEqual(told);
    expect(faults(head).slice(1).map(withoutRfc)).toEqual(expected);
  });
});

function withoutRfc(fault: string): string {
  return fault.replace(/^RFC \d+ section /, '');
}

describe('what else is wrong with a request', () => {
  test.each([
    {
      name: 'the same length twice',
      text: 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n',
      told: ['RFC 9110 section 8.6 at 0'],
    },
    {
      name: 'the same length twice in a field',
      text: 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5 ,\t5\r\n\r\n',
      told: ['RFC 9110 section 8.6 at 0'],
    },
    {
      name: 'two lengths, which is for the framing to say',
      text: 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 6\r\n\r\n',
      told: [],
    },
    { name: 'no Host', text: 'GET / HTTP/1.1\r\n\r\n', told: ['RFC 9112 section 3.2 at 0'] },
    {
      name: 'two Hosts',
      text: 'GET / HTTP/1.1\r\nHost: a\r\nHOST: a\r\n\r\n',
      told: ['RFC 9112 section 3.2 at 0!'],
    },
    {
      name: 'an empty line before it',
      text: '\r\n\nGET / HTTP/1.0\r\n\r\n',
      told: ['RFC 9112 section 2.2 at 0', 'RFC 9112 section 2.2 at 2'],
    },
    {
      name: 'a space in the target',
      text: 'GET /a b HTTP/1.0\r\n\r\n',
      told: ['RFC 9112 section 3.2 at 0!'],
    },
    {
      name: 'UTF-8 in the target',
      text: 'GET /\xc3\xa9 HTTP/1.0\r\n\r\n',
      told: ['RFC 9112 section 3.2 at 0'],
    },
    {
      name: 'white space behind the version',
      text: 'GET / HTTP/1.0 \r\n\r\n',
      told: ['RFC 9112 section 3 at 0'],
    },
    { name: 'another version', text: 'GET / HTTP/3.0\r\n\r\n', told: ['RFC 9112 section 2.3 at 0'] },
    {
      name: 'NUL in the start line',
      text: 'GET /\0 HTTP/1.0\r\n\r\n',
      told: ['RFC 9110 section 5.5 at 5!', 'RFC 9112 section 3.2 at 0'],
    },
  ])('$name', ({ text, told }) => {
    expect(faults(request(text))).toEqual(told);
  });
});

test('more field lines than the limit make a head unreadable', () => {
  const limits = { ...HTTP1_LIMITS, fieldLines: 2 };
  const read = (lines: string): RequestHead | Unreadable =>
    readRequestHead(wire(`GET / HTTP/1.0\r\n${lines}\r\n`), limits);
  expect(read('a: b\r\nc: d\r\n')).toMatchObject({ fields: [{ name: 'a' }, { name: 'c' }] });
  expect(read('a: b\r\nc: d\r\ne: f\r\n')).toMatchObject({ unreadable: { rule: 'limit' } });
  expect(read('no colon\r\n'.repeat(3))).toMatchObject({ unreadable: { rule: 'limit' } });
});

test.each(['a\n', 'a\r\n', ':\n', '\r:', ' \n', '\0'])(
  'no byte of lines of %j is searched again for each line',
  (line) => {
    const text = `GET / HTTP/1.1\r\n${line.repeat(10_000)}\r\n`;
    const searched = charactersSearched(() =>
      readRequestHead(wire(text), { ...HTTP1_LIMITS, fieldLines: 1e6 }),
    );
    expect(searched).toBeGreaterThanOrEqual(text.length);
    expect(searched).toBeLessThan(4 * text.length); // where each line is searched to the end it is 5000 times as many
  },
);

/** How far all the searches in texts go that `read` makes. */
function charactersSearched(read: () => void): number {
  let searched = 0;
  const { indexOf } = String.prototype;
  const spy = vi.spyOn(String.prototype, 'indexOf').mockImplementation(function (
    this: string,
    what,
    from = 0,
  ) {
    const found = indexOf.call(this, what, from);
    searched += (found < 0 ? this.length : found + what.length) - from;
    return found;
  });
  read();
  spy.mockRestore();
  return searched;
}

test('any bytes at all: never throws, never writes, and nothing is made up', () => {
  const piece = fc.constantFrom(
    'GET / HTTP/1.1',
    'HTTP/1.1 200 ',
    '\r\n',
    '\n',
    '\r',
    ' ',
    '\t',
    ':',
    'a',
    '\0',
    '\xff',
    'Host: x',
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.array(piece, { maxLength: 20 }).map((all) => Uint8Array.from(wire(all.join('')))),
  );
  fc.assert(
    fc.property(bytes, (given) => {
      const before = given.slice();
      for (const head of [readRequestHead(given), readResponseHead(given)]) {
        if ('unreadable' in head) continue;
        const told = head.fields.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
        expect(told).toBeLessThanOrEqual(given.length);
        for (const { offset } of head.faults) expect(offset).toBeLessThanOrEqual(given.length);
      }
      expect(given).toEqual(before);
    }),
  );
});
