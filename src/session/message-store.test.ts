import { describe, expect, test, vi } from 'vitest';
import { MessageStore } from './message-store.ts';
import type { NewRow } from './message-table.ts';

const MEMORY = 64 << 20;

const row: NewRow = { exchange: 1, from: 'server', kind: 'binary', at: 5, start: 7 };
const bytes = (text: string) => Buffer.from(text);

test('a message is a row, and its bytes', () => {
  const store = new MessageStore(MEMORY);
  const number = store.begin(row);
  store.weigh(number, 1, 2, 3, 4);
  store.weigh(number, 0, 10, 0, 100);
  store.keep(number, bytes('four'));
  store.complete(number, 'text', 'name', 9);
  expect(store.row(number)).toMatchObject({
    ...row,
    kind: 'text',
    at: 9,
    head: 1,
    framing: 12,
    control: 3,
    payload: 104,
    complete: true,
    name: 'name',
  });
  expect(store.bytes(number)?.toString()).toBe('four');
  expect(store.content(number)).toBeUndefined();
});

test('messages under way at the same time have their bytes in many places', () => {
  const store = new MessageStore(MEMORY);
  const [one, other] = [store.begin(row), store.begin(row)];
  for (let index = 0; index < 5; index++) {
    store.keep(one, bytes(`a${index}`));
    store.keep(other, bytes(`b${index}`));
    store.keep(other, bytes('')); // takes no place
  }
  expect(store.bytes(one)?.toString()).toBe('a0a1a2a3a4');
  expect(store.bytes(other)?.toString()).toBe('b0b1b2b3b4');
});

test.each([0, 1, 2, 3, 7, 10, 11])('the first %i bytes of scattered ones', (limit) => {
  const store = new MessageStore(MEMORY);
  const [one, other] = [store.begin(row), store.begin(row)];
  for (const part of ['abc', 'def', 'ghij']) {
    store.keep(one, bytes(part));
    store.keep(other, bytes('-'));
  }
  expect(store.bytes(one, limit)?.toString()).toBe('abcdefghij'.slice(0, limit));
});

test('two endless responses side by side are kept in order, their lists too', () => {
  const store = new MessageStore(MEMORY);
  const [one, other] = [store.begin(row), store.begin(row)];
  const wanted: string[] = [];
  for (let index = 0; index < 20_000; index++) {
    const part = `${index};`;
    wanted.push(part);
    store.keep(one, bytes(part));
    store.keep(other, bytes('-'));
  }
  expect(store.bytes(one)?.toString()).toBe(wanted.join(''));
  store.complete(one, 'response', '', 1);
  expect(store.bytes(one)?.toString()).toBe(wanted.join(''));
  expect(store.bytes(one, 7)?.toString()).toBe('0;1;2;3');
  expect(store.bytes(other)).toEqual(Buffer.alloc(20_000, '-'));
});

test('content lies beside the bytes', () => {
  const store = new MessageStore(MEMORY);
  const number = store.begin(row);
  store.keep(number, bytes('packed'));
  store.keepContent(number, bytes('unpacked'));
  expect(store.content(number, 5)?.toString()).toBe('unpac');
  expect(store.bytes(number)?.toString()).toBe('packed');
});

test('a message in one piece is the same as one in steps', () => {
  const store = new MessageStore(MEMORY);
  const whole = store.addWhole(
    { ...row, kind: 'text' },
    { framing: 2, control: 0, payload: 4 },
    'n',
    bytes('four'),
  );
  const steps = store.begin(row);
  store.weigh(steps, 0, 2, 0, 4);
  store.keep(steps, bytes('four'));
  store.complete(steps, 'text', 'n', row.at);
  expect({ ...store.row(whole), bytesAt: 0 }).toEqual({ ...store.row(steps), bytesAt: 0 });
  expect(store.bytes(whole)).toEqual(store.bytes(steps));
});

test('names are kept once each, and never at any length', () => {
  const store = new MessageStore(MEMORY);
  const named = (name: string) => {
    const number = store.begin(row);
    store.complete(number, 'event', name, 1);
    return store.row(number).name;
  };
  expect([named('a'), named('b'), named('a'), named('')]).toEqual(['a', 'b', 'a', '']);
  expect(named('x'.repeat(1_000_000))).toBe(`${'x'.repeat(200)}…`);
});

test('rows go on past a page', () => {
  const store = new MessageStore(MEMORY);
  for (let index = 0; index < 40_000; index++)
    store.weigh(store.begin({ ...row, at: index }), 0, 0, 0, index);
  expect(store.length).toBe(40_000);
  for (const number of [0, 16_383, 16_384, 39_999]) {
    expect(store.row(number)).toMatchObject({ at: number, payload: number, complete: false });
  }
});

test('a control message of more than 4 GiB is counted', () => {
  const store = new MessageStore(MEMORY);
  const number = store.begin(row);
  store.weigh(number, 0, 0, 5 * 2 ** 30, 0);
  expect(store.row(number).control).toBe(5 * 2 ** 30);
});

test('bytes that were lost are told as such', () => {
  vi.stubEnv('TMPDIR', '/nonexistent');
  const store = new MessageStore(0);
  const [first, last] = [store.begin(row), store.begin(row)];
  store.keep(first, Buffer.alloc(5 << 20));
  store.keep(last, bytes('kept'));
  vi.unstubAllEnvs();
  expect(store.lostBytes).toBeGreaterThan(0);
  expect(store.bytes(first)).toBeUndefined();
  expect(store.bytes(last)?.toString()).toBe('kept');
});

describe('bytes that are missing', () => {
  test('are left out of those that are there, and told of', () => {
    const store = new MessageStore(MEMORY);
    const [number, other] = [store.begin(row), store.begin(row)];
    store.keep(number, bytes('one'));
    store.miss(number, 5);
    store.miss(number, 2 ** 40);
    store.keep(other, bytes('between'));
    store.keep(number, bytes('two'));
    store.miss(number, 1);
    const missing = { length: 2 ** 40 + 6, at: 3 };
    expect([store.bytes(number)?.toString(), store.missing(number)]).toEqual(['onetwo', missing]);
    store.complete(number, 'text', '', 1);
    expect([store.bytes(number)?.toString(), store.missing(number)]).toEqual(['onetwo', missing]);
    expect(store.bytes(number, 4)?.toString()).toBe('onet');
    expect(store.missing(other)).toBeUndefined();
  });

  test('may be all there is', () => {
    const store = new MessageStore(MEMORY);
    const number = store.begin(row);
    store.miss(number, 7);
    store.cutOff(number, 'text', '', 1);
    expect([store.bytes(number)?.length, store.missing(number)]).toEqual([0, { length: 7, at: 0 }]);
  });

  test('in more pieces than are listed in memory', () => {
    const store = new MessageStore(MEMORY);
    const number = store.begin(row);
    for (let index = 0; index < 10_000; index++) {
      store.keep(number, bytes('x'));
      store.miss(number, 2);
    }
    store.complete(number, 'binary', '', 1);
    expect(store.bytes(number)).toHaveLength(10_000);
    expect(store.missing(number)).toEqual({ length: 20_000, at: 1 });
  });
});
