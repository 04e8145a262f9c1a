import { expect, test } from 'vitest';
import { FACTS } from '../testing/tap-script.ts';
import { failedConnection, openedConnection } from './connection.ts';
import { ConnectionStore } from './connection-store.ts';

function store(): ConnectionStore {
  return new ConnectionStore(1 << 20, () => {});
}

test('what is over is the same as it was', () => {
  const connections = store();
  const one = openedConnection(1, 5, FACTS);
  connections.add(one);
  expect(connections.get(1)).toBe(one);
  one.protocol = 'websocket';
  one.reason = 'client-gone';
  one.ledger.server.payload = 2 ** 40;
  const before = structuredClone(one);
  connections.end(one);
  expect(connections.get(1)).toEqual(before);
  expect([...connections.open()]).toEqual([]);
  expect(connections.size).toBe(1);
});

test('failed ones are among them, by number', () => {
  const connections = store();
  const failure = { code: 'DNS_FAILED', message: 'no such host ✗' } as const;
  const failed = failedConnection(1, 3, { ...FACTS, failure });
  connections.add(failed);
  connections.end(failed);
  connections.add(openedConnection(2, 4, FACTS));
  expect([...connections.values()].map(({ number, failure }) => [number, failure?.message])).toEqual([
    [1, 'no such host ✗'],
    [2, undefined],
  ]);
});

test('numbers that were left out are of none', () => {
  const connections = store();
  const fifth = openedConnection(5, 1, FACTS);
  connections.add(fifth);
  connections.end(fifth);
  expect([0, 1, 4, 6].map((number) => connections.get(number))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect([...connections.values()].map(({ number }) => number)).toEqual([5]);
  expect(connections.size).toBe(1);
});

test('numbers far from each other take no room between them, and come in their order', () => {
  const connections = store();
  const numbers = [2 ** 40, 3, 1, 255, 256, 257, 2 ** 40 + 1, 2 ** 20];
  for (const number of numbers) connections.add(openedConnection(number, 1, FACTS));
  for (const number of numbers.slice(1)) connections.end(connections.get(number)!);
  const told = [...connections.values()].map(({ number }) => number);
  expect(told).toEqual([1, 3, 255, 256, 257, 2 ** 20, 2 ** 40, 2 ** 40 + 1]);
  for (const count of [1, 3, 8, 9]) {
    expect(connections.last(count).map(({ number }) => number)).toEqual(told.slice(-count));
  }
  expect([2, 258, 2 ** 40 - 1, 2 ** 40 + 2].map((number) => connections.get(number))).toEqual(
    Array(4).fill(undefined),
  );
});
