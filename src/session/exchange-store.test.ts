import { expect, test } from 'vitest';
import { readRequestHead, readResponseHead } from '../decoders/http1/head.ts';
import { TemporaryFolder } from '../testing/temporary-folder.ts';
import { ExchangeStore } from './exchange-store.ts';

const REQUEST = Buffer.from('GET /inbox HTTP/1.1\r\nHost: a\r\nX-One: 1\r\n\r\n');
const RESPONSE = Buffer.from('HTTP/1.1 204 No Content\r\n\r\n');

function request(bytes = REQUEST) {
  const head = readRequestHead(bytes);
  if ('unreadable' in head) throw new Error('not a head');
  return head;
}

function response() {
  const head = readResponseHead(RESPONSE);
  if ('unreadable' in head) throw new Error('not a head');
  return head;
}

function openOne(store: ExchangeStore, at: number) {
  const exchange = store.begin(3, at, 'http1');
  store.setRequest(exchange.number, request(), store.keepHead(REQUEST));
  return exchange;
}

test('what is over is the same as it was when it ended, heads included', () => {
  const store = new ExchangeStore(1 << 20, () => {});
  const exchange = openOne(store, 0);
  expect(store.get(1)).toBe(exchange);
  store.setResponse(1, response(), store.keepHead(RESPONSE));
  Object.assign(exchange, {
    closedAt: 9,
    respondedAt: 0,
    messages: 2,
    faults: 1,
    informational: 3,
    resumes: 1,
  });
  Object.assign(exchange.ledger.client, { head: 50, framing: 1, control: 2, payload: 3, undecoded: 4 });
  Object.assign(exchange.ledger.server, { head: 60, framing: 5, control: 6, payload: 2 ** 40, undecoded: 8 });
  const before = structuredClone(exchange);
  store.end(1);
  expect(store.get(1)).toEqual(before);
  expect(store.get(1)).not.toBe(exchange);
  expect([...store.open()]).toEqual([]);
  store.close();
});

test('a protocol each, and what never came, survive too', () => {
  const store = new ExchangeStore(1 << 20, () => {});
  const protocols = ['http1', 'websocket', 'sse', 'http2', 'tcp', 'tls'] as const;
  const before = protocols.map((protocol, at) => store.begin(1, at, protocol));
  for (const { number } of before) store.end(number);
  expect([...store]).toEqual(before);
  expect(store.head(1, 'request')).toBeUndefined();
  store.close();
});

test('heads are there as they were sent, of open ones and of those that are over', () => {
  const store = new ExchangeStore(1 << 20, () => {});
  openOne(store, 1);
  expect(store.head(1, 'request')).toEqual(REQUEST);
  store.end(1);
  expect(store.head(1, 'request')).toEqual(REQUEST);
  expect(store.head(1, 'response')).toBeUndefined();
  expect(store.head(2, 'request')).toBeUndefined();
  store.close();
});

test('a series may turn out when the exchange is over', () => {
  const store = new ExchangeStore(1 << 20, () => {});
  openOne(store, 1);
  openOne(store, 2);
  store.end(1);
  store.setSeries(1, 7, 'unchanged');
  store.setSeries(2, 7, undefined);
  expect([...store].map(({ series, verdict }) => [series, verdict])).toEqual([
    [7, 'unchanged'],
    [7, undefined],
  ]);
  store.close();
});

test('there is nothing beside what there is', () => {
  const store = new ExchangeStore(1 << 20, () => {});
  openOne(store, 1);
  expect([0, 2, -1, 1e9].map((number) => store.get(number))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  store.close();
});

test('100,000 of them come back from disk', async () => {
  using folder = new TemporaryFolder();
  const store = new ExchangeStore(1 << 20, () => {});
  for (let at = 0; at < 100_000; at++) {
    const { number } = openOne(store, at);
    store.end(number);
    if (at % 2000 === 0) await folder.settle();
  }
  for (const number of [1, 4096, 4097, 77_777, 100_000]) {
    expect(store.get(number)).toMatchObject({ number, openedAt: number - 1, request: { target: '/inbox' } });
  }
  expect(store.lost).toBe(0);
  store.close();
});

test('what could not be kept is counted, and the numbers go on', () => {
  using folder = new TemporaryFolder();
  folder.break();
  const store = new ExchangeStore(0, () => {});
  for (let at = 0; at < 40_000; at++) store.end(openOne(store, at).number);
  expect(store.get(1)).toBeUndefined();
  expect(store.get(40_000)).toMatchObject({ openedAt: 39_999 });
  expect(store.lost).toBeGreaterThan(0);
  expect([...store]).toHaveLength(40_000 - store.lost);
  store.close();
});
