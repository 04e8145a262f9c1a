import { expect, test } from 'vitest';
import { milliseconds } from './duration.ts';
import { UsageError } from './usage-error.ts';

test.each([
  ['30s', 30_000],
  ['5m', 300_000],
  ['1.5h', 5_400_000],
  ['500ms', 500],
  ['2', 2000],
  ['0.25', 250],
])('%s', (text, duration) => {
  expect(milliseconds(text, 'for')).toBe(duration);
});

test.each(['', '0', '0s', '-1s', '5x', 's', '1 s', '1e3', 'NaN', '1d', '600h'])('%j is no time', (text) => {
  expect(() => milliseconds(text, 'for')).toThrow(UsageError);
});
