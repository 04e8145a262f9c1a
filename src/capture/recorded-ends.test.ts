import { describe, expect, test } from 'vitest';
import type { CloseReason, ConnectionMode, FailureCode, TapEvent } from '../tap.ts';
import { client, server } from '../testing/conversations.ts';
import { HeardTaps } from '../testing/heard-taps.ts';
import { FACTS, TapScript } from '../testing/tap-script.ts';
import { CaptureDecoder } from './capture-decoder.ts';
import { PacketSource } from './packet-source.ts';
import { PacketWriter } from './packet-writer.ts';

/** All of them: one that is new does not compile without a place here, and with it its test. */
const REASONS: Readonly<Record<CloseReason, true>> = {
  ended: true,
  'client-gone': true,
  'server-gone': true,
  'client-reset': true,
  'server-reset': true,
  'client-refused': true,
  'certificate-required': true,
  stopped: true,
  'capture-ended': true,
};

const CODES: Readonly<Record<FailureCode, true>> = {
  DNS_FAILED: true,
  UPSTREAM_REFUSED: true,
  UPSTREAM_UNREACHABLE: true,
  UPSTREAM_TIMEOUT: true,
  UPSTREAM_RESET: true,
  UPSTREAM_TLS_FAILED: true,
  UPSTREAM_CERTIFICATE_REFUSED: true,
  UPSTREAM_NOT_HTTP: true,
  CLIENT_TLS_FAILED: true,
  CLIENT_CERTIFICATE_REFUSED: true,
  CLIENT_GONE: true,
  CLIENT_TIMEOUT: true,
  BAD_REQUEST: true,
  LOOP: true,
};

const MODES: Readonly<Record<ConnectionMode, true>> = {
  forward: true,
  connect: true,
  reverse: true,
  capture: true,
  har: true,
};

const named = <Name extends string>(names: Readonly<Record<Name, true>>) => Object.keys(names) as Name[];

/** What a recording tells that was made of `events`, of which the first is at 0. */
function reread(events: readonly TapEvent[]): readonly TapEvent[] {
  const writer = new PacketWriter(0n);
  const taps = new HeardTaps();
  const source = new PacketSource(taps.sink);
  const decoder = new CaptureDecoder();
  const file = Buffer.concat(events.flatMap((event) => writer.take(event)));
  for (const record of [...decoder.push(file), ...decoder.end()]) source.take(record);
  source.end();
  return taps.events;
}

function told(tell: (script: TapScript) => unknown): TapEvent[] {
  const taps = new HeardTaps();
  tell(new TapScript((event) => taps.sink({ ...event, at: event.at - 1_000_000 })));
  return taps.events;
}

const ask = client('GET / HTTP/1.1\nHost: a\n\n');
const answer = server('HTTP/1.1 200 OK\n\n');
const both = { client: 3, server: 4 };
const failed = {
  type: 'failed',
  connection: 1,
  at: 0,
  mode: 'connect',
  client: 4,
  clientAddress: FACTS.clientAddress,
  server: { host: 'gone.example', port: 443 },
  failure: { code: 'DNS_FAILED', message: 'gone.example:443 no such "host"\n' },
  proxy: both,
} as const;

describe.each(named(REASONS))('a connection that closed as %s is read as it was', (reason) => {
  test.each([
    { name: 'silent', events: told((script) => script.open().close(reason)) },
    { name: 'in the middle', events: told((script) => script.open().say(ask).close(reason)) },
    {
      name: 'half closed by the client',
      events: told((script) => script.open().say(ask).end('client').say(answer).close(reason)),
    },
    {
      name: 'half closed by the server',
      events: told((script) => script.open().end('server').say(ask).close(reason)),
    },
    {
      name: 'closed by both',
      events: told((script) => script.open().say(ask, answer).end('server', 'client').close(reason)),
    },
    {
      name: 'with all counters',
      events: told((script) =>
        script.open().say(ask).close(reason, { tls: both, proxy: both, downstream: both, unrelayed: both }),
      ),
    },
    { name: 'without counters', events: told((script) => script.open().close(reason, { unknown: true })) },
  ])('$name', ({ events }) => {
    expect(reread(events)).toEqual(events);
  });
});

describe('a connection that failed is read as it was', () => {
  test.each(named(CODES))('for %s', (code) => {
    const event = { ...failed, failure: { ...failed.failure, code } };
    expect(reread([event])).toEqual([event]);
  });

  test.each(named(MODES))('in the mode %s', (mode) => {
    expect(reread([{ ...failed, mode }])).toEqual([{ ...failed, mode }]);
  });

  test.each([
    { name: 'without a server', change: { server: undefined } },
    { name: 'to an address', change: { server: { host: '2001:db8::1', port: 443 } } },
    { name: 'from IPv6', change: { clientAddress: { host: '::1', port: 50_000 } } },
    { name: 'to port 0', change: { server: { host: 'gone.example', port: 0 } } },
  ])('$name', ({ change }) => {
    const event = { ...failed, ...change };
    expect(reread([event])).toEqual([event]);
  });

  test('again and again from the same ends, between others', () => {
    const opened = told((script) => script.open().say(ask).close('stopped'));
    const again = [2, 3, 4].map((connection) => ({ ...failed, connection, at: 5_000_000 + connection }));
    expect(reread([...opened, ...again])).toEqual([...opened, ...again]);
  });
});

describe.each(named(MODES))('a connection in the mode %s', (mode) => {
  test('keeps it', () => {
    const events = told((script) => script.open({ mode }).say(ask).close('stopped'));
    expect(reread(events)).toEqual(events);
  });
});

describe('what was told at once', () => {
  const pieceOf = (event: TapEvent) => (event.type === 'bytes' ? event.bytes.length : event.type);
  const isSame = (one: TapEvent, other: TapEvent | undefined) =>
    one.type !== 'bytes' || (other?.type === 'bytes' && Buffer.compare(one.bytes, other.bytes) === 0);
  const much = (length: number) => client(Buffer.alloc(length, 'abc'));

  test.each([1, 64_999, 65_000, 65_001, 65_536, 130_000, 200_000, 1_048_576])(
    'is told at once again: %i bytes',
    (length) => {
      const events = told((script) => script.open().say(much(length), ask, much(length)).close('stopped'));
      const again = reread(events);
      expect(again.map(pieceOf)).toEqual(events.map(pieceOf));
      expect(again.filter((event, index) => !isSame(event, events[index]))).toEqual([]);
    },
  );

  test('is told as it is where the file is cut off within it', () => {
    const writer = new PacketWriter(0n);
    const blocks = told((script) => script.open().say(ask, much(65_536))).flatMap((event) =>
      writer.take(event),
    );
    const taps = new HeardTaps();
    const source = new PacketSource(taps.sink);
    const decoder = new CaptureDecoder();
    const file = Buffer.concat(blocks);
    for (const record of [...decoder.push(file.subarray(0, -400)), ...decoder.end()]) source.take(record);
    source.end();
    expect(taps.all('bytes').map(({ bytes }) => bytes.length)).toEqual([ask.bytes.length, 65_000]);
    expect(taps.all('closed')).toMatchObject([{ reason: 'capture-ended', closing: { unknown: true } }]);
  });
});
