import { expect, test } from 'vitest';
import { emptyLedger } from '../ledger.ts';
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

test('it takes no more memory than it says: texts are bounded copies', () => {
  const [client, host, session] = ['c', 'h', 's'].map((letter) => letter.repeat(100_000));
  const subject = { client: client!, host: host!, method: 'GET', dialect: 'engine.io' as const };
  const series = new PollSeries(1, subject, '/x', 0);
  const nameless = series.bytes;
  series.name(session!);
  expect([series.client, series.host, series.session].map((text) => text!.length < 257)).toEqual([
    true,
    true,
    true,
  ]);
  expect(nameless).toBeLessThan(3000);
  expect(series.bytes).toBeLessThanOrEqual(nameless);
});
