import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { dialPeer, type Peer } from '../../testing/peer.ts';
import { type RawOrigin, startRawOrigin } from '../../testing/raw-origin.ts';
import { endInOrder, OK, startReverse } from '../../testing/reverse-proxy.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** Has a client told that its connection ends. It has read that, and its own side is open. */
async function letGo(client: Peer, origin: RawOrigin): Promise<void> {
  client.write('GET / HTTP/1.1\r\nHost: me\r\nConnection: close\r\n\r\n');
  const server = await origin.next();
  await server.until('\r\n\r\n');
  server.write(OK);
  expect(await client.ended()).toContain('\r\nConnection: close\r\n');
}

test('a client that does not close within 2 s of tare is closed', async () => {
  await using origin = await startRawOrigin();
  await using proxy = await startReverse(`http://${origin.authority}`);
  await using client = dialPeer(proxy.port);
  await letGo(client, origin);
  await vi.waitUntil(() => vi.getTimerCount() > 0, { timeout: 20_000 });
  vi.advanceTimersByTime(1_999);
  expect((await proxy.until(({ connections }) => connections.get(1))).closedAt).toBeUndefined();
  vi.advanceTimersByTime(1);
  expect(await proxy.outcome()).toBe('server-gone');
});

test('what it still sends in that time is read and not served', async () => {
  await using origin = await startRawOrigin();
  await using proxy = await startReverse(`http://${origin.authority}`);
  await using client = dialPeer(proxy.port);
  await letGo(client, origin);
  client.write('GET /late HTTP/1.1\r\nHost: me\r\n\r\n');
  await endInOrder(client, proxy);
  expect(vi.getTimerCount()).toBe(0);
  expect(origin.connections).toBe(1);
});
