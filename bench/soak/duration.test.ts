import { expect, test } from 'vitest';
import { milliseconds } from './duration.ts';

test.each([
  { text: '10s', duration: 10_000 },
  { text: '10m', duration: 600_000 },
  { text: '8h', duration: 28_800_000 },
])('$text', ({ text, duration }) => {
  expect(milliseconds(text)).toBe(duration);
});

test.each(['', '10', '0s', '-1m', '5d'])('%o is refused', (text) => {
  expect(() => milliseconds(text)).toThrow('not a time');
});
