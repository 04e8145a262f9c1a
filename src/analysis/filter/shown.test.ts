import { expect, test } from 'vitest';
import { Session, type SessionChange } from '../../session/session.ts';
import { sumOfTotals } from '../../session/totals.ts';
import { TapScript } from '../../testing/tap-script.ts';
import { type Filter, isProblem, parseFilter } from './filter.ts';
import { filteredSums } from './filtered-sums.ts';
import { ShownChanges } from './shown-changes.ts';
import { connectionsOf } from './shown-connections.ts';
import { ShownExchanges } from './shown-exchanges.ts';

function filterOf(text: string): Filter {
  const filter = parseFilter(text);
  if (isProblem(filter)) throw new Error(filter.problem);
  return filter;
}

/** Connection 1 asks twice: once it goes well, once not. Connection 2 says something in plain TCP. */
function fill(session: Session): Session {
  const said = (from: 'client' | 'server', text: string) => ({ from, bytes: Buffer.from(text) });
  new TapScript(session.take, 1)
    .open()
    .say(
      said('client', 'GET /well HTTP/1.1\r\nHost: a\r\n\r\n'),
      said('server', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood'),
      said('client', 'GET /ill HTTP/1.1\r\nHost: a\r\n\r\n'),
      said('server', 'HTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\nbad'),
    )
    .end('client', 'server')
    .close('ended', { tls: { client: 100, server: 0 } });
  new TapScript(session.take, 2).open().say(said('server', 'SSH-2.0-x\r\n')).end('client', 'server').close();
  return session;
}

test.each([
  { text: '', exchanges: [1, 2, 3], connections: [1, 2] },
  { text: 'status:500', exchanges: [2], connections: [1] },
  { text: 'text:ssh', exchanges: [3], connections: [2] },
  { text: 'text:bad status:200', exchanges: [], connections: [] },
])('"$text": exchanges and connections', ({ text, exchanges, connections }) => {
  const session = fill(new Session());
  const filter = filterOf(text);
  const shown = new ShownExchanges(session, filter);
  expect([1, 2, 3, 4].filter((number) => shown.has(number))).toEqual(exchanges);
  expect([1, 2, 3].filter(connectionsOf(session, filter))).toEqual(connections);
});

test.each([
  { text: '', counts: { connections: 2, exchanges: 3, messages: 5 }, payload: 18, tls: 100 },
  { text: 'status:500', counts: { connections: 1, exchanges: 1, messages: 2 }, payload: 3, tls: 100 },
  { text: 'from:server', counts: { connections: 2, exchanges: 3, messages: 3 }, payload: 18, tls: 0 },
  { text: 'text:bad', counts: { connections: 1, exchanges: 1, messages: 1 }, payload: 3, tls: 0 },
])('"$text": what it came to', ({ text, counts, payload, tls }) => {
  const sum = sumOfTotals(filteredSums(fill(new Session()), filterOf(text)).totals());
  expect(sum).toMatchObject({ ...counts, weight: { payload, tls } });
});

function told(filter: Filter, known?: ShownExchanges): string[] {
  const session = new Session();
  const shown = new ShownChanges(session, filter, known);
  const changes: string[] = [];
  session.watch((change) => {
    if (shown.has(change)) changes.push(worded(change));
  });
  fill(session);
  return changes;
}

function worded(change: SessionChange): string {
  return change.type === 'message' ? `message ${change.message}` : change.type;
}

test('as it goes on, a line is judged by what is known then', () => {
  expect(told(filterOf('status:500'))).toEqual(['message 3', 'exchange-closed', 'connection-closed']);
});

test('what was read before is shown from its beginning', () => {
  const filter = filterOf('status:500');
  const known = new ShownExchanges(fill(new Session()), filter);
  expect(told(filter, known)).toEqual([
    'exchange-opened',
    'message 2',
    'message 3',
    'exchange-closed',
    'connection-closed',
  ]);
});

test('only the messages that fit, and the end of their exchange', () => {
  expect(told(filterOf('text:ssh'))).toEqual(['message 4', 'exchange-closed', 'connection-closed']);
});
