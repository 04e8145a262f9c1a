import { describe, expect, test } from 'vitest';
import { NOT_LOOSE } from './request.ts';
import { type Beat, beatsInRhythm, median } from './rhythm.ts';

const MILLISECOND = 1_000_000;

/** Requests `gaps` milliseconds apart, each answered after `took`. */
function beats(gaps: readonly number[], took: number, rest: Partial<Beat> = {}): Beat[] {
  let at = 0;
  return [0, ...gaps].map((gap) => {
    at += gap * MILLISECOND;
    const hold = took * MILLISECOND;
    return { openedAt: at, closedAt: at + hold, hold, isPagePart: false, loose: NOT_LOOSE, ...rest };
  });
}

describe('how many of the last requests are polls', () => {
  test.each([
    { name: 'three even intervals', of: beats([1000, 1090, 1000], 20), count: 4 },
    { name: 'a third that is uneven', of: beats([1000, 1000, 1150], 20), count: 0 },
    { name: 'two even intervals', of: beats([1000, 1000], 20), count: 0 },
    { name: 'the noise of a fast timer', of: beats([100, 122, 110], 2), count: 4 },
    { name: 'intervals that are too short', of: beats([90, 90, 90, 90, 90], 2), count: 0 },
    { name: 'minutes, a second off', of: beats([60_000, 60_900, 60_000], 20), count: 4 },
    { name: 'minutes, more than a second off', of: beats([60_000, 61_100, 60_000], 20), count: 0 },
    { name: 'five intervals that are less even', of: beats([1000, 1240, 1000, 1200, 1000], 20), count: 6 },
    { name: 'five intervals that are uneven', of: beats([1000, 1300, 1000, 1300, 1000], 20), count: 0 },
    { name: 'the last four of more', of: beats([9000, 100, 1000, 1000, 1000], 20), count: 4 },
    { name: 'four even parts of a page', of: beats([1000, 1000, 1000], 20, { isPagePart: true }), count: 0 },
    {
      name: 'six even parts of a page',
      of: beats([1000, 1040, 1000, 1000, 1000], 20, { isPagePart: true }),
      count: 6,
    },
    {
      name: 'six parts of a page, less even',
      of: beats([1000, 1090, 1000, 1000, 1000], 20, { isPagePart: true }),
      count: 0,
    },
    { name: 'two held answers', of: beats([600, 600], 590), count: 3 },
    { name: 'two answers held too short', of: beats([490, 490], 480), count: 0 },
    { name: 'answers held, asked after late', of: beats([900, 900], 590), count: 0 },
    { name: 'answers held for long, asked after less soon', of: beats([27_000, 27_000], 25_000), count: 3 },
    { name: 'errors after a while', of: beats([600, 600, 600], 590, { hold: undefined }), count: 0 },
    { name: 'slow pages', of: beats([600, 600], 590, { isPagePart: true }), count: 0 },
    {
      name: 'intervals even while answers overlap',
      of: beats([1000, 1000, 1000], 3000),
      count: 4,
    },
    {
      name: 'the same with values that change',
      of: beats([1000, 1000, 1000], 3000).map((beat, index) => ({ ...beat, loose: index })),
      count: 0,
    },
    { name: 'a loop', of: beats([400, 400, 400, 400, 400], 360), count: 0 },
    { name: 'one request', of: beats([], 10), count: 0 },
  ])('$name: $count', ({ of, count }) => {
    expect(beatsInRhythm(of)).toBe(count);
  });
});

test('the median', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeNaN();
});
