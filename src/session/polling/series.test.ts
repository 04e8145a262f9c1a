import { expect, test } from 'vitest';
import { emptyLedger } from '../ledger.ts';
import { bytesHash, textHash } from './hash.ts';
import { RecentlyUsed } from './recent.ts';
import { Poll } from './request.ts';
import { PollSeries } from './series.ts';

const SECOND = 1_000_000_000;

/** A poll that was answered 10 ms later with the body `text`. */
function answered(number: number, at: number, text: string): Poll {
  const exchange = {
    number,
    connection: 1,
    openedAt: at,
    respondedAt: at + SECOND / 100,
    closedAt: at + SECOND / 100,
    protocol: 'http1' as const,
    request: { method: 'GET', target: '/x', fields: [] },
    response: { status: 200, fields: [] },
    ledger: emptyLedger(),
  };
  exchange.ledger.server.payload = text.length;
  const poll = new Poll(exchange);
  poll.close(exchange, { isComplete: true, request: () => undefined, response: () => Buffer.from(text) });
  return poll;
}

test('a long pause is forgotten by cadence and jitter', () => {
  const series = new PollSeries(1, { client: 'c', host: 'h', method: 'GET', dialect: undefined }, '/x', 0);
  let at = 0;
  for (let number = 1; number <= 100; number++) {
    at += number === 50 ? 30_000 * SECOND : 2 * SECOND;
    const poll = answered(number, at, `${number >> 1}`);
    series.begin(poll);
    expect(series.finish(poll)).toBe(number % 2 === 0 || number === 1 ? 'news' : 'unchanged');
  }
  expect(series).toMatchObject({ cadence: 2 * SECOND, jitter: 0, kind: 'short', news: 51, wasted: 49 });
});

test('before there is anything to measure, nothing is said of it', () => {
  const series = new PollSeries(1, { client: 'c', host: 'h', method: 'GET', dialect: undefined }, '/x', 5);
  const { cadence, jitter, hold, kind, firstAt, lastAt } = series;
  expect([cadence, jitter, hold, kind, firstAt, lastAt]).toEqual([
    undefined,
    undefined,
    undefined,
    'short',
    5,
    5,
  ]);
});

test('what was used last is remembered, however long its name', () => {
  const recent = new RecentlyUsed<number>(4);
  const long = 'x'.repeat(100_000);
  for (const number of [1, 2, 3]) recent.set(`${long}${number}`, number);
  expect(recent.get(`${long}1`)).toBe(1);
  for (const number of [4, 5]) recent.set(`${long}${number}`, number);
  expect([1, 2, 3, 4, 5].map((number) => recent.get(`${long}${number}`))).toEqual([
    1,
    undefined,
    undefined,
    4,
    5,
  ]);
  recent.delete(`${long}4`);
  expect(recent.get(`${long}4`)).toBeUndefined();
});

// The test vectors of the FNV reference (32 bits, 1a).
test.each([
  { text: '', hash: 0x811c9dc5 },
  { text: 'a', hash: 0xe40c292c },
  { text: 'foobar', hash: 0xbf9cf968 },
])('the hash of "$text"', ({ text, hash }) => {
  expect(textHash(text)).toBe(hash);
  expect(bytesHash(Buffer.from(text))).toBe(hash);
});
