import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contentOf } from '../../session/content.ts';
import { fieldValue } from '../../session/exchange.ts';
import { Session } from '../../session/session.ts';
import { checkHar } from '../../testing/har-checker.ts';
import { harOf } from './har.ts';
import { type HarSource, readHar } from './har-source.ts';

const fixtures = [
  {
    name: 'chrome',
    told: [
      'on 1: http1 GET / 200',
      '  0 client request',
      '  21.5 server response <!doctype html><p>Chat ✓',
      'on 1: http1 GET /app.js 200',
      '  53.5 client request',
      '  95 server response start(1);',
      'on 2: http1 GET /logo.png 200',
      '  54.5 client request',
      '  86 server response �PNG\r\n\x1a\n',
      'on 3: websocket GET /socket 101',
      '  193.5 client request',
      '  213.6 server response',
      '  372 client text {"join":"Ada"}',
      '  422 server text welcome, Ada ✓',
      '  472 server binary \x00\x01\x02\x03',
      'on 2: http1 POST /messages?room=1 204',
      '  273.6 client request {"text":"salut"}',
      '  293.6 server response',
      'on 1: sse GET /events 200',
      '  373.5 client request',
      '  378.6 server response',
      '  1278.6 server event joined Ada',
      '  1278.6 server event message hello',
      'failed: gone.example DNS_FAILED net::ERR_NAME_NOT_RESOLVED',
    ],
    problems: [
      "left-out 4: it came from the browser's cache (disk)",
      'left-out 5: data: does not go over the network',
      'changed 1: http/2.0 is written as HTTP/1.1; response: the body was encoded anew: br; response: Content-Length: 28 was added',
      'changed 3: http/2.0 is written as HTTP/1.1; response: Content-Length: 8 was added',
      'changed 2: http/2.0 is written as HTTP/1.1',
      'changed 7: http/2.0 is written as HTTP/1.1',
      'changed 6: a message was left out: type error, opcode -1',
      'changed 8: http/2.0 is written as HTTP/1.1',
    ],
  },
  {
    name: 'firefox',
    told: [
      'on 1: http1 GET /inbox?after=1 200',
      '  0 client request',
      '  20 server response caf�',
      'on 2: http1 GET /film 200',
      '  35 client request',
      '  60 server response 70000 bytes',
      'on 3: http1 GET /log 200',
      '  65 client request',
      '  85 server response the first half',
      'on 4: http1 POST /form 303',
      '  95 client request text=hi+there&a=',
      '  115 server response',
      'on 5: http1 GET /inbox 304',
      '  125 client request',
      '  145 server response',
      'on 6: websocket GET /socket 101',
      '  185 client request',
      '  205 server response',
      'fault: 70000 bytes are missing in the capture',
      'fault: 6 bytes are missing in the capture',
    ],
    problems: [
      "changed 1: the response's body is of 4 bytes here and of 88 there",
      "changed 2: the response's body is of 70000 bytes here and of 70067 there",
      "changed 3: the response's body is of 20 bytes here and of 85 there",
      "changed 4: request: Content-Length: 15 was changed to 16; the request's body is of 16 bytes here and of 15 there; the response's body is of 0 bytes here and of 63 there",
    ],
  },
  {
    name: 'mitmproxy',
    told: [
      'on 1: http1 GET /poll 200',
      '  0 client request',
      '  32.375 server response {"n": [1]}\n',
      'on 2: http1 POST /upload 200',
      '  66.295 client request Hello',
      '  70.295 server response made',
      'on 3: websocket GET /socket 101',
      '  169.794 client request',
      '  178.294 server response',
      '  214.294 client text ping?',
      '  224.294 server binary �',
      'on 4: http1 GET /slow undefined',
      '  264.294 client request',
    ],
    problems: [
      "changed 1: the request's head is of 70 bytes here and of 99 there; response: the body was encoded anew: gzip; the response's head is of 95 bytes here and of 150 there",
      "changed 2: the request's head is of 104 bytes here and of 99 there; the response's head is of 47 bytes here and of 60 there",
      "changed 3: the request's head is of 130 bytes here and of 99 there; the response's head is of 129 bytes here and of 120 there",
      "changed 4: the request's head is of 55 bytes here and of 99 there",
    ],
  },
];

