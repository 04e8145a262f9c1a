import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Session } from '../session/session.ts';
import {
  client,
  deflatedWebSocket,
  eventStream,
  http,
  type Said,
  server,
  webSocket,
} from '../testing/conversations.ts';
import { helloRecord } from '../testing/hello-record.ts';
import { TapScript } from '../testing/tap-script.ts';
import type { Message } from './message.ts';
import { SessionReader } from './weighed-session.ts';

function played(...conversations: readonly (readonly Said[])[]) {
  const session = new Session();
  for (const [index, said] of conversations.entries()) {
    new TapScript(session.take, index + 1)
      .open()
      .say(...said)
      .end('client', 'server')
      .close();
  }
  return { session, reader: new SessionReader(session) };
}

const GET = client('GET / HTTP/1.1\nHost: chat.example\n\n');

/** A response with a body in some coding. */
function encoded(coding: string, body: Uint8Array): Said {
  return server(`HTTP/1.1 200 OK\nContent-Encoding: ${coding}\nContent-Length: ${body.length}\n\n`, body);
}

function lastOf(said: readonly Said[]): Message {
  return [...played(said).reader.messages()].at(-1)!;
}

describe('messages', () => {
  test('are all, or those of an exchange', () => {
    const { reader } = played(http, webSocket);
    const all = [...reader.messages()];
    expect(all.map(({ number }) => number)).toEqual(Array.from(all, (_, index) => index + 1));
    const exchange = [...reader.exchanges()].find(({ protocol }) => protocol === 'websocket')!;
    const texts = [...reader.messages(exchange)].map((message) => message.text());
    expect(texts.slice(2, 6)).toEqual(['early', 'welcome', 'one two', 'alive?']);
    expect([...reader.messages(exchange.number)]).toEqual([...reader.messages(exchange)]);
    expect([...reader.messages(99)]).toEqual([]);
  });

  test('weigh what they weighed', () => {
    const { reader } = played(http);
    const [, , post] = [...reader.messages()];
    expect(post).toMatchObject({
      ...{ connection: 1, exchange: 2, protocol: 'http1', from: 'client', kind: 'request', complete: true },
      weight: {
        gross: 97,
        overhead: 92,
        payload: 5,
        head: 78,
        framing: 14,
        control: 0,
        tls: 0,
        undecoded: 0,
      },
    });
  });

  test('print, compare and clone as plain data', () => {
    const message = lastOf(webSocket);
    const names = 'number connection exchange protocol from kind name id at complete missing weight'.split(
      ' ',
    );
    expect(Object.keys(structuredClone(message))).toEqual(names);
    expect(Object.keys(JSON.parse(JSON.stringify(message)))).toEqual(names);
  });

  test('give copies of their bytes', () => {
    const message = lastOf([GET, server('HTTP/1.1 200 OK\nContent-Length: 2\n\nok')]);
    message.bytes()?.fill(0);
    message.content()?.fill(0);
    expect(message.text()).toBe('ok');
    expect(message.bytes()?.buffer.byteLength).toBe(2);
  });
});

