import fc from 'fast-check';
import { expect, test } from 'vitest';
import { slicedSort } from './sliced-sort.ts';

function sorted(keys: Float64Array): number[] {
  const sorting = slicedSort(keys);
  for (let step = sorting.next(); ; step = sorting.next()) if (step.done) return [...step.value];
}

test('sorts like a stable sort does', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }), (numbers) => {
      const order = numbers.map((_, index) => index).sort((one, other) => numbers[one]! - numbers[other]!);
      expect(sorted(Float64Array.from(numbers))).toEqual(order);
    }),
  );
});

test('merges runs, and pauses on the way', () => {
  const keys = Float64Array.from({ length: 50_000 }, (_, index) => (index * 7919) % 1009);
  const order = sorted(keys);
  expect(new Set(order).size).toBe(50_000);
  const isFalling = order.some((entry, index) => index > 0 && keys[order[index - 1]!]! > keys[entry]!);
  expect(isFalling).toBe(false);
  const pauses = [...slicedSort(keys)].length;
  expect(pauses).toBeGreaterThan(12);
});
