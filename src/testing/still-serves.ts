import { expect } from 'vitest';
import { dialPeer } from './peer.ts';
import { startRawOrigin } from './raw-origin.ts';

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nstill';

/** Asserts that the proxy at `port` serves a client as if nothing had happened before. */
export async function expectServing(port: number): Promise<void> {
  await using origin = await startRawOrigin();
  await using client = dialPeer(port);
  client.write(`GET http://${origin.authority}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
  const server = await origin.next();
  await server.until('\r\n\r\n');
  server.socket.end(ANSWER);
  expect(await client.ended()).toBe(ANSWER);
  client.socket.end();
  expect(await client.closed()).toBe('');
}
