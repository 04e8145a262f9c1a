import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openInflater } from '../../decoders/content-encoding.ts';
import { replacedCoding, replacedMessage } from './replaced-coding.ts';
import type { Replacement } from './replacement.ts';

const EMPTY_FLUSH = Buffer.from('0000ffff', 'hex');
const LIMIT = 1 << 20;

function unzstd(bytes: Buffer): Buffer {
  const inflater = openInflater('zstd', LIMIT);
  const inflated = inflater.push(bytes);
  if (!inflated) throw new Error(inflater.broken);
  return Buffer.from(inflated);
}

function inflateMessage(bytes: Buffer): Buffer {
  const finishFlush = constants.Z_SYNC_FLUSH;
  return inflateRawSync(Buffer.concat([bytes, EMPTY_FLUSH]), { finishFlush });
}

const codings = [
  { name: 'gzip', coded: 'gzip', shortest: 20, around: 20, inflate: gunzipSync },
  { name: 'deflate', coded: 'deflate', shortest: 8, around: 8, inflate: inflateSync },
  { name: 'br', coded: 'br', shortest: 1, around: undefined, inflate: brotliDecompressSync },
  { name: 'zstd', coded: 'zstd', shortest: 9, around: undefined, inflate: unzstd },
  { name: 'a message', coded: 'deflate-raw', shortest: 1, around: 2, inflate: inflateMessage },
] as const;

function opened(name: string): Replacement {
  return name === 'a message' ? replacedMessage() : replacedCoding(name)!;
}

/** What replaces a payload that comes in parts of these lengths. */
function replaced(coding: Replacement, lengths: readonly number[]): Buffer {
  const parts: Buffer[] = [];
  let waiting = 0;
  for (const length of lengths) {
    waiting += length;
    const ready = coding.ready(waiting);
    parts.push(coding.next(ready));
    waiting -= ready;
  }
  parts.push(coding.end(waiting));
  return Buffer.concat(parts);
}

describe.each(codings)('$name', ({ name, coded, shortest, around, inflate }) => {
  const lengths = fc.array(fc.oneof(fc.nat(200), fc.constant(2_000)), { maxLength: 8 });
  const total = (parts: readonly number[]) => parts.reduce((sum, length) => sum + length, 0);

  test('is as long as what it replaces, and inflates to words, however the payload comes', () => {
    fc.assert(
      fc.property(lengths, (parts) => {
        fc.pre(total(parts) >= shortest);
        const bytes = replaced(opened(name), parts);
        expect(bytes).toHaveLength(total(parts));
        const words = inflate(bytes).toString();
        expect(words).toMatch(/^[()\w\s]*$/);
        if (around !== undefined)
          expect(words).toBe(
            '(redacted by tare)\n'.repeat(10_000).slice(0, Math.max(0, bytes.length - around)),
          );
        if (bytes.length > 40) expect(words).toMatch(/^\(redacted by tare\)/);
      }),
    );
  });

  test('has every length', () => {
    for (let length = shortest; length < shortest + 70; length++) {
      const bytes = replaced(opened(name), [length]);
      expect(bytes).toHaveLength(length);
      expect(inflate(bytes).toString()).toMatch(/^[()\w\s]*$/);
    }
  });

  test('of what is too short to be of the coding nothing is left', () => {
    for (let length = 0; length < shortest; length++) {
      expect(replaced(opened(name), [length])).toHaveLength(length);
    }
  });

  test('goes on for as long as it takes', () => {
    const coding = opened(name);
    const parts = [7, 1, 1, 3000, 12].map((length) => coding.next(length));
    expect(parts.map(({ length }) => length)).toEqual([7, 1, 1, 3000, 12]);
    const inflater = openInflater(coded, LIMIT);
    const inflated = parts.flatMap((part) => [...(inflater.push(part) ?? [])]);
    expect(inflater.broken).toBeUndefined();
    expect(Buffer.from(inflated).toString()).toMatch(/^(\(redacted by tare\)\n){10}/);
  });
});

test.each(['gzip', 'deflate', 'br', 'zstd'] as const)(
  'an event stream of %s begins with a comment',
  (name) => {
    const coding = replacedCoding(name, true)!;
    const byteByByte = Buffer.concat(Array.from({ length: 2000 }, () => coding.next(1)));
    for (const bytes of [byteByByte, replaced(replacedCoding(name, true)!, [100, 2000])]) {
      const inflated = openInflater(name, LIMIT).push(bytes);
      expect(Buffer.from(inflated ?? []).toString()).toMatch(/^: redacted by tare\n\(redacted by tare\)\n/);
    }
  },
);

test('a coding that is not known has none', () => {
  expect(replacedCoding('compress')).toBeUndefined();
});
