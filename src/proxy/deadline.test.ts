import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deadline } from './deadline.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.each([
  { name: 'missed, counted from its first beginning', extendAt: undefined, endAt: undefined, missedAt: 100 },
  { name: 'extended', extendAt: 90, endAt: undefined, missedAt: 190 },
  { name: 'met', extendAt: undefined, endAt: 99, missedAt: undefined },
])('$name', ({ extendAt, endAt, missedAt }) => {
  let at = 0;
  const missed: number[] = [];
  const deadline = new Deadline(100, () => missed.push(at));
  deadline.extend(); // not begun: nothing to extend
  deadline.begin();
  while (at++ < 300) {
    vi.advanceTimersByTime(1);
    if (at < 100) deadline.begin();
    if (at === extendAt) deadline.extend();
    if (at === endAt) deadline.end();
  }
  expect(missed).toEqual(missedAt === undefined ? [] : [missedAt]);
});

test('begins anew once it was met', () => {
  const missed = vi.fn();
  const deadline = new Deadline(100, missed);
  deadline.begin();
  deadline.end();
  deadline.begin();
  vi.advanceTimersByTime(99);
  expect(missed).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(missed).toHaveBeenCalledOnce();
});
