import { expect, test } from 'vitest';
import { Names } from './names.ts';

test('each name has one number, and comes back by it', () => {
  const names = new Names(() => {});
  const numbers = ['', 'a', 'b', 'a'].map((name) => names.number(name));
  expect(numbers).toEqual([0, 1, 2, 1]);
  expect(numbers.map((number) => names.name(number))).toEqual(['', 'a', 'b', 'a']);
});

test('a stream whose every event has a name of its own is kept, and memory does not grow with it', () => {
  const names = new Names(() => {});
  const all = Array.from({ length: 20_000 }, (_, index) => `event ${index} 李`);
  const numbers = all.map((name) => names.number(name));
  expect(numbers.map((number) => names.name(number))).toEqual(all);
});

test('a name is cut where it is too long, in the spool too', () => {
  const names = new Names(() => {});
  for (let index = 0; index < 5_000; index++) names.number(String(index));
  const long = '李'.repeat(300);
  expect(names.name(names.number(long))).toBe(`${'李'.repeat(200)}…`);
});
