import { readdirSync } from 'node:fs';
import { deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Session } from '../../session/session.ts';
import type { Side, TapEvent, TapSink } from '../../tap.ts';
import type { ConversationScript } from '../../testing/conversation-script.ts';
import { client, gzippedEventStream, type Said, server } from '../../testing/conversations.ts';
import { cutAt, cuts } from '../../testing/cuts.ts';
import { randomConversation } from '../../testing/random-conversation.ts';
import { FACTS, TapScript } from '../../testing/tap-script.ts';
import { websocketFrame } from '../../testing/websocket-frame.ts';
import { readCaptureInto } from '../capture-session.ts';
import { harOf } from '../har/har.ts';
import { RedactedConnection } from './redacted-connection.ts';
import { RedactedNames } from './redacted-names.ts';
import { redaction } from './redaction.ts';

/** What comes of events when they are redacted; bytes that were lent are spoilt behind them. */
function redacted(events: readonly TapEvent[]): TapEvent[] {
  const told: TapEvent[] = [];
  const take = redaction()((event) => told.push(kept(event)));
  for (const event of events) {
    const lent = event.type === 'bytes' ? Buffer.from(event.bytes) : undefined;
    take(lent && event.type === 'bytes' ? { ...event, bytes: lent } : event);
    if (lent && event.type === 'bytes') expect(lent.equals(event.bytes)).toBe(true);
    lent?.fill('?');
  }
  return told;
}

function kept(event: TapEvent): TapEvent {
  return event.type === 'bytes' ? { ...event, bytes: Uint8Array.from(event.bytes) } : event;
}

/** All of an event but what its bytes are. */
function shape(event: TapEvent): string {
  const length = event.type === 'bytes' ? event.bytes.length : 0;
  return JSON.stringify({ ...event, bytes: undefined, length });
}

function events(tell: (script: TapScript) => void): TapEvent[] {
  const told: TapEvent[] = [];
  const script = new TapScript((event) => told.push(kept(event))).open();
  tell(script);
  return told;
}

function played(
  script: ConversationScript,
  places: readonly number[],
  flips: readonly Flip[] = [],
): TapEvent[] {
  const total = script.steps.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return events((tap) => {
    let before = 0;
    for (const { from, bytes } of script.steps) {
      const wire = Buffer.from(bytes, 'latin1');
      for (const [place, bits] of flips) flip(wire, (place % total) - before, bits);
      before += bytes.length;
      for (const piece of cutAt(wire, places)) tap.say({ from, bytes: piece });
    }
    tap.end(script.endsFirst, script.endsFirst === 'client' ? 'server' : 'client').close();
  });
}

type Flip = readonly [place: number, bits: number];

function flip(bytes: Buffer, at: number, bits: number): void {
  if (at >= 0 && at < bytes.length) bytes[at] = bytes[at]! ^ bits;
}

function sessionOf(events: readonly TapEvent[]): Session {
  const session = new Session();
  for (const event of events) session.take(event);
  return session;
}

/** What a session tells of weights and of faults. */
function weighed(session: Session) {
  const numbers = Array.from({ length: session.exchanges.length }, (_, index) => index + 1);
  const found = {
    exchanges: numbers
      .map((number) => session.exchanges.get(number))
      .map((each) => [each?.protocol, each?.ledger]),
    faults: session.faults.map(({ from, start, rule }) => `${from} ${start} ${rule}`),
  };
  session.close();
  return found;
}

test('times, lengths, order, weights and faults stay what they were', () => {
  fc.assert(
    fc.property(randomConversation, cuts, (script, places) => {
      const before = played(script, places);
      const after = redacted(before);
      expect(after.map(shape)).toEqual(before.map(shape));
      expect(weighed(sessionOf(after))).toEqual(weighed(sessionOf(before)));
    }),
    { numRuns: 10 },
  );
});

const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 });

test('what is broken keeps its shape', () => {
  fc.assert(
    fc.property(randomConversation, cuts, flips, (script, places, flips) => {
      const before = played(script, places, flips);
      expect(redacted(before).map(shape)).toEqual(before.map(shape));
    }),
    { numRuns: 10 },
  );
});

const step = fc.oneof(
  fc.record({ from: fc.constantFrom<Side>('client', 'server'), bytes: fc.uint8Array({ minLength: 1 }) }),
  fc.record({ from: fc.constantFrom<Side>('client', 'server'), length: fc.integer({ min: 1, max: 1_000 }) }),
);

/** Bytes of a hole that nobody can hold. */
const LONG = 2 ** 45;

