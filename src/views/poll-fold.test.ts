import { expect, test } from 'vitest';
import type { PollSeries } from '../session/polling/series.ts';
import { PollFold } from './poll-fold.ts';

const SECOND = 1_000_000_000;
const series = (number: number) => ({ number }) as PollSeries;

test('on a terminal the line is replaced while it is the last, and told anew below others every five seconds', () => {
  const fold = new PollFold(true);
  expect(fold.polled(series(1), 0)).toBe('append');
  expect(fold.polled(series(1), 1 * SECOND)).toBe('replace');
  expect(fold.polled(series(1), 9 * SECOND)).toBe('replace');
  fold.covered();
  expect(fold.polled(series(1), 9.5 * SECOND)).toBe('append');
  fold.covered();
  expect(fold.polled(series(1), 10 * SECOND)).toBe('skip');
  expect(fold.polled(series(2), 10 * SECOND)).toBe('append');
  expect(fold.polled(series(1), 11 * SECOND)).toBe('skip');
  expect(fold.polled(series(2), 11 * SECOND)).toBe('replace');
  expect(fold.polled(series(1), 15 * SECOND)).toBe('append');
});

test('in a pipe nothing is replaced: a line every ten seconds', () => {
  const fold = new PollFold(false);
  const seconds = [0, 1, 5, 9.9, 10, 11, 19, 20.5];
  expect(seconds.map((at) => fold.polled(series(1), at * SECOND))).toEqual([
    'append',
    'skip',
    'skip',
    'skip',
    'append',
    'skip',
    'skip',
    'append',
  ]);
});
