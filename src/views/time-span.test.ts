import { expect, test } from 'vitest';
import { timeSpan } from './time-span.ts';

test.each([
  [0, '0ms'],
  [400_000, '0ms'],
  [12_300_000, '12ms'],
  [999_400_000, '999ms'],
  [999_600_000, '1.0s'],
  [24_940_000_000, '24.9s'],
  [59_990_000_000, '1.0min'],
  [210_000_000_000, '3.5min'],
  [7_200_000_000_000, '2.0h'],
  [1_000_000_000_000_000, '278h'],
])('%d ns', (nanoseconds, shown) => {
  expect(timeSpan(nanoseconds)).toBe(shown);
});