describe('a hole takes no time and no memory, however long it is', () => {
  const get = client('GET / HTTP/1.1\nHost: a\n\n');
  const coded = (coding: string) =>
    server(`HTTP/1.1 200 OK\nContent-Encoding: ${coding}\nContent-Length: ${LONG + 6}\n\nabc`);
  const upgrade = [
    client('GET / HTTP/1.1\nHost: a\nUpgrade: websocket\nConnection: upgrade\n\n'),
    server(
      'HTTP/1.1 101 OK\nUpgrade: websocket\nConnection: upgrade\nSec-WebSocket-Extensions: permessage-deflate\n\n',
    ),
  ];
  const frame = server(Buffer.from('c17f0010000000000000616263', 'hex'));
  const cases: { name: string; before: readonly Said[] }[] = [
    { name: 'at the beginning', before: [] },
    { name: 'before an answer', before: [get] },
    { name: 'in a head', before: [get, server('HTTP/1.1 200 OK\nSet-Coo')] },
    ...['gzip', 'deflate', 'br', 'zstd'].map((coding) => ({
      name: `in ${coding}`,
      before: [get, coded(coding)],
    })),
    { name: 'between frames', before: upgrade },
    { name: 'in a compressed message', before: [...upgrade, frame] },
  ];

  test.each(cases)('$name', ({ before }) => {
    const told = redacted(
      events((tap) =>
        tap
          .say(...before)
          .lose('server', LONG)
          .say(server('secret'))
          .close('server-gone'),
      ),
    );
    const last = told.at(-2);
    expect(told.at(-3)).toMatchObject({ type: 'lost', length: LONG });
    expect(last?.type === 'bytes' && Buffer.from(last.bytes).toString()).toMatch(/^[(redact by)\n]{6}$/);
  });
});

test('any bytes and holes: nothing is lost, and it never throws', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('', 'GET / HTTP/1.1\nHost: a\n\n', '\x16\x03\x01\0\x09'),
      fc.array(step),
      (first, steps) => {
        const before = events((tap) => {
          tap.say(client(first));
          for (const step of steps) 'bytes' in step ? tap.say(step) : tap.lose(step.from, step.length);
          tap.end('server').close('client-gone');
        });
        expect(redacted(before).map(shape)).toEqual(before.map(shape));
      },
    ),
  );
});