test.each(fixtures)("reads $name's", ({ name, told, problems }) => {
  const source = fixture(name);
  const session = sessionOf(source);
  expect(story(session)).toEqual(told);
  expect(source.problems.map(({ type, entry, detail }) => `${type} ${entry}: ${detail}`)).toEqual(problems);
  expect(session.audit().imbalances).toEqual([]);
});

test.each(fixtures)("what tare writes of $name's means the same", ({ name, told }) => {
  const session = sessionOf(fixture(name));
  const har = [...harOf(session, { version: '1' })].join('');
  expect(checkHar(JSON.parse(har))).toEqual([]);
  const travelled = told.filter((line) => !line.startsWith('failed'));
  const again = story(sessionOf(readHar(har))).map(withoutTime);
  expect(again).toEqual(travelled.map(withoutTime));
});

test('cookies that Chrome joined in one value are fields of their own', () => {
  const session = sessionOf(fixture('chrome'));
  const fields = session.exchanges.get(1)?.response?.fields ?? [];
  const cookies = fields.filter(({ name }) => name === 'set-cookie').map(({ value }) => value);
  expect(cookies).toEqual(['sid=1; Path=/; Secure', 'seen=yes']);
});

test('pseudo fields are left out, and give the Host', () => {
  const session = sessionOf(fixture('chrome'));
  const fields = session.exchanges.get(1)?.request?.fields ?? [];
  expect(fieldValue(fields, 'host')).toBe('chat.example');
  expect(fields.map(({ name }) => name)).toEqual(['Host', 'accept', 'accept-encoding']);
});

test('connections are marked as written anew, with what is told of them', () => {
  const { connections } = sessionOf(fixture('chrome'));
  expect(connections.get(1)).toMatchObject({
    mode: 'har',
    facts: {
      reconstructed: true,
      server: { host: 'chat.example', port: 443 },
      serverAddress: { host: '192.0.2.7', port: 443 },
      tls: { serverName: 'chat.example' },
      timings: { dns: 2, connect: 14.5, tls: 10 },
    },
    reason: 'capture-ended',
    closing: { unknown: true },
  });
});

function fixture(name: string): HarSource {
  return readHar(readFileSync(`fixtures/har/${name}.har`));
}

function sessionOf(source: HarSource): Session {
  const session = new Session();
  session.epoch = source.epoch;
  for (const event of source.events()) session.take(event);
  return session;
}

/** A line for each exchange and one for each of its messages, then what failed and what is missing. */
function story(session: Session): string[] {
  const exchanges = Array.from(session.exchanges, ({ number, connection, protocol, request, response }) => [
    `on ${connection}: ${protocol} ${request?.method} ${request?.target} ${response?.status}`,
    ...messages(session, number),
  ]);
  const failed = Array.from(session.connections.values()).flatMap(({ failure, server }) =>
    failure ? [`failed: ${server?.host} ${failure.code} ${failure.message}`] : [],
  );
  return [...exchanges.flat(), ...failed, ...session.faults.map(({ detail }) => `fault: ${detail}`)];
}

function messages(session: Session, exchange: number): string[] {
  const numbers = Array.from({ length: session.messages.length }, (_, number) => number);
  return numbers
    .filter((number) => session.messages.row(number).exchange === exchange)
    .map((number) => {
      const { at, from, kind, name, payload } = session.messages.row(number);
      const content = payload > 1000 ? `${payload} bytes` : contentOf(session, number, 1000)?.toString();
      return `  ${[at / 1e6, from, kind, name, content].filter((part) => part !== '').join(' ')}`;
    });
}

function withoutTime(line: string): string {
  return line.replace(/^ {2}[\d.]+/, '');
}
