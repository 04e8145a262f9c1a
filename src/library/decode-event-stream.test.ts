import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeEventStream } from './decode-event-stream.ts';

const STREAM = Buffer.from('retry: 500\n\n: hi\nevent: joined\ndata: Ada\n\ndata: one\ndata: two\n\n');

test('events are told as messages', () => {
  const { messages, faults, weight } = decodeEventStream(STREAM);
  expect(messages.map((message) => [message.kind, message.name, message.text()])).toEqual([
    ['comment', 'retry', '500'],
    ['comment', '', ' hi'],
    ['event', 'joined', 'Ada'],
    ['event', 'message', 'one\ntwo'],
  ]);
  expect(messages[2]).toMatchObject({ number: 3, protocol: 'sse', from: 'server', complete: true });
  expect(messages[2]?.weight).toMatchObject({ gross: 25, overhead: 16, framing: 16, payload: 9 });
  expect(faults).toEqual([]);
  expect(weight.gross).toBe(STREAM.length);
});

test('compressed ones are weighed as they travelled', () => {
  const bytes = gzipSync(STREAM);
  const { messages, weight } = decodeEventStream(bytes, { contentEncoding: 'gzip' });
  expect(messages.map((message) => message.text())).toEqual(['500', ' hi', 'Ada', 'one\ntwo']);
  expect(weight).toMatchObject({ gross: bytes.length, payload: bytes.length, overhead: 0 });
});

test('long ones are told whole', () => {
  const long = Buffer.from(`data: ${'x'.repeat(990)}\n\n`.repeat(20_000));
  const { messages, faults } = decodeEventStream(gzipSync(long), { contentEncoding: 'gzip' });
  expect([messages.length, faults]).toEqual([20_000, []]);
});

test('what cannot be decompressed is told as a fault', () => {
  const { messages, faults, weight } = decodeEventStream(STREAM, { contentEncoding: 'gzip' });
  expect(messages).toEqual([]);
  expect(faults).toMatchObject([{ connection: 1, exchange: 1, from: 'server', start: 0 }]);
  expect(weight.gross).toBe(STREAM.length);
});

test('any bytes are weighed, none is changed, and nothing throws', () => {
  const text = fc
    .constantFrom('data: ', 'event:', ':', 'id', '\n', '\r', '\r\n', '\n\n', 'é')
    .map((part) => Buffer.from(part));
  const bytes = fc.array(fc.oneof(text, fc.uint8Array({ maxLength: 4 })), { maxLength: 20 });
  fc.assert(
    fc.property(bytes, (parts) => {
      const stream = Buffer.concat(parts);
      const before = Buffer.from(stream);
      expect(decodeEventStream(stream).weight.gross).toBe(stream.length);
      expect(before.equals(stream)).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test('what are no bytes is refused', () => {
  expect(() => decodeEventStream([1] as unknown as Uint8Array)).toThrow(
    new TypeError('decodeEventStream: not a Uint8Array but object'),
  );
});
