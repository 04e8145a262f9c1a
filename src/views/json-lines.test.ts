import { describe, expect, test } from 'vitest';
import { Session } from '../session/session.ts';
import {
  client,
  deflatedWebSocket,
  eventStream,
  gzippedEventStream,
  http,
  type Said,
  server,
  webSocket,
} from '../testing/conversations.ts';
import { helloRecord } from '../testing/hello-record.ts';
import { FACTS, TapScript } from '../testing/tap-script.ts';
import { changeJson, type JsonLine, summaryJson } from './json-lines.ts';

const EPOCH = 1_700_000_000_123_456_789n;

/** All lines of a session, as a reader of the output parses them. */
function lines(said: readonly Said[], play: (script: TapScript) => void = close): JsonLine[] {
  const session = new Session();
  session.epoch = EPOCH;
  const written: string[] = [];
  session.watch((change) => {
    const line = changeJson(session, change);
    if (line) written.push(JSON.stringify(line));
  });
  play(new TapScript(session.take).open().say(...said));
  written.push(JSON.stringify(summaryJson(session, 99_000_000)));
  return written.map((line) => JSON.parse(line) as JsonLine);
}

function close(script: TapScript): void {
  script.end('client', 'server').close();
}

const conversations = [http, webSocket, deflatedWebSocket, eventStream, await gzippedEventStream()];
const broken = [client('GET / HTTP/1.1\nHost: a\nContent-Length: x\n\nabc'), server('HTTP/1.1')];

describe.each([...conversations, broken].map((said) => ({ said })))('every line, %#', ({ said }) => {
  const told = lines(said);

  test('says its version, type and time', () => {
    for (const line of told) {
      expect(line).toMatchObject({ v: 1, type: expect.any(String), at: expect.stringMatching(/^17\d{17}$/) });
    }
    expect(told.at(-1)!.type).toBe('summary');
  });

  test('has bytes that add up', () => {
    for (const weight of told.flatMap((line) => weights(line))) {
      const { gross, ...classes } = weight;
      expect(Object.values(classes).reduce((sum, bytes) => sum + bytes, 0)).toBe(gross);
    }
  });

  test('adds up to the summary', () => {
    const grossOf = (line: JsonLine) => weights(line).reduce((sum, { gross }) => sum + gross!, 0);
    const closed = told.filter(({ type }) => type === 'connection-closed');
    expect(closed.reduce((sum, line) => sum + grossOf(line), 0)).toBe(grossOf(told.at(-1)!));
  });
});

type Numbers = Readonly<Record<string, number>>;

/** The weights in a line, wherever they are. */
function weights(value: unknown): Numbers[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('gross' in value) return [value as Numbers];
  return Object.values(value).flatMap(weights);
}

const ofType = (told: readonly JsonLine[], type: string) => told.filter((line) => line.type === type);

test('messages', () => {
  expect(ofType(lines(http), 'message').map(({ at: _, v: __, ...rest }) => rest)[1]).toEqual({
    type: 'message',
    connection: 1,
    exchange: 1,
    message: 2,
    protocol: 'http1',
    from: 'server',
    kind: 'response',
    complete: true,
    bytes: { gross: 43, head: 38, framing: 0, control: 0, payload: 5 },
    status: 200,
    preview: 'hello',
  });
  expect(ofType(lines(http), 'message')[0]).toMatchObject({
    method: 'GET',
    host: 'chat.example',
    target: '/inbox',
  });
  expect(ofType(lines(http), 'message')[3]).toMatchObject({ kind: 'response', status: 103 });
  expect(ofType(lines(eventStream), 'message')[4]).toMatchObject({
    kind: 'event',
    name: 'joined',
    preview: 'Ada',
  });
  const [, , deflated] = ofType(lines(deflatedWebSocket), 'message');
  expect(deflated).toMatchObject({ kind: 'text', content: 17, preview: 'hello hello hello' });
});

