import { expect, test } from 'vitest';
import type { CloseReason, ClosingFacts, ConnectionFacts } from '../tap.ts';
import { eventStream, http } from '../testing/conversations.ts';
import { FACTS, TapScript } from '../testing/tap-script.ts';
import { Auditor } from './audit.ts';
import { type Connection, openedConnection } from './connection.ts';
import { Session } from './session.ts';

const TLS: NonNullable<ConnectionFacts['tls']> = {
  version: 'TLSv1.3',
  cipher: 'TLS_AES_128_GCM_SHA256',
  alpn: 'http/1.1',
  serverName: 'chat.example',
};

const tls = { client: 500, server: 3000 };

/** A session of one connection, with the closing facts changed by `changes` given what was tapped. */
function closed(
  changes: (tapped: ClosingFacts['tapped']) => Partial<ClosingFacts>,
  { reason = 'ended', facts = {} }: { reason?: CloseReason; facts?: Partial<ConnectionFacts> } = {},
): Session {
  const session = new Session();
  const tapped = { client: 0, server: 0 };
  for (const { from, bytes } of http) tapped[from] += bytes.length;
  new TapScript(session.take)
    .open(facts)
    .say(...http)
    .end('client', 'server')
    .close(reason, changes(tapped));
  return session;
}

test('what balances', () => {
  expect(closed(() => ({})).audit()).toEqual({ balanced: 1, cutOff: 0, imbalances: [] });
  expect(new Session().audit()).toEqual({ balanced: 0, cutOff: 0, imbalances: [] });
});

test('TLS and what tare itself caused balance too', () => {
  const proxy = { client: 60, server: 39 };
  const plain = closed((tapped) => ({
    proxy,
    downstream: { client: tapped.client + 60, server: tapped.server + 39 },
  }));
  expect(plain.audit().imbalances).toEqual([]);
  const opened = closed(() => ({ tls, downstream: { client: 9999, server: 9999 } }), { facts: { tls: TLS } });
  expect(opened.audit()).toEqual({ balanced: 1, cutOff: 0, imbalances: [] });
  expect(opened.connections.get(1)!.ledger.server.tls).toBe(3000);
});

test.each([
  {
    name: 'bytes that were tapped and are in no class',
    changes: ({ client, server }: ClosingFacts['tapped']) => ({ tapped: { client: client + 1, server } }),
    what: ['classes of the ledger', "bytes on the server's socket", 'bytes on the socket'],
    where: ['connection 1', 'connection 1', 'client socket 1'],
    from: 'client',
  },
  {
    name: "bytes on the server's socket that were not tapped",
    changes: ({ client, server }: ClosingFacts['tapped']) => ({ upstream: { client, server: server + 7 } }),
    what: ["bytes on the server's socket"],
    where: ['connection 1'],
    from: 'server',
  },
  {
    name: "bytes on the client's socket that belong to nothing",
    changes: ({ client, server }: ClosingFacts['tapped']) => ({ downstream: { client, server: server - 2 } }),
    what: ['bytes on the socket'],
    where: ['client socket 1'],
    from: 'server',
  },
  {
    name: 'bytes of ours that did not travel',
    changes: () => ({ proxy: { client: 5, server: 0 } }),
    what: ['bytes on the socket'],
    where: ['client socket 1'],
    from: 'client',
  },
])('finds $name', ({ changes, what, where, from }) => {
  const { imbalances } = closed(changes).audit();
  expect(imbalances.map((imbalance) => imbalance.what)).toEqual(what);
  expect(imbalances.map((imbalance) => imbalance.where)).toEqual(where);
  expect(new Set(imbalances.map((imbalance) => imbalance.from))).toEqual(new Set([from]));
});

test('a connection that was cut off answers for its ledger alone', () => {
  const wrong = closed(({ client, server }) => ({ upstream: { client: client + 99, server } }), {
    reason: 'client-reset',
  });
  expect(wrong.audit()).toEqual({ balanced: 0, cutOff: 1, imbalances: [] });
  const lost = closed(({ client, server }) => ({ tapped: { client, server: server + 1 } }), {
    reason: 'client-reset',
  });
  expect(lost.audit().imbalances).toMatchObject([{ where: 'connection 1', what: 'classes of the ledger' }]);
});

test('the connections of one client socket are compared with it together', () => {
  const session = new Session();
  const spoken = { client: 0, server: 0 };
  for (const { from, bytes } of http) spoken[from] += bytes.length;
  const others = { client: 0, server: 0 };
  for (const { from, bytes } of eventStream) others[from] += bytes.length;
  const one = new TapScript(session.take, 1)
    .open({ client: 7 })
    .say(...http)
    .end('client', 'server');
  const other = new TapScript(session.take, 2)
    .open({ client: 7 })
    .say(...eventStream)
    .end('client', 'server');
  // Which of the two answers for a byte that passed there is no matter.
  one.close('ended', { downstream: { client: spoken.client + 5, server: spoken.server } });
  other.close('ended', { downstream: { client: others.client - 5, server: others.server } });
  expect(session.audit()).toEqual({ balanced: 2, cutOff: 0, imbalances: [] });
});

test('a client socket is not compared when it was forgotten that it is not to be', () => {
  const auditor = new Auditor();
  const none = { client: 0, server: 0 };
  const closing: ClosingFacts = {
    tapped: none,
    upstream: none,
    tls: none,
    proxy: none,
    downstream: none,
    unrelayed: none,
  };
  const check = (number: number, client: number, facts: Partial<Connection>) =>
    auditor.check({ ...openedConnection(number, 0, { ...FACTS, client }), closing, ...facts });
  for (let number = 1; number <= 100_010; number++) check(number, number, { reason: 'client-reset' });
  const downstream = { client: 5, server: 5 };
  check(100_011, 1, { reason: 'ended', closing: { ...closing, downstream } });
  check(100_012, 200_000, { reason: 'ended', closing: { ...closing, downstream } });
  const { imbalances } = auditor.result();
  expect(imbalances.map(({ where }) => where)).toEqual(['client socket 200000', 'client socket 200000']);
});
