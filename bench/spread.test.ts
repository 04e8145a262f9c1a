import { expect, test } from 'vitest';
import { spreadOf } from './spread.ts';

test.each([
  { numbers: [3, 1, 2], spread: { median: 2, least: 1, most: 3 } },
  { numbers: [4, 1, 2, 3], spread: { median: 2.5, least: 1, most: 4 } },
  { numbers: [7], spread: { median: 7, least: 7, most: 7 } },
  { numbers: [], spread: undefined },
])('the spread of $numbers', ({ numbers, spread }) => {
  expect(spreadOf(numbers)).toEqual(spread);
});
