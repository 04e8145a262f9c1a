import { expect, test } from 'vitest';
import type { PollSeries } from '../session/polling/series.ts';
import { PollPace } from './poll-pace.ts';

test('a series is told every ten seconds, each by itself', () => {
  const pace = new PollPace();
  const isDue = (number: number, seconds: number) => pace.isDue({ number } as PollSeries, seconds * 1e9);
  expect([0, 1, 5, 9.9, 10, 11, 19, 20.5].map((seconds) => isDue(1, seconds))).toEqual([
    true,
    false,
    false,
    false,
    true,
    false,
    false,
    true,
  ]);
  expect(isDue(2, 20.6)).toBe(true);
});
