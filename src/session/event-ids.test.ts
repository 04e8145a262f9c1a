import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventIds } from './event-ids.ts';

const UUID = '6f1e2d3c-0000-4000-8000-000000000001';

test('any ids come back as they were', () => {
  const id = fc.oneof(
    fc.nat().map(String),
    fc.constantFrom(
      '',
      '0',
      '00',
      '01',
      '-1',
      '1.5',
      '١',
      'ünï',
      UUID,
      '999999999999999',
      '1700000000000000',
    ),
    fc.string({ maxLength: 20 }),
  );
  const store = new EventIds(() => {});
  fc.assert(
    fc.property(fc.array(id, { maxLength: 10 }), (ids) => {
      const numbers = ids.map((one) => store.number(one));
      expect(numbers.map((number) => store.id(number))).toEqual(ids.map((one) => one.slice(0, 200)));
    }),
  );
});

test('a counter is its own number, and what is the same as before lies there once', () => {
  const store = new EventIds(() => {});
  expect([0, 1, 41].map((count) => store.number(String(count)))).toEqual([1, 2, 42]);
  expect(store.number('')).toBe(0);
  expect(store.number(UUID)).toBe(store.number(UUID));
});

test('an id is never of any length', () => {
  const store = new EventIds(() => {});
  expect(store.id(store.number('é'.repeat(100_000)))).toBe(`${'é'.repeat(200)}…`);
});
