import { afterEach, describe, expect, test, vi } from 'vitest';
import { Stack } from '../decoders/stack.ts';
import { Session } from '../session/session.ts';
import { client, eventStream, http, server, webSocket } from '../testing/conversations.ts';
import { TapScript } from '../testing/tap-script.ts';
import type { SessionEvent } from './session-event.ts';
import { SessionFeed } from './session-feed.ts';
import { NoEventError } from './wanted-event.ts';

/** 2026-01-01, in nanoseconds. */
const EPOCH = 1_767_225_600_000_000_000n;

function newFeed() {
  const session = new Session();
  session.epoch = EPOCH;
  return { session, feed: new SessionFeed(session), script: new TapScript(session.take) };
}

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function all<Event>(events: AsyncIterable<Event>): Promise<Event[]> {
  const read: Event[] = [];
  for await (const event of events) read.push(event);
  return read;
}

function told(event: SessionEvent): string {
  switch (event.type) {
    case 'message':
      return `${event.type} ${event.message.from} ${event.message.kind} ${event.message.text()}`;
    case 'fault':
      return `${event.type} ${event.fault.rule}`;
    case 'exchange-opened':
    case 'exchange-closed':
      return `${event.type} ${event.exchange.protocol} ${event.exchange.response?.status}`;
    default:
      return event.type;
  }
}

const REQUEST = client('GET / HTTP/1.1\nHost: chat.example\n\n');
const ANSWER = server('HTTP/1.1 200 OK\nContent-Length: 2\n\nok');

describe('events', () => {
  test('come in the order in which things happened, until the end', async () => {
    const { feed, script } = newFeed();
    const events = feed.events();
    script
      .open()
      .say(...webSocket)
      .end('client', 'server')
      .close();
    feed.end();
    expect((await all(events)).map(told)).toEqual([
      'connection-opened',
      'exchange-opened http1 undefined',
      'message client request ',
      'message server response ',
      'message client text early',
      'message server text welcome',
      'message client ping alive?',
      'message client binary one two',
      'message server pong alive?',
      'message client close \u0003\ufffdbye',
      'message server close \u0003\ufffd',
      'exchange-closed websocket 101',
      'connection-closed',
    ]);
  });

  test('are copies that stay as they were', async () => {
    const { feed, script } = newFeed();
    const events = feed.events('exchange-opened', 'connection-opened');
    script
      .open()
      .say(...http)
      .end('client', 'server')
      .close();
    feed.end();
    const [connection, exchange] = await all(events);
    expect(connection).toMatchObject({
      type: 'connection-opened',
      at: Number(EPOCH) / 1e6 + 1,
      connection: { number: 1, openedAt: Number(EPOCH) / 1e6 + 1, closedAt: undefined, exchanges: 0 },
    });
    expect(exchange).toMatchObject({
      exchange: { number: 1, request: undefined, messages: 0, ledger: { client: { gross: 0 } } },
    });
  });

  test('of chosen types are those alone', async () => {
    const { feed, script } = newFeed();
    const events = feed.events('fault', 'exchange-closed');
    script.open().say(REQUEST, server('HTTP/1.1 200 OK\nContent-Length: 1, 2\n\nok')).close();
    feed.end();
    expect((await all(events)).map(told)).toEqual([
      'fault RFC 9112 section 6.3',
      'exchange-closed http1 200',
    ]);
  });

  test('also tell of poll series, and of mistakes of ours', async () => {
    const { feed, script } = newFeed();
    const events = feed.events('poll-series', 'inspection-stopped');
    const poll = client('GET /socket.io/?EIO=4&transport=polling&sid=a HTTP/1.1\nHost: chat.example\n\n');
    script.open().say(poll);
    vi.spyOn(Stack.prototype, 'push').mockImplementationOnce(() => {
      throw new Error('a slip');
    });
    script.say(ANSWER).close();
    feed.end();
    expect(await all(events)).toMatchObject([
      { type: 'poll-series', series: { number: 1, dialect: 'engine.io', polls: 1, open: 1 } },
      { type: 'inspection-stopped', why: 'a slip', connection: { number: 1, reason: undefined } },
    ]);
    expect(await feed.until('poll-series')).toMatchObject({ series: { number: 1, cutOff: 1 } });
  });

  test('go to several readers, each at its own pace, from when it asked', async () => {
    const { feed, script } = newFeed();
    const early = feed.events('message');
    script.open().say(REQUEST);
    const late = feed.events('message');
    script.say(ANSWER).close();
    feed.end();
    expect((await all(late)).map(told)).toEqual(['message server response ok']);
    expect((await all(early)).map(told)).toEqual(['message client request ', 'message server response ok']);
  });

  test('what happened already counts, however the connections of a slice are numbered', async () => {
    const { session, feed } = newFeed();
    new TapScript(session.take, 700).open().say(REQUEST);
    expect(await feed.until('connection-opened')).toMatchObject({ connection: { number: 700 } });
  });

  test('are no longer made when nobody reads them', async () => {
    const { session, feed, script } = newFeed();
    const watchers = new Set<unknown>();
    const watch = session.watch.bind(session);
    vi.spyOn(session, 'watch').mockImplementation((watcher) => {
      const stop = watch(watcher);
      watchers.add(watcher);
      return () => {
        watchers.delete(watcher);
        stop();
      };
    });
    const events = feed.events('message');
    const waiting = feed.until('connection-opened');
    expect(watchers.size).toBe(2);
    script.open().say(REQUEST);
    await waiting;
    for await (const { message } of events) {
      expect(message.kind).toBe('request');
      break;
    }
    expect(watchers.size).toBe(0);
  });

  test('that a reader is too slow for are left out, and counted', async () => {
    const { feed, script } = newFeed();
    const [whole, messages] = [feed.events(), feed.events('message')];
    script.open().say(client('x'), ...Array.from({ length: 10_000 }, () => server('x')));
    script.close();
    feed.end();
    const [first, second, ...others] = await all(whole);
    expect(first).toMatchObject({ type: 'left-out', count: 5 });
    expect(second).toMatchObject({ type: 'message', message: { number: 4 } });
    expect(others.length).toBe(9_999);
    const [firstMessage] = await all(messages);
    expect(firstMessage).toMatchObject({ type: 'message', message: { number: 2 } });
  });

  test('end at once when the session has ended', async () => {
    const { feed } = newFeed();
    feed.end();
    expect(await all(feed.events())).toEqual([]);
  });

  test('are asked for by names that there are', () => {
    const { feed } = newFeed();
    expect(() => feed.events('messages' as 'message')).toThrow(
      /^events: no type of an event: messages; there are connection-opened, /,
    );
  });
});

