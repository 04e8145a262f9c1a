import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Session } from '../../session/session.ts';
import type { TapEvent } from '../../tap.ts';
import { client, server } from '../../testing/conversations.ts';
import { TapScript } from '../../testing/tap-script.ts';
import { harOf } from './har.ts';
import { isHar, readHar } from './har-source.ts';

const fixtures = ['chrome', 'firefox', 'mitmproxy'].map((name) => readFileSync(`fixtures/har/${name}.har`));
const hars = [...fixtures, ownHar()];

/** What may stand in the place of any value. */
const junk = fc.oneof(
  fc.constantFrom(null, true, -1, 0, 1e300, 101, 2 ** 53, '', '443', 'ws://a/', '\u0000', '\ud800', [], {}),
  fc.constantFrom(
    { toString: 1 },
    [[[]]],
    'chunked',
    'h2',
    'text/event-stream',
    'net::ERR_CERT_DATE_INVALID',
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

test('any value in the place of any other', () => {
  const change = fc.tuple(fc.nat(), junk);
  fc.assert(
    fc.property(
      fc.constantFrom(...hars),
      fc.array(change, { minLength: 1, maxLength: 6 }),
      (har, changes) => {
        const value = JSON.parse(har.toString());
        for (const [place, junk] of changes) replace(value, place, junk);
        expectOrder(Buffer.from(JSON.stringify(value)));
      },
    ),
    { numRuns: 60 },
  );
});

test('bytes that were flipped', () => {
  const flips = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.constantFrom(...hars), flips, (har, flips) => {
      const bytes = Buffer.from(har);
      for (const [place, value] of flips) bytes[place % bytes.length] = value;
      expectOrder(bytes);
    }),
    { numRuns: 25 },
  );
});

test('a file that was cut off has all entries before the cut', () => {
  const whole = readHar(hars[0]!).entries;
  fc.assert(
    fc.property(fc.nat(), (place) => {
      const bytes = hars[0]!.subarray(0, place % hars[0]!.length);
      const source = expectOrder(bytes);
      expect(source.entries).toBeLessThanOrEqual(whole);
      if (bytes.length < hars[0]!.length - 10) expect(source.problemCounts.damaged).toBe(1);
    }),
    { numRuns: 60 },
  );
});

test('bytes of any kind', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void expectOrder(Buffer.from(bytes))));
  fc.assert(fc.property(fc.json(), (json) => void expectOrder(Buffer.from(json))));
});

test('brackets as deep as one likes', () => {
  const deep = '['.repeat(200_000);
  const closed = `${deep}${']'.repeat(200_000)}`;
  expect(readHar(`{"log":{"entries":[${deep}`).problemCounts).toMatchObject({ damaged: 1 });
  expect(readHar(`{"log":{"entries":[${closed}]}}`).problemCounts).toMatchObject({ damaged: 1 });
  expect(readHar(`{"log":{"entries":[{"startedDateTime":${closed}}]}}`).entries).toBe(0);
});

test('more bytes missing than anybody has end one connection, not the reading', () => {
  const har = JSON.parse(fixtures[1]!.toString());
  har.log.entries[1].response.content = { size: 2 ** 52, mimeType: '' };
  har.log.entries[1].response.headers = [{ name: 'Content-Length', value: String(2 ** 52) }];
  const source = expectOrder(Buffer.from(JSON.stringify(har)));
  expect(source.entries).toBe(6);
});

test('problems are kept up to a number, and counted', () => {
  const source = readHar(`{"log":{"entries":[${Array(1500).fill('1').join()}]}}`);
  expect(source.problems).toHaveLength(1000);
  expect(source.problems[0]).toEqual({ type: 'damaged', entry: 1, detail: 'it is not an object' });
  expect(source.problemCounts).toEqual({ damaged: 1500, 'left-out': 0, changed: 0 });
});

test('what may be a HAR begins like JSON', () => {
  expect(isHar(fixtures[0]!)).toBe(true);
  expect(isHar(Buffer.from('\ufeff \n{'))).toBe(true);
  expect(isHar(Buffer.from('0a0d0d0a', 'hex'))).toBe(false);
});

/** Reads it all, and asserts that its events are what a source of them may tell. */
function expectOrder(bytes: Buffer) {
  const source = readHar(bytes);
  const session = new Session();
  const states = new Map<number, string>();
  let now = 0;
  for (const event of source.events()) {
    expect(event.at).toBeGreaterThanOrEqual(now);
    expect(Number.isInteger(event.at)).toBe(true);
    now = event.at;
    expect(states.get(event.connection)).toBe(before(event));
    states.set(event.connection, event.type === 'closed' || event.type === 'failed' ? 'over' : 'open');
    session.take(event);
  }
  for (const state of states.values()) expect(state).toBe('over');
  expect(session.audit().imbalances).toEqual([]);
  session.close();
  return source;
}

function before({ type }: TapEvent): string | undefined {
  return type === 'opened' || type === 'failed' ? undefined : 'open';
}

/** Puts `junk` in the place of one of all values, counted in their order. */
function replace(value: object, place: number, junk: unknown): void {
  const places: { readonly holder: Record<string, unknown>; readonly key: string }[] = [];
  const collect = (holder: object): void => {
    for (const [key, inner] of Object.entries(holder)) {
      places.push({ holder: holder as Record<string, unknown>, key });
      if (typeof inner === 'object' && inner !== null) collect(inner);
    }
  };
  collect(value);
  const found = places[place % Math.max(1, places.length)];
  if (found) found.holder[found.key] = structuredClone(junk); // what is replaced in it next is no other's
}

/** One that tare wrote, with an event stream, a WebSocket and pipelined requests. */
function ownHar(): Buffer {
  const session = new Session();
  const get = 'GET /a HTTP/1.1\nHost: a\n\n';
  const stream = 'HTTP/1.1 200 OK\nContent-Type: text/event-stream\nTransfer-Encoding: chunked\n\n';
  new TapScript(session.take)
    .open()
    .say(client(get, get), server('HTTP/1.1 200 OK\nContent-Length: 1\n\na', stream, '9\n: c\ndata:\n'))
    .say(server('8\n1\n\n\nid: 2\n'))
    .close('client-gone');
  const upgrade = 'HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\n\n';
  new TapScript(session.take, 2)
    .open()
    .say(client('GET / HTTP/1.1\nHost: a\nUpgrade: websocket\nConnection: Upgrade\n\n'), server(upgrade))
    .say(server(Buffer.from('8101618900', 'hex'), Buffer.from('880203e8', 'hex')))
    .close('server-gone');
  return Buffer.from([...harOf(session, { version: '0' })].join(''));
}
