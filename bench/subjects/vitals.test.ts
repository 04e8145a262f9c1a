import { expect, test } from 'vitest';
import { statusBytes } from './vitals.ts';

const STATUS = 'Name:\tnode\nVmPeak:\t 1027516 kB\nVmHWM:\t   61440 kB\nVmRSS:\t   52224 kB\nThreads:\t11\n';

test.each([
  { name: 'VmHWM', bytes: 62_914_560 },
  { name: 'VmRSS', bytes: 53_477_376 },
])('$name in bytes', ({ name, bytes }) => {
  expect(statusBytes(STATUS, name)).toBe(bytes);
});

test('a name that is not there is said', () => {
  expect(() => statusBytes(STATUS, 'VmSwap')).toThrow('VmSwap');
});
