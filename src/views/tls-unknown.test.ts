import { expect, test } from 'vitest';
import { Session, type SessionChange } from '../session/session.ts';
import type { ConnectionFacts } from '../tap.ts';
import { client } from '../testing/conversations.ts';
import { TapScript } from '../testing/tap-script.ts';
import { changeJson, summaryJson } from './json-lines.ts';
import { changeLine } from './lines.ts';
import { summaryTable, tlsUnknownLines } from './summary-table.ts';

const tls = {
  version: 'TLSv1.3',
  cipher: 'TLS_AES_128_GCM_SHA256',
  alpn: undefined,
  serverName: 'chat.example',
};
const ask = client('GET / HTTP/1.1\nHost: chat.example\n\n');

/** A session of connections whose counters nobody told; those with TLS first, then one whose TLS took 1,000 bytes, if at all. */
function crashed(secure: number, plain: number, known = 0): { session: Session; closed: SessionChange[] } {
  const session = new Session();
  const closed: SessionChange[] = [];
  session.watch((change) => change.type === 'connection-closed' && closed.push({ ...change }));
  const open = (number: number, facts: Partial<ConnectionFacts>) =>
    new TapScript(session.take, number).open(facts).say(ask);
  let number = 0;
  for (let count = 0; count < secure; count++)
    open(++number, { tls }).close('capture-ended', { unknown: true });
  for (let count = 0; count < plain; count++) open(++number, {}).close('capture-ended', { unknown: true });
  if (known > 0) open(++number, { tls }).close('stopped', { tls: { client: known, server: 0 } });
  return { session, closed };
}

const text = (line: readonly { readonly text: string }[] = []) => line.map(({ text }) => text).join('');
const column = (session: Session) =>
  summaryTable(session, 200).map((line) => text(line).trim().split(/ {2,}/).at(-4));

test.each([
  { name: 'unknown', secure: 2, plain: 1, known: 0, shown: 'unknown', json: null, count: 2 },
  { name: 'known in part', secure: 1, plain: 0, known: 1_500, shown: '1.5k+?', json: 1_500, count: 1 },
  { name: 'none', secure: 0, plain: 1, known: 0, shown: '0', json: 0, count: undefined },
])('what TLS took is $name: the summary says so', ({ secure, plain, known, shown, json, count }) => {
  const { session } = crashed(secure, plain, known);
  expect(column(session)).toEqual(['tls', shown, shown]);
  expect(summaryJson(session, 0).protocols).toMatchObject([{ bytes: { tls: json } }]);
  expect((summaryJson(session, 0).protocols as { tlsUnknown?: number }[])[0]?.tlsUnknown).toBe(count);
});

test('below the table stands why', () => {
  expect(tlsUnknownLines(crashed(2, 1).session).map(text)).toEqual([
    'what TLS took of 2 connections is unknown, and in no sum: the file does not tell',
  ]);
  expect(tlsUnknownLines(crashed(1, 0).session).map(text)[0]).toContain('of 1 connection is unknown');
  expect(tlsUnknownLines(crashed(0, 3).session)).toEqual([]);
});

test('a line says it of the connection, where there was TLS', () => {
  const { session, closed } = crashed(1, 1);
  const lines = closed.map((change) => changeLine(session, change, 200));
  expect(text(lines[0])).toContain('what TLS took of the connection to chat.example is unknown');
  expect(lines[1]).toBeUndefined();
});

test('in JSON nothing is 0 that is unknown', () => {
  const { session, closed } = crashed(1, 1);
  const [secure, plain] = closed.map((change) => changeJson(session, change));
  const length = ask.bytes.length;
  const sockets = { tapped: { client: length, server: 0 }, upstream: null, tls: null, proxy: null };
  expect(secure).toMatchObject({
    bytes: { client: { gross: length, tls: null }, server: { tls: null } },
    sockets,
  });
  expect(plain).toMatchObject({ bytes: { client: { gross: length, tls: 0 } }, sockets: { upstream: null } });
});