const captures = readdirSync('fixtures', { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.(?:pcapng|har)$/.test(name),
);

test.each(captures)('fixtures/%s weighs what it weighed', async (name) => {
  const sessions = [undefined, redaction()].map(async (redact) => {
    const session = new Session();
    await readCaptureInto(session, `fixtures/${name}`, { redact });
    return weighed(session);
  });
  const [before, after] = await Promise.all(sessions);
  expect(after).toEqual(before);
});

/** What a session shows of redacted events. */
function shown(...said: readonly Said[]): string[] {
  const session = sessionOf(
    redacted(
      events((tap) =>
        tap
          .say(...said)
          .end('client', 'server')
          .close(),
      ),
    ),
  );
  const numbers = Array.from({ length: session.messages.length }, (_, number) => number);
  const texts = numbers.map(
    (number) => `${session.messages.content(number) ?? session.messages.bytes(number)}`,
  );
  expect(session.faults).toEqual([]);
  session.close();
  return texts.filter((text) => text !== '');
}

const UPGRADE =
  'GET / HTTP/1.1\nHost: a\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n';
const SWITCHING =
  'HTTP/1.1 101 x\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n';
const DEFLATE = 'Sec-WebSocket-Extensions: permessage-deflate\n\n';

describe('a compressed payload is read as one that was redacted', () => {
  test('in messages', () => {
    const payload = deflateRawSync(JSON.stringify({ token: 'abc', list: [1, 2, 3] }), {
      finishFlush: 2,
    }).subarray(0, -4);
    const key = [1, 2, 3, 4];
    const texts = shown(
      client(`${UPGRADE}${DEFLATE}`),
      server(`${SWITCHING}${DEFLATE}`),
      server(websocketFrame({ opcode: 1, rsv: 4, payload })),
      client(
        websocketFrame({ opcode: 1, rsv: 4, fin: false, payload: payload.subarray(0, 9), key }),
        websocketFrame({ opcode: 9, payload: 'hi', key }),
        websocketFrame({ opcode: 0, payload: payload.subarray(9), key }),
      ),
    );
    const text = '(redacted by tare)\n'.repeat(2).slice(0, payload.length - 2);
    expect(texts).toEqual([text, text, 'hi']);
  });

  test('in a body', () => {
    const body = gzipSync('{"password":"abc"}');
    const head = `HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: ${body.length}\n\n`;
    const after = redacted(
      events((tap) => tap.say(client('GET / HTTP/1.1\nHost: a\n\n'), server(head, body)).close()),
    );
    const answer = after.flatMap((event) =>
      event.type === 'bytes' && event.from === 'server' ? [...event.bytes] : [],
    );
    expect(gunzipSync(Buffer.from(answer.slice(-body.length))).toString()).toBe('(redacted by tare)');
  });

  test('in events', async () => {
    expect(shown(...(await gzippedEventStream()))).toEqual([' redacted by tare']);
  });
});

test('what one side holds up delays the other no longer than it takes two mebibytes', () => {
  const told: TapEvent[] = [];
  const script = new TapScript(redaction()((event) => told.push(event))).open();
  script.say(client('GET / HTTP/1.1\nHost: a\n\n'), server('HTTP/1.1 200 OK\n\n'), client('GET / HT'));
  const before = told.length;
  for (let piece = 0; piece < 40; piece++) script.say({ from: 'server', bytes: Buffer.alloc(65_536, 'a') });
  expect(told.slice(before)).toHaveLength(40);
  script.say(client('TP/1.1\nHost: a\nCookie: a=b\n\n')).close();
  expect(told.slice(before + 40).map(({ type }) => type)).toEqual(['bytes', 'bytes', 'closed']);
});

test('a connection that was open before is redacted from what is seen of it', () => {
  const told: TapEvent[] = [];
  const take: TapSink = redaction()((event) => told.push(event));
  take({ type: 'bytes', connection: 7, at: 1, from: 'client', bytes: Buffer.from('secret":"abc"}') });
  expect(told).toMatchObject([{ connection: 7, at: 1, bytes: Buffer.from('(redacted by t') }]);
});

test('a failure does not quote what was asked', () => {
  const told: TapEvent[] = [];
  const message =
    'GET http://u:p@a/?token=abc&x=1 was sent to the proxy itself, and "GET /\\"abc" is no request line';
  redaction()((event) => told.push(event))({
    ...{ type: 'failed', connection: 1, at: 0, mode: 'forward', client: 1, server: undefined },
    clientAddress: FACTS.clientAddress,
    failure: { code: 'BAD_REQUEST', message },
    proxy: { client: 0, server: 0 },
  });
  const words = 'GET http://…@a/?token=xxx&x=1 was sent to the proxy itself, and "…" is no request line';
  expect(told).toMatchObject([{ failure: { code: 'BAD_REQUEST', message: words } }]);
});

test('what is whole is not held back, the end of a chunk neither', () => {
  const told: TapEvent[] = [];
  const script = new TapScript(redaction()((event) => told.push(event))).open();
  const steps = [
    client('GET / HTTP/1.1\nHost: a\n\n'),
    server('HTTP/1.1 200 OK\nContent-Type: text/event-stream\nTransfer-Encoding: chunked\n\n'),
    server('b\ndata: 1\n\n\n'),
    server('b\n'),
    server('data: 2\n\n'),
    server('\n5'),
    server('\n'),
    server('data:'),
    server('\n0\n'),
  ];
  for (const [index, step] of steps.entries()) {
    script.say(step);
    expect(told).toHaveLength(index + 2);
  }
  script.say(server('Set-Cookie: a=secret'));
  expect(told).toHaveLength(steps.length + 1);
  script.say(server('\n\n'));
  expect(told).toHaveLength(steps.length + 3);
  expect(told.map((event) => (event.type === 'bytes' ? `${Buffer.from(event.bytes)}` : '')).join()).toContain(
    'Set-Cookie: a=xxxxxx',
  );
});

test('no secret is in a HAR of what was redacted', async () => {
  const answer = JSON.stringify({ token: 'abc-of-the-body' });
  const said = [
    client(
      'POST /login?api_key=abc-of-the-target HTTP/1.1\nHost: a\nCookie: sid=abc-of-the-cookie\n',
      'Authorization: Basic abc-of-it\nContent-Type: application/x-www-form-urlencoded\nContent-Length: 25\n\n',
      'password=abc-of-the-form+',
    ),
    server('HTTP/1.1 200 OK\nSet-Cookie: sid=abc-of-the-answer\nContent-Type: application/json\n'),
    server(`Content-Length: ${answer.length}\n\n${answer}`),
    client('GET /events HTTP/1.1\nHost: a\n\n'),
    server('HTTP/1.1 200 OK\nContent-Type: text/event-stream\nTransfer-Encoding: chunked\n\n'),
    server('20\ndata: {"secret":"abc-of-event"}\n\n\n0\n\n'),
    client(`${UPGRADE}\n`),
    server(`${SWITCHING}\n`, websocketFrame({ opcode: 1, payload: '{"secret":"abc-of-a-message"}' })),
  ];
  const before = events((tap) => tap.say(...said).close());
  const session = sessionOf(before);
  expect((await harText(session)).match(/abc-of[-a-z]*/g)?.length).toBeGreaterThanOrEqual(9);
  const after = await harText(sessionOf(redacted(before)));
  expect(after).not.toContain('abc-of');
  expect(after.length).toBe((await harText(session)).length);
});

async function harText(session: Session): Promise<string> {
  let text = '';
  for await (const part of harOf(session, { version: '1' })) text += part;
  return text;
}

test('should a reader fail, nothing is let through behind it', () => {
  const told: TapEvent[] = [];
  const names = new RedactedNames();
  names.hasHeader = () => {
    throw new Error('as if');
  };
  const connection = new RedactedConnection(FACTS, names, (event) => told.push(event));
  const say = (text: string) =>
    connection.take({ type: 'bytes', connection: 1, at: 1, from: 'client', bytes: Buffer.from(text) });
  say('GET / HTTP/1.1\r\nCookie: secret\r\n\r\n');
  say('secret');
  expect(told.map((event) => (event.type === 'bytes' ? `${Buffer.from(event.bytes)}` : ''))).toEqual([
    '(redacted by tare)\n(redacted by ta',
    're)\n(r',
  ]);
});
