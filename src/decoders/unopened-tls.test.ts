import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Side } from '../tap.ts';
import { cutAt, cuts } from '../testing/cuts.ts';
import { helloRecord } from '../testing/hello-record.ts';
import { UnopenedTls } from './unopened-tls.ts';
import type { WireEvent } from './wire-event.ts';

const HELLO = helloRecord('pay.example.com', ['h2', 'http/1.1']);
const OFFER = { serverName: 'pay.example.com', alpn: ['h2', 'http/1.1'] };
const OPENED = { type: 'exchange', exchange: 1, protocol: 'tls', clientHello: OFFER };

const counted = (events: readonly WireEvent[], side: Side): number =>
  events.reduce(
    (sum, event) => sum + (event.type === 'undecoded' && event.from === side ? event.length : 0),
    0,
  );

test('opens with what the client asks for and offers, however the network cut it', () => {
  const bytes = Buffer.concat([HELLO, Buffer.from('and more')]);
  fc.assert(
    fc.property(cuts, (places) => {
      const tls = new UnopenedTls();
      const events = cutAt(bytes, places).flatMap((piece) => tls.push('client', piece));
      expect(events[0]).toEqual(OPENED);
      expect(counted(events, 'client')).toBe(bytes.length);
    }),
  );
});

test('tells nothing before it is whole, and each byte once', () => {
  const tls = new UnopenedTls();
  expect(tls.push('client', HELLO.subarray(0, 20))).toEqual([]);
  expect(tls.push('client', HELLO.subarray(20))).toEqual([
    OPENED,
    { type: 'undecoded', exchange: 1, from: 'client', start: 0, length: HELLO.length },
  ]);
  expect(tls.push('server', HELLO)).toEqual([
    { type: 'undecoded', exchange: 1, from: 'server', start: 0, length: HELLO.length },
  ]);
});

test.each([
  {
    name: 'no host and no protocols',
    record: helloRecord(undefined),
    told: { serverName: undefined, alpn: [] },
  },
  {
    name: 'GREASE among the protocols',
    record: helloRecord('a', ['\x0a\x0a', 'h2', '\xfa\xfa', '\x1a\x2a']),
    told: { serverName: 'a', alpn: ['h2', '\x1a\x2a'] },
  },
])('$name', ({ record, told }) => {
  expect(new UnopenedTls().push('client', record)[0]).toMatchObject({ clientHello: told });
});

describe('a ClientHello that is not there to be read', () => {
  const opened = { type: 'exchange', exchange: 1, protocol: 'tls' };
  const half = HELLO.subarray(0, 30);
  const all = { type: 'undecoded', exchange: 1, from: 'client', start: 0, length: half.length };

  test.each<{ name: string; next: (tls: UnopenedTls) => WireEvent[] }>([
    { name: 'as the stream ends', next: (tls) => tls.end('client') },
    { name: 'as the server speaks before its end', next: (tls) => tls.push('server', HELLO).slice(0, 2) },
    { name: 'as bytes are missing', next: (tls) => tls.lose('client', 9).slice(0, 2) },
  ])('$name', ({ next }) => {
    const tls = new UnopenedTls();
    expect(tls.push('client', half)).toEqual([]);
    expect(next(tls)).toEqual([opened, all]);
  });

  test('as it is something else', () => {
    const other = Buffer.from('160301000510deadbeef', 'hex');
    expect(new UnopenedTls().push('client', other)).toEqual([opened, { ...all, length: other.length }]);
  });

  test('as it is too long: no more than 64 KiB are held', () => {
    const endless = Buffer.alloc(8 << 10, helloRecord('a'.repeat(60_000)));
    const tls = new UnopenedTls();
    const pushed = Array.from({ length: 9 }, () => tls.push('client', endless));
    expect(pushed.findIndex((events) => events.length > 0)).toBeLessThan(9);
    expect(counted(pushed.flat(), 'client')).toBe(9 * endless.length);
  });
});

test('in place of what came before it: the switch is told with what was asked for', () => {
  const tls = new UnopenedTls({ exchange: 4, isOpen: true, client: 300, server: 200 });
  expect(tls.push('client', HELLO)).toMatchObject([
    { ...OPENED, exchange: 4 },
    { exchange: 4, from: 'client', start: 300 },
  ]);
  expect([...tls.end('client'), ...tls.end('server')]).toEqual([{ type: 'exchange-closed', exchange: 4 }]);
});

test('any bytes and holes: every byte is counted once', () => {
  const steps = fc.array(
    fc.record({
      from: fc.constantFrom<Side>('client', 'server'),
      bytes: fc.oneof(fc.uint8Array(), fc.constant(HELLO)),
      isLost: fc.boolean(),
    }),
  );
  fc.assert(
    fc.property(steps, (taken) => {
      const tls = new UnopenedTls();
      const events = taken.flatMap(({ from, bytes, isLost }) =>
        isLost ? tls.lose(from, bytes.length) : tls.push(from, bytes),
      );
      events.push(...tls.end('client'), ...tls.end('server'));
      for (const side of ['client', 'server'] as const) {
        const sent = taken.reduce((sum, { from, bytes }) => sum + (from === side ? bytes.length : 0), 0);
        expect(counted(events, side)).toBe(sent);
      }
    }),
  );
});
