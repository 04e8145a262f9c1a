import { expect, test } from 'vitest';
import { byteSize } from './size.ts';
import { UsageError } from './usage-error.ts';

test.each([
  ['64M', 64 * 2 ** 20],
  ['64m', 64 * 2 ** 20],
  ['64MB', 64 * 2 ** 20],
  ['64MiB', 64 * 2 ** 20],
  ['1.5G', 1.5 * 2 ** 30],
  ['512k', 2 ** 19],
  ['1T', 2 ** 40],
  ['67108864', 2 ** 26],
  ['0.3k', 307],
])('%s', (text, size) => {
  expect(byteSize(text, 'memory', '1')).toBe(size);
});

test.each(['', 'M', '-1M', '64 M', '64X', '64Mi', '1e9', '0x10', 'NaN', '1,5G', '9999999T'])(
  '%j is no size',
  (text) => {
    expect(() => byteSize(text, 'memory', '1')).toThrow(
      new UsageError(`--memory ${text}: not a size; write for example 64M or 1G`),
    );
  },
);

test.each(['64', '0', '15.9M'])('%s is too little', (text) => {
  expect(() => byteSize(text, 'memory', '16M')).toThrow(
    new UsageError(`--memory ${text}: too little; write 16M or more, for example 64M`),
  );
});