test('exchanges, when they close', () => {
  const [first, second] = ofType(lines(http), 'exchange');
  expect(first).toMatchObject({
    at: String(EPOCH + 3_000_000n),
    openedAt: String(EPOCH + 2_000_000n),
    respondedAt: String(EPOCH + 3_000_000n),
    protocol: 'http1',
    method: 'GET',
    target: '/inbox',
    status: 200,
    messages: 2,
    faults: 0,
    bytes: { client: { gross: 43 }, server: { gross: 43, payload: 5 } },
  });
  expect(second).toMatchObject({ method: 'POST', status: 201, messages: 3 });
});

test('connections', () => {
  const told = lines(http);
  expect(told[0]).toMatchObject({
    type: 'connection-opened',
    connection: 1,
    mode: 'connect',
    server: FACTS.server,
  });
  expect(ofType(told, 'connection-closed')).toMatchObject([
    {
      connection: 1,
      reason: 'ended',
      bytes: { client: { undecoded: 0 } },
      sockets: { tapped: {}, upstream: {} },
    },
  ]);
});

test('faults and failures', () => {
  expect(ofType(lines(broken), 'fault')[0]).toMatchObject({
    connection: 1,
    exchange: 1,
    from: 'client',
    rule: expect.any(String),
  });
  const session = new Session();
  const failure = { code: 'DNS_FAILED', message: 'no such host' } as const;
  const told: (JsonLine | undefined)[] = [];
  session.watch((change) => told.push(changeJson(session, change)));
  session.take({ type: 'failed', connection: 1, at: 5, ...FACTS, failure, proxy: { client: 0, server: 0 } });
  expect(told).toMatchObject([
    { type: 'connection-failed', connection: 1, code: 'DNS_FAILED', message: 'no such host' },
  ]);
});

test('text off the wire is harmless in JSON too', () => {
  const [, response] = ofType(
    lines([
      client('GET / HTTP/1.1\nHost: a\n\n'),
      server('HTTP/1.1 200 OK\nContent-Length: 6\n\n', 'a\x1b[2Jb'),
    ]),
    'message',
  );
  expect(response!.preview).toBe('a·[2Jb');
});

test('TLS that is not opened: the host that is asked for, and what is offered', () => {
  const told = lines([{ from: 'client', bytes: helloRecord('pay.example.com', ['h2']) }]);
  const offer = { serverName: 'pay.example.com', alpn: ['h2'] };
  expect(ofType(told, 'exchange')).toMatchObject([{ protocol: 'tls', host: 'pay.example.com:80', ...offer }]);
  const hosts = [{ host: 'pay.example.com:80', exchanges: 1, alpn: ['h2'], gross: expect.any(Number) }];
  expect(told.at(-1)).toMatchObject({ type: 'summary', unopened: hosts });
});

test('what a connection of a packet capture took of the network', () => {
  const both = { client: 1, server: 2 };
  const facts = { packets: both, headers: both, retransmitted: both, missing: both };
  const told = lines(http, (script) => script.close('ended', { network: { ...facts, roundTrip: 1.23456 } }));
  const [closed] = ofType(told, 'connection-closed');
  expect(closed).toMatchObject({ network: { ...facts, roundTrip: 1.235 } });
  expect(closed!.sockets).not.toHaveProperty('network');
  expect(told.at(-1)).toMatchObject({
    network: { connections: 1, ...facts, roundTrip: 1.235, roundTrips: 1 },
  });
  expect(lines(http).at(-1)).not.toHaveProperty('network');
});

test('ids of events, and what is missing of a message', () => {
  const stream = 'HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\nid: 41\ndata: x\n\n';
  const [, , event] = ofType(lines([client('GET / HTTP/1.1\nHost: a\n\n'), server(stream)]), 'message');
  expect(event).toMatchObject({ kind: 'event', id: '41' });
  expect(ofType(lines(eventStream), 'message')[4]).not.toHaveProperty('id');
  const [chunk] = ofType(
    lines([], (script) => close(script.say(client('\0')).lose('client', 7))),
    'message',
  ).slice(1);
  expect(chunk).toMatchObject({ kind: 'chunk', missing: 7, bytes: { payload: 7 } });
});
