import { expect, test } from 'vitest';
import { client, server } from '../testing/conversations.ts';
import { FACTS } from '../testing/tap-script.ts';
import { gross } from './ledger.ts';
import { Session } from './session.ts';

/** A response of which `length` bytes are missing in the capture behind `before`, and `after` comes again. */
function played(before: string, length: number, after: string): Session {
  const session = new Session();
  const [connection, at] = [1, 0];
  const asked = client('GET / HTTP/1.1\nHost: a\n\n').bytes;
  const first = server(before).bytes;
  const rest = Buffer.from(after);
  session.take({ type: 'opened', connection, at, facts: { ...FACTS, mode: 'capture' } });
  session.take({ type: 'bytes', connection, at, from: 'client', bytes: asked });
  session.take({ type: 'bytes', connection, at, from: 'server', bytes: first });
  session.take({ type: 'lost', connection, at, from: 'server', length });
  session.take({ type: 'bytes', connection, at, from: 'server', bytes: rest });
  session.take({ type: 'ended', connection, at, from: 'server' });
  session.take({ type: 'ended', connection, at, from: 'client' });
  const none = { client: 0, server: 0 };
  const tapped = { client: asked.length, server: first.length + length + rest.length };
  const counters = { upstream: none, tls: none, proxy: none, downstream: none, unrelayed: none };
  session.take({ type: 'closed', connection, at, reason: 'ended', closing: { tapped, ...counters } });
  return session;
}

const HEAD = 'HTTP/1.1 200 OK\nContent-Length: 10\n\n';

test('inside a body the decoding goes on behind a hole, which is a fault and counts as what it was', () => {
  const session = played(`${HEAD}ab`, 5, 'hijHTTP/1.1 204 No Content\r\n\r\n');
  expect([...session.exchanges].map(({ response }) => response?.status)).toEqual([200, 204]);
  expect(session.exchanges.get(1)!.ledger.server.payload).toBe(10);
  expect(session.faults[0]).toMatchObject({ rule: 'capture', detail: '5 bytes are missing in the capture' });
  expect(session.audit().imbalances).toEqual([]);
});

test.each([20 << 20, 2 ** 40])(
  'a hole of %i bytes ends the decoding, and every byte is counted',
  (length) => {
    const session = played(`${HEAD}ab`, length, 'more');
    const connection = session.connections.get(1)!;
    expect(connection.inspectionStopped).toContain('missing in the capture');
    expect(gross(connection.ledger.server)).toBe(connection.closing!.tapped.server);
    expect(session.audit()).toMatchObject({ balanced: 1, imbalances: [] });
  },
);
