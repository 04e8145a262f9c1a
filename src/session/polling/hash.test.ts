import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesHash, textHash, textsKey } from './hash.ts';

// The test vectors of the FNV reference (32 bits, 1a).
test.each([
  { text: '', hash: 0x811c9dc5 },
  { text: 'a', hash: 0xe40c292c },
  { text: 'foobar', hash: 0xbf9cf968 },
])('the hash of "$text"', ({ text, hash }) => {
  expect(textHash(text)).toBe(hash);
  expect(bytesHash(Buffer.from(text))).toBe(hash);
});

test('100,000 texts that are much alike have as many keys', () => {
  const keys = new Set(Array.from({ length: 100_000 }, (_, index) => textsKey('10.0.0.1', `/x?n=${index}`)));
  expect(keys.size).toBe(100_000);
});

test('a key tells where one text ends', () => {
  const parts = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', ''], ['', 'abc'], []];
  expect(new Set(parts.map((texts) => textsKey(...texts))).size).toBe(parts.length);
});

test('a key is a whole number, and the same for the same texts', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (texts) => {
      const key = textsKey(...texts);
      expect(Number.isSafeInteger(key) && key >= 0).toBe(true);
      expect(textsKey(...texts)).toBe(key);
    }),
  );
});
