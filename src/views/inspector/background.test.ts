import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Background } from './background.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Work of so many slices, and what was done of it. */
function working(slices: number) {
  const done = { slices: 0, told: 0 };
  const background = new Background(
    (until) => {
      expect(until).toBe(performance.now() + 5);
      done.slices++;
      return done.slices < slices;
    },
    () => done.told++,
  );
  return { background, done };
}

test('works a slice at a time until all is done, and tells of each', () => {
  const { background, done } = working(3);
  background.wake();
  expect(done.slices).toBe(0);
  vi.advanceTimersByTime(0);
  expect(done).toEqual({ slices: 1, told: 1 });
  vi.advanceTimersByTime(9);
  expect(done.slices).toBe(1);
  vi.advanceTimersByTime(1000);
  expect(done).toEqual({ slices: 3, told: 3 });
});

test('woken twice, it works once', () => {
  const { background, done } = working(1);
  background.wake();
  background.wake();
  vi.advanceTimersByTime(1000);
  expect(done.slices).toBe(1);
});

test('stopped, it does nothing more', () => {
  const { background, done } = working(3);
  background.wake();
  vi.advanceTimersByTime(0);
  background.stop();
  background.wake();
  vi.advanceTimersByTime(1000);
  expect(done.slices).toBe(1);
});