describe('until', () => {
  test('gives what happened already', async () => {
    const { feed, script } = newFeed();
    script
      .open()
      .say(...http)
      .close();
    const post = await feed.until('exchange-closed', ({ exchange }) => exchange.request?.method === 'POST');
    expect(post.exchange).toMatchObject({ number: 2, host: 'chat.example', response: { status: 201 } });
    const { message } = await feed.until('message', (event) => event.message.text() === 'made');
    expect(message).toMatchObject({ number: 5, kind: 'response', exchange: 2, protocol: 'http1' });
    expect(await feed.until('connection-opened')).toMatchObject({ connection: { number: 1 } });
    expect(await feed.until('connection-closed')).toMatchObject({ connection: { reason: 'ended' } });
  });

  test('gives what happens later', async () => {
    const { feed, script } = newFeed();
    script.open().say(REQUEST);
    const answered = feed.until('message', ({ message }) => message.kind === 'response');
    const closed = feed.until('exchange-closed');
    script.say(ANSWER);
    expect((await answered).message.text()).toBe('ok');
    expect((await closed).exchange.number).toBe(1);
  });

  test('does not take a message under way for one that came', async () => {
    const { feed, script } = newFeed();
    script.open().say(REQUEST, server('HTTP/1.1 200 OK\nContent-Length: 2\n\no'));
    const answered = feed.until('message', ({ message }) => message.kind === 'response');
    script.say(server('k'));
    expect((await answered).message).toMatchObject({ complete: true, weight: { payload: 2 } });
  });

  test.each([
    { name: 'a fault', type: 'fault' as const, wanted: { fault: { rule: 'RFC 6455 section 5.1' } } },
    {
      name: 'a failed connection',
      type: 'connection-failed' as const,
      wanted: { connection: { failure: { code: 'DNS_FAILED' } } },
    },
  ])('gives $name, past or to come', async ({ type, wanted }) => {
    const { session, feed, script } = newFeed();
    const coming = feed.until(type);
    script.open().say(webSocket[0]!, webSocket[1]!, client(Uint8Array.of(0x81, 0x00)));
    session.take({
      type: 'failed',
      connection: 2,
      at: 9,
      mode: 'connect',
      client: 2,
      clientAddress: { host: '127.0.0.1', port: 1 },
      server: { host: 'nowhere.example', port: 443 },
      failure: { code: 'DNS_FAILED', message: 'no such host' },
      proxy: { client: 0, server: 0 },
    });
    expect(await coming).toMatchObject({ type, ...wanted });
    expect(await feed.until(type)).toMatchObject({ type, ...wanted });
  });

  test('is told when the session ends before', async () => {
    const { feed, script } = newFeed();
    script.open().say(...eventStream);
    const waiting = feed.until('message', () => false);
    feed.end();
    const ended = (error: unknown) =>
      error instanceof NoEventError &&
      error.code === 'ENDED' &&
      error.message === "no such 'message' came before the session ended: 8 came, and none was wanted";
    await expect(waiting).rejects.toSatisfy(ended);
    await expect(feed.until('message', () => false)).rejects.toSatisfy(ended);
    expect((await feed.until('exchange-opened')).exchange.number).toBe(1);
  });

  test('gives up after a time', async () => {
    vi.useFakeTimers();
    const { feed } = newFeed();
    const waiting = feed.until('fault', undefined, { timeoutMs: 250 });
    const failure = expect(waiting).rejects.toThrow("no such 'fault' came within 250 ms: none came");
    await vi.advanceTimersByTimeAsync(250);
    await failure;
    expect(vi.getTimerCount()).toBe(0);
  });

  test('gives up when its signal aborts, with the reason', async () => {
    const { feed } = newFeed();
    const stop = new AbortController();
    const waiting = feed.until('fault', undefined, { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(feed.until('fault', undefined, { signal: stop.signal })).rejects.toThrow('enough');
  });

  test('rejects with what the question throws', async () => {
    const { feed, script } = newFeed();
    const waiting = feed.until('connection-opened', () => {
      throw new Error('a slip');
    });
    script.open();
    await expect(waiting).rejects.toThrow('a slip');
  });

  test('leaves nothing behind', async () => {
    vi.useFakeTimers();
    const { feed, script } = newFeed();
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, 'removeEventListener');
    const waiting = feed.until('connection-opened', undefined, { timeoutMs: 1_000, signal });
    script.open();
    await waiting;
    expect(vi.getTimerCount()).toBe(0);
    expect(removed).toHaveBeenCalledOnce();
    feed.end();
  });
});
