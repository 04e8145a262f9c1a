import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { Session } from '../../session/session.ts';
import type { ConnectionFacts } from '../../tap.ts';
import {
  chunk,
  client,
  deflatedWebSocket,
  type Said,
  server,
  webSocket,
} from '../../testing/conversations.ts';
import { checkHar } from '../../testing/har-checker.ts';
import { playPolls } from '../../testing/poll-script.ts';
import { TapScript } from '../../testing/tap-script.ts';
import { harOf, leftOutOf } from './har.ts';
import { stored, storedCoding } from './stored-coding.ts';

/** A HAR as far as these tests look at it. */
interface Har {
  readonly log: {
    readonly version: string;
    readonly creator: object;
    readonly pages: readonly unknown[];
    readonly comment?: string;
    readonly entries: readonly Entry[];
    readonly _tare: object;
  };
}

interface Entry {
  readonly startedDateTime: string;
  readonly time: number;
  readonly timings: object;
  readonly request: Message & { readonly postData?: object };
  readonly response: Message & { readonly content: { readonly text?: string } };
  readonly _tare: object;
}

type Message = Readonly<Record<string, unknown>>;

const EPOCH = 1_700_000_000_123_456_789n;
const GET = 'GET /a?b=c%20d&e HTTP/1.1\nHost: chat.example\n\n';
const OK = 'HTTP/1.1 200 OK\nContent-Length: 5\n\nhello';
const TLS = {
  version: 'TLSv1.3',
  cipher: 'TLS_AES_128_GCM_SHA256',
  alpn: 'http/1.1',
  serverName: 'chat.example',
};

test('is HAR 1.2', () => {
  const { log } = harOfSaid(client(GET), server(OK));
  expect(log).toMatchObject({ version: '1.2', creator: { name: 'tare', version: '1.2.3' }, pages: [] });
  expect(log).not.toHaveProperty('comment');
  expect(log._tare).toMatchObject({ v: 1, connections: 1, exchanges: 1, faults: 0 });
});

test('a request as it was sent', () => {
  const [entry] = harOfSaid(client(GET), server(OK)).log.entries;
  expect(entry).toMatchObject({
    startedDateTime: '2023-11-14T22:13:20.125456Z',
    serverIPAddress: '192.0.2.1',
    connection: '1',
    cache: {},
    _resourceType: 'other',
    request: {
      method: 'GET',
      url: 'http://chat.example/a?b=c%20d&e',
      httpVersion: 'HTTP/1.1',
      headers: [{ name: 'Host', value: 'chat.example' }],
      queryString: [
        { name: 'b', value: 'c%20d' },
        { name: 'e', value: '' },
      ],
      cookies: [],
      headersSize: 49,
      bodySize: 0,
    },
    response: {
      status: 200,
      statusText: 'OK',
      headersSize: 38,
      bodySize: 5,
      content: { size: 5, mimeType: 'x-unknown', text: 'hello' },
      redirectURL: '',
    },
  });
  expect(entry?.request).not.toHaveProperty('postData');
  expect(entry?.response.content).not.toHaveProperty('compression');
});

test('empty lines before a request are none of its head', () => {
  const [entry] = harOfSaid(client(`\n${GET}`), server(OK)).log.entries;
  expect(entry?.request.headersSize).toBe(49);
});

test('steps of opening stand before the first exchange of a connection alone', () => {
  const said = [client(GET), server(OK), client(GET), server(OK)];
  const facts = { tls: TLS, timings: { dns: 2, connect: 10.5, tls: 20.25 } };
  const [first, second] = harOfSession(sessionOf(said, facts)).log.entries;
  expect(first).toMatchObject({
    startedDateTime: '2023-11-14T22:13:20.092706Z', // 32.75 ms before the request
    time: 33.75,
    timings: { blocked: -1, dns: 2, connect: 30.75, ssl: 20.25, send: 0, wait: 1, receive: 0 },
    request: { url: 'https://chat.example/a?b=c%20d&e' },
  });
  expect(second).toMatchObject({
    startedDateTime: '2023-11-14T22:13:20.127456Z',
    time: 1,
    timings: { blocked: -1, dns: -1, connect: -1, ssl: -1, send: 0, wait: 1, receive: 0 },
  });
});

