import { expect, test } from 'vitest';
import { numberRanges } from './number-ranges.ts';
import { UsageError } from './usage-error.ts';

test.each([
  { texts: ['3'], meant: [3] },
  { texts: ['3,7-9'], meant: [3, 7, 8, 9] },
  { texts: ['1, 4 '], meant: [1, 4] },
  { texts: ['2', '5-5'], meant: [2, 5] },
  { texts: ['8-999999999999999'], meant: [8, 9, 10] },
])('$texts', ({ texts, meant }) => {
  const isMeant = numberRanges(texts, 'connection');
  expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].filter(isMeant)).toEqual(meant);
});

test.each(['', ',', '3,', 'x', '9-7', '1-', '-1', '1.5', '1e3', '#3'])('%j are no numbers', (text) => {
  expect(() => numberRanges([text], 'connection')).toThrow(UsageError);
});
