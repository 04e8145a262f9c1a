import { expect, test } from 'vitest';
import { type Framing, framedBody, framedStream } from './framed-body.ts';

const chunked = { name: 'Transfer-Encoding', value: 'gzip, Chunked' };
const length = (value: string) => ({ name: 'content-length', value });
const response: Framing = { fields: [], isResponse: true, isWhole: true, isLast: false };
const request: Framing = { ...response, isResponse: false };

test.each([
  { name: 'chunks', framing: { fields: [chunked] }, written: ['5\r\n', 'hello', '\r\n', '0\r\n\r\n'] },
  {
    name: 'chunks that were cut off',
    framing: { fields: [chunked], isWhole: false },
    written: ['5\r\n', 'hello', '\r\n'],
  },
  { name: 'a true length', framing: { fields: [length('5')] }, written: ['hello'] },
  {
    name: 'a length of what was cut off',
    framing: { fields: [length('9')], isWhole: false },
    written: ['hello'],
  },
  { name: 'the end of the stream', framing: { isLast: true }, written: ['hello'], endsWithStream: true },
  {
    name: 'a length that is not true',
    framing: { fields: [length('7'), length('7')] },
    fields: [length('5'), length('5')],
    written: ['hello'],
    changed: 'Content-Length: 7 was changed to 5',
  },
  {
    name: 'nothing, where more follows',
    framing: {},
    fields: [{ name: 'Content-Length', value: '5' }],
    written: ['hello'],
    changed: 'Content-Length: 5 was added',
  },
])('a body of five bytes and $name', ({ framing, written, fields, endsWithStream = false, changed }) => {
  const framed = framedBody(
    { ...response, ...framing },
    { bytes: Buffer.from('hello'), missing: 0, changed: undefined },
  );
  expect(framed.written.map(String)).toEqual(written);
  expect(framed.fields).toEqual(fields ?? framing.fields ?? []);
  expect([framed.endsWithStream, framed.changed]).toEqual([endsWithStream, changed]);
});

test('bytes that are missing count', () => {
  const body = { bytes: Buffer.from('hel'), missing: 2, changed: undefined };
  expect(framedBody({ ...response, fields: [length('5')] }, body).written.map(String)).toEqual(['hel', '2']);
  const inChunks = framedBody({ ...response, fields: [chunked] }, body);
  expect(inChunks.written.map(String)).toEqual(['5\r\n', 'hel', '2', '\r\n', '0\r\n\r\n']);
});

test('a request without a body needs no length', () => {
  const nothing = { bytes: Buffer.alloc(0), missing: 0, changed: undefined };
  expect(framedBody(request, nothing)).toMatchObject({ fields: [], written: [], endsWithStream: false });
});

test.each([
  { name: 'in chunks', framing: { fields: [chunked] }, piece: '2\r\nab\r\n', closing: '0\r\n\r\n' },
  { name: 'until the end', framing: { isLast: true }, piece: 'ab', closing: '' },
  { name: 'with a length', framing: { fields: [length('2')] }, piece: 'ab', closing: '' },
  { name: 'with more behind it', framing: {}, piece: '2\r\nab\r\n', closing: '0\r\n\r\n' },
])('a stream $name', ({ framing, piece, closing }) => {
  const framed = framedStream({ ...response, ...framing }, () => 2);
  expect(String(framed.piece(Buffer.from('ab')))).toBe(piece);
  expect(String(framed.closing)).toBe(closing);
});
