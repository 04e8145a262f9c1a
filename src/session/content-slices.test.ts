import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { TapScript } from '../testing/tap-script.ts';
import { contentSlices } from './content-slices.ts';
import { Session } from './session.ts';

const TEXT = Buffer.from(Array.from({ length: 60_000 }, (_, index) => `${index} `).join(''));

/** What is read of a request's body that was sent with a coding; `lost` bytes of it are missing behind the first `before`. */
function read(coding: string, body: Uint8Array, before = body.length, lost = 0) {
  const session = new Session();
  const head = `POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`;
  const script = new TapScript(session.take).open();
  script.say(
    { from: 'client', bytes: Buffer.from(head) },
    { from: 'client', bytes: body.subarray(0, before) },
  );
  if (lost > 0) script.lose('client', lost).say({ from: 'client', bytes: body.subarray(before + lost) });
  const slices = [...contentSlices(session, 0)];
  session.close();
  return { whole: Buffer.concat(slices as readonly Uint8Array[]), count: slices.length };
}

test.each([
  { coding: 'identity', body: TEXT, slices: 6 },
  { coding: 'gzip', body: gzipSync(TEXT), slices: 2 },
  { coding: 'gzip, br', body: brotliCompressSync(gzipSync(TEXT)), slices: 1 },
])('$coding: all of it, in slices', ({ coding, body, slices }) => {
  const { whole, count } = read(coding, body);
  expect(whole.equals(TEXT)).toBe(true);
  expect(count).toBeGreaterThanOrEqual(slices);
});

test('what cannot be decompressed comes as it was carried', () => {
  expect(read('rot13', TEXT).whole.equals(TEXT)).toBe(true);
  expect(read('gzip', TEXT).whole.equals(TEXT)).toBe(true);
});

test('of what is compressed nothing behind a hole', () => {
  const { whole } = read('gzip', gzipSync(TEXT), 1000, 10);
  expect(whole.length).toBeGreaterThan(0);
  expect(TEXT.subarray(0, whole.length).equals(whole)).toBe(true);
});

test('what is not compressed goes on behind a hole', () => {
  const { whole } = read('identity', TEXT, 1000, 10);
  expect(whole.equals(Buffer.concat([TEXT.subarray(0, 1000), TEXT.subarray(1010)]))).toBe(true);
});
