import { expect, test } from 'vitest';
import { RecentlyUsed } from './recent.ts';

const KEYS = [1, 2, 3, 4, 5];

test('what was used last is remembered', () => {
  const recent = new RecentlyUsed<number>({ count: 4, weight: Infinity, weightOf: () => 0 });
  for (const key of [1, 2, 3]) recent.set(key, key);
  expect(recent.get(1)).toBe(1);
  for (const key of [4, 5]) recent.set(key, key);
  expect(KEYS.map((key) => recent.get(key))).toEqual([1, undefined, undefined, 4, 5]);
  recent.delete(4);
  expect(recent.get(4)).toBeUndefined();
});

test('what is heavy is forgotten sooner', () => {
  const recent = new RecentlyUsed<number[]>({ count: 100, weight: 8, weightOf: ({ length }) => length });
  for (const key of KEYS) recent.set(key, [0, 0, 0]);
  expect([1, 2, 5, 4].map((key) => recent.get(key)?.length)).toEqual([undefined, undefined, 3, 3]);
});

test('what grows is forgotten sooner too', () => {
  const recent = new RecentlyUsed<number[]>({ count: 100, weight: 10, weightOf: ({ length }) => length });
  for (const key of KEYS) {
    recent.set(key, []);
    recent.grow(3);
  }
  expect([1, 2, 5, 4].map((key) => recent.get(key))).toEqual([undefined, undefined, [], []]);
});

test('what is used again weighs again', () => {
  const recent = new RecentlyUsed<number[]>({ count: 100, weight: 10, weightOf: ({ length }) => length });
  recent.set(1, Array(6).fill(0));
  expect(recent.get(1)).toHaveLength(6);
  recent.set(2, []);
  expect(recent.get(1)).toHaveLength(6);
  recent.set(3, []);
  recent.grow(6);
  expect(recent.get(1)).toBeUndefined();
});
