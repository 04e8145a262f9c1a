import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConnectionNumbers } from './connection-numbers.ts';

test('without a wish numbers count from 1', () => {
  const numbers = new ConnectionNumbers();
  expect([numbers.next(), numbers.next(), numbers.next()]).toEqual([1, 2, 3]);
});

test('a wish is granted where the number is free, also one that was passed over', () => {
  const numbers = new ConnectionNumbers();
  const claimed = [5, 2, 2, 1, 4, 6, 5, 0].map((wanted) => numbers.claim(wanted));
  expect(claimed).toEqual([5, 2, 6, 1, 4, 7, 8, 9]);
});

test.each([2 ** 40, Number.MAX_SAFE_INTEGER])('a number as far off as %i is not granted', (wanted) => {
  expect(new ConnectionNumbers().claim(wanted)).toBe(1);
});

test('none is given twice', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30)), (wishes) => {
      const numbers = new ConnectionNumbers();
      const given = wishes.map((wanted) => (wanted === 0 ? numbers.next() : numbers.claim(wanted)));
      expect(new Set(given).size).toBe(given.length);
    }),
  );
});
