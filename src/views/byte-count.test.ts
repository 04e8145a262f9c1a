import { expect, test } from 'vitest';
import { byteCount, percentage } from './byte-count.ts';

test.each([
  [0, '0'],
  [1, '1'],
  [987, '987'],
  [999, '999'],
  [1000, '1.0k'],
  [1049, '1.0k'],
  [1050, '1.1k'],
  [9949, '9.9k'],
  [9950, '10k'],
  [34_000, '34k'],
  [999_499, '999k'],
  [999_500, '1.0M'],
  [34_000_000, '34M'],
  [999_500_000, '1.0G'],
  [2.5e12, '2.5T'],
  [Number.MAX_SAFE_INTEGER, '9.0P'],
])('%d bytes are %s', (bytes, shown) => {
  expect(byteCount(bytes)).toBe(shown);
  expect(shown.length).toBeLessThanOrEqual(5);
});

test.each([
  [undefined, '-'],
  [0, '0%'],
  [0.0004, '0.0%'],
  [0.05, '5.0%'],
  [0.0994, '9.9%'],
  [0.0995, '10%'],
  [0.1, '10%'],
  [0.625, '63%'],
  [1, '100%'],
])('%s as a share is %s', (ratio, shown) => {
  expect(percentage(ratio)).toBe(shown);
});