describe('content is what the application received', () => {
  test.each([
    { coding: 'gzip', body: gzipSync('hello') },
    { coding: 'br', body: brotliCompressSync('hello') },
    { coding: 'gzip, br', body: brotliCompressSync(gzipSync('hello')) },
    { coding: 'identity', body: Buffer.from('hello') },
  ])('of a response in $coding', ({ coding, body }) => {
    const message = lastOf([GET, encoded(coding, body)]);
    expect(message.text()).toBe('hello');
    expect(Buffer.from(message.bytes()!).equals(body)).toBe(true);
  });

  test('and nothing where it cannot be had', () => {
    expect(lastOf([GET, encoded('gzip', Buffer.from('no gzip'))]).content()).toBeUndefined();
    expect(lastOf([GET, encoded('unheard-of', Buffer.from('x'))]).text()).toBeUndefined();
  });

  test('however long it is', () => {
    const long = 'all of it '.repeat(100_000);
    expect(lastOf([GET, encoded('gzip', gzipSync(long))]).text()).toBe(long);
  });

  test('of compressed WebSocket messages, and of events', () => {
    const texts = (said: readonly Said[]) =>
      [...played(said).reader.messages()].slice(2).map((message) => message.text());
    expect(texts(deflatedWebSocket)).toEqual(['hello hello hello', 'and hello again']);
    expect(texts(eventStream).slice(0, 4)).toEqual(['500', ' hi', 'Ada', 'one\ntwo']);
  });

  test('until the session is forgotten', () => {
    const { session, reader } = played(http);
    const [message] = reader.messages();
    session.close();
    expect([message?.bytes(), message?.content(), message?.text()]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([[...reader.messages()], [...reader.exchanges()], [...reader.connections()]]).toEqual([
      [],
      [],
      [],
    ]);
  });
});

describe('a snapshot', () => {
  test('is all that the session came to', () => {
    const { reader } = played(http, webSocket);
    const { totals, protocols, connections, exchanges, faults, faultCount, audit, lost } = reader.snapshot();
    const bytes = [...http, ...webSocket].reduce((sum, said) => sum + said.bytes.length, 0);
    expect(totals).toMatchObject({ connections: 2, exchanges: 5, tlsUnknown: 0, weight: { gross: bytes } });
    expect(Object.keys(protocols)).toEqual(['http1', 'websocket']);
    expect(protocols.http1?.messages).toBe(9);
    expect(connections).toEqual([reader.connection(1), reader.connection(2)]);
    expect(exchanges).toEqual([...reader.exchanges()]);
    expect(exchanges[0]).toMatchObject({
      host: 'chat.example',
      request: { method: 'GET', target: '/inbox', fields: [{ name: 'Host', value: 'chat.example' }] },
      response: { status: 200, reason: 'OK', fields: [{ name: 'Content-Length', value: '5' }] },
      ledger: { client: { gross: 43, overhead: 43 }, server: { gross: 43, overhead: 38, payload: 5 } },
    });
    expect({ faults, faultCount, lost }).toEqual({
      faults: [],
      faultCount: 0,
      lost: { bytes: 0, messages: 0, exchanges: 0, heads: 0, names: 0, connections: 0 },
    });
    expect(audit).toEqual({ balanced: 2, cutOff: 0, imbalances: [] });
  });

  test('says of how many connections it is unknown what TLS took', () => {
    const session = new Session();
    const tls = { version: 'TLSv1.3', cipher: '', alpn: undefined, serverName: undefined };
    new TapScript(session.take).open({ tls }).say(GET).close('capture-ended', { unknown: true });
    const { totals, protocols } = new SessionReader(session).snapshot();
    expect([totals.tlsUnknown, protocols.http1?.tlsUnknown]).toEqual([1, 1]);
  });

  test('is frozen, and stays as it was', () => {
    const session = new Session();
    const script = new TapScript(session.take).open().say(GET);
    const reader = new SessionReader(session);
    const before = reader.snapshot();
    script.say(server('HTTP/1.1 200 OK\nContent-Length: 2\n\nok')).close();
    expect(before.exchanges[0]).toMatchObject({ response: undefined, messages: 1, closedAt: undefined });
    expect(Object.isFrozen(before.exchanges[0]?.request?.fields[0])).toBe(true);
    expect(() => Object.assign(before.connections[0]!, { number: 2 })).toThrow(TypeError);
    expect(reader.snapshot().exchanges[0]?.response?.status).toBe(200);
  });
});

test('TLS that is not opened has what its client asked for', () => {
  const { reader } = played([{ from: 'client', bytes: helloRecord('pay.example.com', ['h2']) }]);
  expect(reader.exchange(1)).toMatchObject({
    protocol: 'tls',
    host: 'pay.example.com:80',
    clientHello: { serverName: 'pay.example.com', alpn: ['h2'] },
  });
  expect(played(http).reader.exchange(1)?.clientHello).toBeUndefined();
});

test('what a packet capture tells of the network is beside the sockets', () => {
  const session = new Session();
  const both = { client: 1, server: 2 };
  const network = { packets: both, headers: both, retransmitted: both, missing: both, roundTrip: 4 };
  new TapScript(session.take).open({ mode: 'capture' }).say(GET).close('ended', { network });
  const reader = new SessionReader(session);
  expect(reader.connection(1)?.network).toEqual(network);
  expect(reader.connection(1)?.sockets).not.toHaveProperty('network');
  const { roundTrip: _, ...sums } = network;
  expect(reader.snapshot().network).toEqual({ connections: 1, ...sums, roundTrip: { median: 4, count: 1 } });
  expect(played(http).reader.snapshot().network).toBeUndefined();
});

test('a message with a hole has the bytes around it, and tells how many are missing', () => {
  const session = new Session();
  const body = gzipSync('hello '.repeat(2000), { level: 0 });
  const head = `HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: ${body.length}\n\n`;
  const script = new TapScript(session.take).open({ mode: 'capture' });
  script.say(GET, server(head, body.subarray(0, 5000))).lose('server', 1000);
  script.say(server(body.subarray(6000))).close();
  const [, message] = new SessionReader(session).messages();
  expect(message).toMatchObject({ missing: 1000, complete: true, weight: { payload: body.length } });
  expect(message?.bytes()).toHaveLength(body.length - 1000);
  expect(message?.text()).toMatch(/^(hello ){800,}/);
});

test('an event has its id', () => {
  expect(
    lastOf([GET, server('HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\nid: e7\ndata: x\n\n')]).id,
  ).toBe('e7');
  expect(lastOf(webSocket).id).toBe('');
});

test('an exchange is found by its number', () => {
  const { reader } = played(http);
  expect(reader.exchange(2)?.request?.method).toBe('POST');
  expect(reader.exchange(99)).toBeUndefined();
  expect(reader.connection(99)).toBeUndefined();
});

test('poll series are told of', () => {
  const poll = client('GET /socket.io/?EIO=4&transport=polling&sid=a HTTP/1.1\nHost: chat.example\n\n');
  const nothing = server('HTTP/1.1 200 OK\nContent-Length: 1\n\n2');
  const { reader } = played([poll, nothing, poll, nothing]);
  expect(reader.snapshot().pollSeries).toMatchObject([
    {
      ...{ number: 1, client: '127.0.0.1', host: 'chat.example', method: 'GET', dialect: 'engine.io' },
      ...{ kind: 'long', polls: 2, wasted: 2, wastedFor: { heartbeat: 2 }, cadence: 2, jitter: 0 },
      ...{ firstAt: 2, lastAt: 4, ledger: { client: { payload: 0 }, server: { payload: 2 } } },
    },
  ]);
  expect(reader.exchange(2)).toMatchObject({ series: 1, verdict: 'heartbeat' });
});