test('sending, waiting and receiving take the time they took', () => {
  const head = 'POST / HTTP/1.1\nHost: a\nContent-Length: 4\n\n';
  const said = [client(head), client('body'), server('HTTP/1.1 200 OK\nContent-Length: 2\n\no')];
  const [entry] = harOfSaid(...said, server('k')).log.entries;
  expect(entry?.timings).toMatchObject({ send: 1, wait: 1, receive: 1 });
  expect(entry?.request).toMatchObject({ bodySize: 4, postData: { mimeType: '', text: 'body' } });
});

test.each([
  { name: 'gzip', coded: gzipSync('hello hello hello') },
  { name: 'br', coded: brotliCompressSync('hello hello hello') },
])('a body in $name is told as what it decodes to, and as carried', ({ name, coded }) => {
  const head = `HTTP/1.1 200 OK\nContent-Type: text/plain\nContent-Encoding: ${name}\nTransfer-Encoding: chunked\n\n`;
  const [entry] = harOfSaid(client(GET), server(head, chunk(coded), '0\n\n')).log.entries;
  expect(entry?.response).toMatchObject({
    bodySize: coded.length,
    content: {
      size: 17,
      compression: 17 - coded.length,
      mimeType: 'text/plain',
      text: 'hello hello hello',
      _carried: coded.toString('base64'),
    },
  });
});

test('what does not decode is told as carried alone', () => {
  const answer = 'HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: 4\n\njunk';
  const [entry] = harOfSaid(client(GET), server(answer)).log.entries;
  expect(entry?.response.content).toEqual({
    size: -1,
    mimeType: 'x-unknown',
    _carried: 'anVuaw==',
    comment: 'its coding is not known here',
  });
});

test('bytes that are no text are in base64', () => {
  const post = 'POST / HTTP/1.1\nHost: a\nContent-Length: 2\n\n\xff\x00';
  const answer = 'HTTP/1.1 200 OK\nContent-Length: 3\n\n\x00\x01\xfe';
  const [entry] = harOfSaid(client(post), server(answer)).log.entries;
  expect(entry?.request.postData).toEqual({ mimeType: '', _encoding: 'base64', text: '/wA=' });
  expect(entry?.response.content).toMatchObject({ size: 3, encoding: 'base64', text: 'AAH+' });
});

test('cookies are read', () => {
  const asked = client('GET / HTTP/1.1\nHost: a\nCookie: a=1; b="x=y"\n\n');
  const answered = server(
    'HTTP/1.1 204 No\nSet-Cookie: s=t; Path=/; HttpOnly; SameSite=Lax\n',
    'Set-Cookie: u=; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Secure; Domain=a\nLocation: /b\n\n',
  );
  const [entry] = harOfSaid(asked, answered).log.entries;
  expect(entry?.request.cookies).toEqual([
    { name: 'a', value: '1' },
    { name: 'b', value: '"x=y"' },
  ]);
  expect(entry?.response.cookies).toEqual([
    { name: 's', value: 't', path: '/', httpOnly: true, secure: false, sameSite: 'Lax' },
    { name: 'u', value: '', domain: 'a', expires: '2026-10-21T07:28:00.000Z', httpOnly: false, secure: true },
  ]);
  expect(entry?.response.redirectURL).toBe('/b');
});

