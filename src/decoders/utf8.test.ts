import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutAt, cuts, hex } from '../testing/cuts.ts';
import { Utf8Validator } from './utf8.ts';

/** How a text that comes in these slices ends: 'invalid' as soon as it is, 'cut' inside a character, or 'valid'. */
function verdict(slices: readonly Uint8Array[]): string {
  const validator = new Utf8Validator();
  if (!slices.every((slice) => validator.push(slice))) return 'invalid';
  return validator.end() ? 'valid' : 'cut';
}

// RFC 3629 sections 3 and 4.
const cases = [
  { name: 'nothing', bytes: '', told: 'valid' },
  { name: 'ASCII', bytes: '00 41 7f', told: 'valid' },
  { name: 'the first of two bytes', bytes: 'c280', told: 'valid' },
  { name: 'the last of two bytes', bytes: 'dfbf', told: 'valid' },
  { name: 'the first of three bytes', bytes: 'e0a080', told: 'valid' },
  { name: 'the last before the surrogates', bytes: 'ed9fbf', told: 'valid' },
  { name: 'the first after the surrogates', bytes: 'ee8080', told: 'valid' },
  { name: 'the last of three bytes', bytes: 'efbfbf', told: 'valid' },
  { name: 'the first of four bytes', bytes: 'f0908080', told: 'valid' },
  { name: 'the last character', bytes: 'f48fbfbf', told: 'valid' },
  { name: 'characters of all lengths', bytes: '41 c3a9 e282ac f09f9880 7a', told: 'valid' },
  { name: 'a lone continuation', bytes: '80', told: 'invalid' },
  { name: 'four continuations', bytes: '41 c3a9 80808080', told: 'invalid' },
  { name: 'overlong, of two bytes', bytes: 'c0', told: 'invalid' },
  { name: 'overlong, of two bytes, with the highest lead', bytes: 'c1bf', told: 'invalid' },
  { name: 'overlong, of three bytes', bytes: 'e09f', told: 'invalid' },
  { name: 'overlong, of four bytes', bytes: 'f08f', told: 'invalid' },
  { name: 'the first surrogate', bytes: 'eda0', told: 'invalid' },
  { name: 'the last surrogate', bytes: 'edbfbf', told: 'invalid' },
  { name: 'beyond the last character', bytes: 'f490', told: 'invalid' },
  { name: 'a lead of more than that', bytes: 'f5', told: 'invalid' },
  { name: 'no lead at all', bytes: 'ff', told: 'invalid' },
  { name: 'a character broken off by another', bytes: 'e282 41', told: 'invalid' },
  { name: 'a character broken off by a lead', bytes: 'f09f98 c3a9', told: 'invalid' },
  { name: 'cut after one of two', bytes: '41 c3', told: 'cut' },
  { name: 'cut after one of three', bytes: 'e2', told: 'cut' },
  { name: 'cut after two of three', bytes: 'e282', told: 'cut' },
  { name: 'cut after one of four', bytes: 'f0', told: 'cut' },
  { name: 'cut after three of four', bytes: 'f09f98', told: 'cut' },
];

describe.each(cases)('$name is $told', ({ bytes, told }) => {
  test('in one piece', () => {
    expect(verdict([hex(bytes)])).toBe(told);
  });

  test('byte by byte', () => {
    expect(verdict(Array.from(hex(bytes), (byte) => Uint8Array.of(byte)))).toBe(told);
  });
});

test('agrees with the platform on any text, however it is cut', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), cuts, (text, places) => {
      expect(verdict(cutAt(Buffer.from(text), places))).toBe('valid');
    }),
  );
});

test('agrees with the platform on any bytes, however they are cut', () => {
  const pieces = fc.array(
    fc.constantFrom('41', 'c3a9', 'e282ac', 'f09f9880', 'e2', '82', 'ed', 'f4', 'ff', 'c0'),
  );
  fc.assert(
    fc.property(pieces, cuts, (digits, places) => {
      const bytes = hex(digits.join(''));
      expect(verdict(cutAt(bytes, places))).toBe(platformVerdict(bytes));
    }),
    { numRuns: 1000 },
  );
});

/** TextDecoder, told that more will come, objects only to what no more can mend. */
function platformVerdict(bytes: Uint8Array): string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    decoder.decode(bytes, { stream: true });
  } catch {
    return 'invalid';
  }
  try {
    decoder.decode();
  } catch {
    return 'cut';
  }
  return 'valid';
}

test('begins anew after a reset', () => {
  const validator = new Utf8Validator();
  validator.push(hex('e2'));
  validator.reset();
  expect(validator.push(hex('41'))).toBe(true);
  expect(validator.end()).toBe(true);
});
