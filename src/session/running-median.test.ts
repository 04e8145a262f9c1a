import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RunningMedian } from './running-median.ts';

function medianOf(values: Iterable<number>): RunningMedian {
  const median = new RunningMedian();
  for (const value of values) median.add(value);
  return median;
}

test.each([
  { values: [], median: undefined },
  { values: [3], median: 3 },
  { values: [10, 9, 1], median: 9 },
  { values: [1, 100, 2, 3], median: 2.5 },
])('of $values', ({ values, median }) => {
  expect(medianOf(values).value()).toBe(median);
});

test('half of the numbers are not above it, and half not below', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, min: 0 }), { minLength: 1 }), (values) => {
      const median = medianOf(values).value()!;
      expect(values.filter((value) => value < median).length).toBeLessThanOrEqual(values.length / 2);
      expect(values.filter((value) => value > median).length).toBeLessThanOrEqual(values.length / 2);
    }),
  );
});

test('of many it is near, and counts them all', () => {
  const many = medianOf(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 300_000));
  expect(many.count).toBe(300_000);
  expect(Math.abs(many.value()! - 150_000)).toBeLessThan(3_000);
});
