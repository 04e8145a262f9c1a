import { expect, test } from 'vitest';
import { client, eventStream, http, type Said, server, webSocket } from '../testing/conversations.ts';
import { FACTS, TapScript } from '../testing/tap-script.ts';
import { gross } from './ledger.ts';
import { Session } from './session.ts';
import { sumOfTotals } from './totals.ts';

function bytesOf(said: readonly Said[]): number {
  return said.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

/** A connection after another, each closed in order. */
function session(...conversations: readonly (readonly Said[])[]): Session {
  const all = new Session();
  conversations.forEach((said, index) => {
    new TapScript(all.take, index + 1)
      .open()
      .say(...said)
      .end('client', 'server')
      .close();
  });
  return all;
}

test('by protocol, each with the connections that ended up speaking it', () => {
  const tcp = [server('hello'), client('who?')];
  const totals = session(http, webSocket, tcp, http, []).totals();
  expect(
    [...totals].map(([protocol, { connections, exchanges, messages }]) => [
      protocol,
      connections,
      exchanges,
      messages,
    ]),
  ).toEqual([
    ['http1', 2, 8, 18],
    ['websocket', 1, 1, 9],
    ['tcp', 1, 1, 2],
    ['unknown', 1, 0, 0],
  ]);
  expect(gross(totals.get('http1')!.weight)).toBe(2 * bytesOf(http));
  expect(gross(totals.get('websocket')!.weight)).toBe(bytesOf(webSocket));
  expect(totals.get('tcp')!.weight).toMatchObject({ payload: 9 });
});

test('exchanges of one connection count for what each of them is', () => {
  const totals = session(eventStream).totals();
  expect(totals.get('sse')).toMatchObject({ connections: 0, exchanges: 1, messages: 6 });
  expect(totals.get('http1')).toMatchObject({ connections: 1, exchanges: 1, messages: 2 });
});

test('all together are all bytes, TLS included', () => {
  const all = new Session();
  const tls = { client: 300, server: 2000 };
  new TapScript(all.take, 1)
    .open()
    .say(...http)
    .end('client', 'server')
    .close('ended', { tls });
  new TapScript(all.take, 2)
    .open()
    .say(...webSocket)
    .end('client', 'server')
    .close();
  const sum = sumOfTotals(all.totals());
  expect(sum).toMatchObject({ connections: 2, exchanges: 5, messages: 18 });
  expect(gross(sum.weight)).toBe(bytesOf(http) + bytesOf(webSocket) + 2300);
  expect(all.totals().get('http1')!.weight.tls).toBe(2300);
});

test('neither attempts that failed nor connections that are silent so far are counted', () => {
  const all = new Session();
  const failure = { code: 'DNS_FAILED', message: 'no such host' } as const;
  all.take({ type: 'failed', connection: 1, at: 5, ...FACTS, failure, proxy: { client: 9, server: 9 } });
  new TapScript(all.take, 2).open();
  expect([...all.totals()]).toEqual([]);
  expect(sumOfTotals(new Map())).toMatchObject({ connections: 0, exchanges: 0, messages: 0 });
});