test('WebSocket messages as Chrome writes them, and control frames beside them', () => {
  const [entry] = harOfSaid(...webSocket).log.entries;
  expect(entry).toMatchObject({
    _resourceType: 'websocket',
    request: { url: 'ws://chat.example/socket' },
    response: { status: 101, bodySize: 0 },
    _webSocketMessages: [
      { type: 'send', time: 1_700_000_000.126456, opcode: 1, data: 'early', _framing: 6, _payload: 5 },
      { type: 'receive', time: 1_700_000_000.126456, opcode: 1, data: 'welcome' },
      { type: 'send', opcode: 2, data: Buffer.from('one two').toString('base64'), _framing: 12, _payload: 7 },
    ],
    _webSocketControlFrames: [
      { type: 'send', opcode: 9, data: 'YWxpdmU/', after: 3, control: 12 },
      { type: 'receive', opcode: 10, data: 'YWxpdmU/', after: 3 },
      { type: 'send', opcode: 8, code: 1000, reason: 'bye', after: 3 },
      { type: 'receive', opcode: 8, code: 1000, reason: '' },
    ],
  });
});

test('compressed messages are told as what they say', () => {
  const [entry] = harOfSaid(...deflatedWebSocket).log.entries;
  expect(entry).toMatchObject({
    _webSocketMessages: [
      { type: 'receive', data: 'hello hello hello' },
      { type: 'send', data: 'and hello again' },
    ],
  });
  expect(entry).not.toHaveProperty('_webSocketControlFrames');
});

test('a text that is none keeps its bytes', () => {
  const wrong = Buffer.from('8102c328', 'hex');
  const [entry] = harOfSaid(...webSocket.slice(0, 2), server(wrong)).log.entries;
  expect(entry).toMatchObject({
    _webSocketMessages: [{}, {}, { data: '\ufffd(', _bytes: 'wyg=' }],
    _tare: { faults: [{ from: 'server', rule: 'RFC 6455 section 8.1' }] },
  });
});

test('events with their names and times, and comments beside them', () => {
  const head = 'HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\n';
  const events = ['retry: 10\n\n', 'event: joined\ndata: Ada\n\n', ': hi\n', 'data: a\ndata: b\n\n'];
  const said = events.map((text) => server(Buffer.from(text)));
  const [entry] = harOfSaid(client(GET), server(head), ...said).log.entries;
  expect(entry).toMatchObject({
    _resourceType: 'eventsource',
    response: { bodySize: 58, content: { size: 58, mimeType: 'text/event-stream', comment: 'not kept' } },
    _eventSourceMessages: [
      { time: 1_700_000_000.128456, eventName: 'joined', data: 'Ada', _framing: 16, _payload: 9 },
      { time: 1_700_000_000.130456, eventName: 'message', data: 'a\nb' },
    ],
    _eventSourceComments: [
      { retry: true, data: '10', after: 0 },
      { data: ' hi', after: 1, control: 5 },
    ],
  });
});

test('the ledger, and what else HAR has no place for', () => {
  const session = new Session();
  session.epoch = EPOCH;
  playPolls(session.take, ['hello', 'hello', 'hello', 'hello', 'hello', 'hello']);
  const { entries } = harOfSession(session).log;
  expect(entries[3]?._tare).toMatchObject({
    v: 1,
    exchange: 4,
    connection: 1,
    protocol: 'http1',
    bytes: { client: { head: 43, payload: 0 }, server: { head: 38, payload: 5, undecoded: 0 } },
    series: 1,
    verdict: 'unchanged',
  });
  expect(entries.map(({ _tare }) => 'opened' in _tare)).toEqual([true, false, false, false, false, false]);
});

test('an exchange that goes on, and one without an answer', () => {
  const session = new Session();
  new TapScript(session.take).open().say(client(GET));
  new TapScript(session.take, 2).open().say(client(GET), server('HTTP/1.1 200 OK\nContent-Length: 9\n\nhel'));
  const [asked, answered] = harOfSession(session).log.entries;
  expect(asked).toMatchObject({
    response: { status: 0, headersSize: -1, bodySize: -1, headers: [] },
    _tare: { open: true },
  });
  expect(answered).toMatchObject({ response: { content: { text: 'hel' } }, _tare: { cutOff: ['response'] } });
});

test('a target that is no part of a URL is told as it is', () => {
  const [entry] = harOfSaid(client('OPTIONS * HTTP/1.1\nHost: a:81\n\n'), server(OK)).log.entries;
  expect(entry).toMatchObject({ request: { url: 'http://a:81/*' }, _tare: { target: '*' } });
});

