import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TapEvent } from '../tap.ts';
import { IdleWatch } from './idle-watch.ts';

const BYTES: TapEvent = { type: 'bytes', connection: 1, at: 0, from: 'client', bytes: Buffer.of(1) };
const ENDED: TapEvent = { type: 'ended', connection: 1, at: 0, from: 'client' };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A watch of a second, what it passed on, and whether it has found all quiet. */
function watched() {
  const passed: TapEvent[] = [];
  const watch = new IdleWatch(1000, (event) => passed.push(event));
  const state = { watch, passed, isIdle: false };
  watch.idle.then(() => {
    state.isIdle = true;
  });
  return state;
}

test('is idle that long after the last byte, and not for an end', async () => {
  const state = watched();
  state.watch.take(BYTES);
  await vi.advanceTimersByTimeAsync(900);
  state.watch.take(BYTES);
  await vi.advanceTimersByTimeAsync(900);
  state.watch.take(ENDED);
  expect(state.isIdle).toBe(false);
  await vi.advanceTimersByTimeAsync(100);
  expect(state.isIdle).toBe(true);
  expect(state.passed).toEqual([BYTES, BYTES, ENDED]);
});

test('is not idle before the first byte', async () => {
  const state = watched();
  state.watch.take(ENDED);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(state.isIdle).toBe(false);
});

test('leaves no timer behind once it is stopped', () => {
  const { watch } = watched();
  watch.take(BYTES);
  watch.stop();
  expect(vi.getTimerCount()).toBe(0);
});
