import { afterEach, expect, test, vi } from 'vitest';
import { chunk, client, server } from '../testing/conversations.ts';
import { memoryOf } from '../testing/held-memory.ts';
import { playPolls } from '../testing/poll-script.ts';
import { FACTS, TapScript } from '../testing/tap-script.ts';
import { PollSeriesFinder } from './polling/series-finder.ts';
import { Session, type SessionChange } from './session.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

function played(bodies: readonly string[]): { session: Session; changes: SessionChange[] } {
  const session = new Session();
  const changes: SessionChange[] = [];
  session.watch((change) => changes.push(change));
  playPolls(session.take, bodies);
  return { session, changes };
}

test('exchanges know the series they are part of and what they were good for, those before it was found too', () => {
  const { session } = played(['a', 'a', 'b', '', 'b', 'b']);
  const parts = [...session.exchanges].map(({ series, verdict }) => [series, verdict]);
  expect(parts).toEqual([
    [1, 'news'],
    [1, 'unchanged'],
    [1, 'news'],
    [1, 'empty'],
    [1, 'news'],
    [1, 'unchanged'],
  ]);
  expect(session.pollSeries).toHaveLength(1);
  expect(session.pollSeries[0]).toMatchObject({
    host: 'chat.example',
    resource: '/inbox',
    kind: 'short',
    polls: 6,
    news: 3,
    wasted: 3,
    open: 0,
    cadence: 1_000_000_000,
    jitter: 0,
  });
});

test('it is told when it is found, and at each answer behind that', () => {
  const { changes } = played(['a', 'a', 'a', 'a', 'a', 'a']);
  const told = changes.flatMap((change) => {
    if (change.type === 'poll-series') return [`found ${change.exchanges.join(' ')}`];
    return change.type === 'polled' ? [`polled ${change.exchange.number}`] : [];
  });
  expect(told).toEqual(['found 1 2 3 4', 'polled 4', 'polled 5', 'polled 6']);
});

test('it is told when it is found as late as its first answer, whose request never ended', () => {
  const session = new Session();
  const told: string[] = [];
  session.watch(({ type }) => told.push(type));
  const connect = chunk('[{"channel":"/meta/connect","clientId":"c1"}]');
  const fields = 'Host: chat.example\nContent-Type: application/json\nTransfer-Encoding: chunked\n\n';
  new TapScript(session.take)
    .open()
    .say(client(`POST /cometd HTTP/1.1\n${fields}`, connect))
    .say(server('HTTP/1.1 200 OK\nContent-Length: 2\n\n[]'))
    .close();
  expect(session.pollSeries).toHaveLength(1);
  expect(told.filter((type) => type.startsWith('poll'))).toEqual(['poll-series', 'polled']);
});

test.each(['', 'Content-Encoding: gzip\n'])(
  'answers that the source lacks the most of are never told to be the same (%j)',
  (coding) => {
    const session = new Session();
    session.take({ type: 'opened', connection: 1, at: 0, facts: FACTS });
    for (let at = 1e9; at < 7e9; at += 1e9) {
      const told = { connection: 1, at } as const;
      const { bytes: asked } = client('GET /inbox HTTP/1.1\nHost: chat.example\n\n');
      const { bytes: head } = server(`HTTP/1.1 200 OK\n${coding}Content-Length: 500\n\n`);
      session.take({ ...told, type: 'bytes', from: 'client', bytes: asked });
      session.take({ ...told, type: 'bytes', from: 'server', bytes: head });
      session.take({ ...told, type: 'lost', from: 'server', length: 400 });
      session.take({ ...told, type: 'bytes', from: 'server', bytes: Buffer.alloc(100, 'x') });
    }
    expect([...session.exchanges].map(({ verdict }) => verdict)).toEqual(Array(6).fill('news'));
  },
);

test('what is asked three times is not a series', () => {
  const { session, changes } = played(['a', 'a', 'a']);
  expect([...session.exchanges].map(({ series }) => series)).toEqual([undefined, undefined, undefined]);
  expect(changes.filter(({ type }) => type === 'poll-series')).toEqual([]);
});

test('the series weighs what its exchanges weigh', () => {
  const { session } = played(['a', 'b', 'c', 'd', 'e']);
  const sum = { client: 0, server: 0 };
  for (const { ledger } of session.exchanges) {
    sum.client += ledger.client.head;
    sum.server += ledger.server.head + ledger.server.payload;
  }
  const { ledger } = session.pollSeries[0]!;
  expect([ledger.client.head, ledger.server.head + ledger.server.payload]).toEqual([sum.client, sum.server]);
});

test('a mistake in finding polls costs the series and nothing else', () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  vi.spyOn(PollSeriesFinder.prototype, 'answered').mockImplementation(() => {
    throw new Error('a mistake of ours');
  });
  const { session } = played(['a', 'b', 'c', 'd', 'e']);
  expect([...session.exchanges].map(({ closedAt }) => closedAt !== undefined)).toEqual(Array(5).fill(true));
  expect([...session.exchanges.open()]).toEqual([]);
  expect(session.connections.get(1)!.inspectionStopped).toBeUndefined();
  expect(warned).toHaveBeenCalledOnce();
});

test('long targets are not kept for the polls they might be', async () => {
  const held = await memoryOf(playLongTargets);
  expect(held).toBeLessThan(16 << 20); // with the targets kept it is twice that
});

async function playLongTargets(): Promise<Session> {
  const session = new Session({ memory: 16 << 20 });
  const value = 'x1'.repeat(15_000);
  for (let index = 0; index < 500; index++) {
    const query = `token=${value}${index}`;
    playPolls(session.take, ['a'], `/resource/${index}?${query}`, 2 * index + 1);
    playPolls(session.take, ['a'], `/io/?EIO=4&transport=polling&sid=${query}`, 2 * index + 2);
    await new Promise(setImmediate); // the heads go to disk
  }
  const none = { client: 0, server: 0 };
  const closing = { tapped: none, upstream: none, tls: none, proxy: none, downstream: none, unrelayed: none };
  for (let connection = 1; connection <= 1000; connection++) {
    session.take({ type: 'closed', connection, at: 5e9, reason: 'client-gone', closing });
  }
  expect(session.pollSeries).toHaveLength(500);
  expect(session.pollSeries[0]!.session!.length).toBeLessThan(300);
  return session;
}
