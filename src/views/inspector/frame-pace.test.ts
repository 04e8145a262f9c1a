import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FramePace } from './frame-pace.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Milliseconds at which frames were painted, each of which takes `cost`. */
function paced(cost = 0): { pace: FramePace; frames: number[] } {
  const frames: number[] = [];
  const start = performance.now();
  const pace = new FramePace(() => {
    frames.push(performance.now() - start);
    if (cost > 0) vi.advanceTimersByTime(cost);
  });
  return { pace, frames };
}

/** Most of a second in which something happens each millisecond. */
function aSecondOf(what: () => void): void {
  for (let moment = 0; moment < 990; moment++) {
    what();
    vi.advanceTimersByTime(1);
  }
}

describe('traffic', () => {
  test('is painted ten times a second', () => {
    const { pace, frames } = paced();
    aSecondOf(() => pace.changed());
    expect(frames).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
  });

  test('is painted seldom where that costs much', () => {
    const { pace, frames } = paced(25);
    aSecondOf(() => pace.changed());
    expect(frames.slice(0, 3)).toEqual([0, 300, 600]);
  });
});

describe('a key', () => {
  test('is answered at once, in the midst of traffic', () => {
    const { pace, frames } = paced();
    pace.changed();
    vi.advanceTimersByTime(10);
    pace.changed();
    pace.answer();
    vi.advanceTimersByTime(1);
    expect(frames).toEqual([0, 10]);
  });

  test('held down, twenty times a second', () => {
    const { pace, frames } = paced();
    aSecondOf(() => pace.answer());
    expect(frames).toHaveLength(20);
  });

  test('held down in the midst of traffic, not oftener', () => {
    const { pace, frames } = paced();
    aSecondOf(() => {
      pace.changed();
      pace.answer();
    });
    expect(frames).toHaveLength(20);
  });
});

test('nothing is painted where nothing changes, nor after the end', () => {
  const { pace, frames } = paced();
  vi.advanceTimersByTime(1000);
  pace.changed();
  pace.stop();
  pace.answer();
  vi.advanceTimersByTime(1000);
  expect(frames).toEqual([]);
});