test('what has no place in a HAR is left out, counted and said', () => {
  const session = new Session();
  new TapScript(session.take).open().say(server('220 hello\n')).end('client', 'server').close();
  new TapScript(session.take, 2).open().say(client('\x16\x03\x01\x02')).close('client-gone');
  new TapScript(session.take, 3).open().say(client(GET), server(OK)).close('client-gone');
  session.take({
    type: 'failed',
    connection: 4,
    at: 9,
    mode: 'connect',
    client: 4,
    clientAddress: { host: '127.0.0.1', port: 1 },
    server: { host: 'gone.example', port: 443 },
    failure: { code: 'DNS_FAILED', message: 'no such host' },
    proxy: { client: 0, server: 0 },
  });
  const { log } = harOfSession(session);
  expect(log.entries).toHaveLength(1);
  expect(log.comment).toBe('Not in this file: 1 tcp exchanges, 1 tls exchanges, 1 connections that failed');
  expect(leftOutOf(session)).toEqual({
    exchanges: { tcp: 1, tls: 1 },
    failed: 1,
    lost: { bytes: 0, messages: 0, exchanges: 0, heads: 0, names: 0, connections: 0 },
  });
});

test('of a body with a hole there is what comes before that', () => {
  const session = new Session();
  const script = new TapScript(session.take).open();
  script.say(client(GET), server('HTTP/1.1 200 OK\nContent-Length: 9\n\nhel'));
  session.take({ type: 'lost', connection: 1, at: 5e6, from: 'server', length: 4 });
  script.say(server('lo'));
  const [entry] = harOfSession(session).log.entries;
  expect(entry?.response).toMatchObject({ bodySize: 9, content: { size: 9, text: 'hel' } });
});

test('comes in pieces, however long a body is', () => {
  const body = Buffer.from('some text with "quotes" and ünïcödé, '.repeat(100_000));
  const head = `HTTP/1.1 200 OK\nContent-Length: ${body.length}\n\n`;
  const pieces = [...harOf(sessionOf([client(GET), server(head, body)]), { version: '1' })];
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(300_000);
  const [entry] = (JSON.parse(pieces.join('')) as Har).log.entries;
  expect(entry?.response.content.text === body.toString()).toBe(true);
});

function harOfSaid(...said: readonly Said[]): Har {
  return harOfSession(sessionOf(said));
}

function sessionOf(said: readonly Said[], facts: Partial<ConnectionFacts> = {}): Session {
  const session = new Session();
  session.epoch = EPOCH;
  const script = new TapScript(session.take).open(facts).say(...said);
  script.end('server', 'client').close();
  return session;
}

/** Checked against the format. */
function harOfSession(session: Session): Har {
  const har = JSON.parse([...harOf(session, { version: '1.2.3' })].join(''));
  expect(checkHar(har)).toEqual([]);
  return har;
}

test('an event has its id, which comes back', () => {
  const stream = 'HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\n';
  const events = 'data: a\n\nid: 7\ndata: b\n\ndata: c\n\nid\ndata: d\n\nid: x-1\ndata: e\n\n';
  const har = harOfSaid(client(GET), server(stream, events));
  const ids = (entry: unknown) =>
    (entry as { _eventSourceMessages: { eventId: string }[] })._eventSourceMessages;
  expect(ids(har.log.entries[0]).map(({ eventId }) => eventId)).toEqual(['', '7', '7', '', 'x-1']);
});

test('a body in zstd is told whole', () => {
  const text = 'more than a preview '.repeat(30_000);
  const coding = storedCoding('zstd')!;
  const body = stored(coding, Buffer.from(text));
  const head = `HTTP/1.1 200 OK\nContent-Encoding: zstd\nContent-Length: ${body.length}\n\n`;
  const [entry] = harOfSaid(client(GET), server(head, body)).log.entries;
  expect(entry?.response.content.text).toBe(text);
});
