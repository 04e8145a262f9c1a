import { describe, expect, test } from 'vitest';
import { dialPeer, Peer } from '../testing/peer.ts';
import { startRawOrigin } from '../testing/raw-origin.ts';
import { startReverse } from '../testing/reverse-proxy.ts';
import { startTlsOrigin } from '../testing/tls-origin.ts';
import { openTlsTunnel, openTunnel } from '../testing/tunnel-client.ts';
import { startWeighedProxy, type WeighedProxy } from '../testing/weighed-proxy.ts';

const HALF = 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf of it';

/** Stops the only client, and expects that both sides learn it and no byte is missing in the books: its proxy's end looks. */
async function stops(proxy: WeighedProxy, client: Peer, server: Peer): Promise<void> {
  expect(proxy.stopClient(1)).toBe(true);
  await Promise.all([client.ended(), server.ended()]);
  expect(await proxy.outcome()).toBe('stopped');
  expect(proxy.stopClient(1)).toBe(false);
}

describe('a client that is stopped in the middle of an answer takes its server along', () => {
  test('of a request in absolute-form', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    client.write(`GET http://${origin.authority}/ HTTP/1.1\r\nHost: ${origin.authority}\r\n\r\n`);
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.write(HALF);
    await client.until('half of it');
    await stops(proxy, client, server);
  });

  test('in a tunnel', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = new Peer((await openTunnel(proxy.port, origin.authority)).resume());
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.write(HALF);
    await client.until('half of it');
    await stops(proxy, client, server);
  });

  test('in a tunnel whose TLS is opened', async () => {
    await using origin = await startTlsOrigin();
    await using proxy = await startWeighedProxy();
    const options = { servername: 'localhost', ca: proxy.certificate };
    await using client = new Peer(await openTlsTunnel(proxy.port, `localhost:${origin.port}`, options));
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.write(HALF);
    await client.until('half of it');
    await stops(proxy, client, server);
  });

  test('in reverse mode', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write('GET / HTTP/1.1\r\nHost: me\r\n\r\n');
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.write(HALF);
    await client.until('half of it');
    await stops(proxy, client, server);
  });
});

test('others go on', async () => {
  await using origin = await startRawOrigin();
  await using proxy = await startWeighedProxy();
  await using one = new Peer((await openTunnel(proxy.port, origin.authority)).resume());
  one.write('GET /one HTTP/1.1\r\n\r\n');
  const first = await origin.next();
  await using other = new Peer((await openTunnel(proxy.port, origin.authority)).resume());
  other.write('GET /other HTTP/1.1\r\n\r\n');
  const second = await origin.next();
  await Promise.all([first.until('/one'), second.until('/other')]);
  proxy.stopClient(1);
  await one.ended();
  second.write('still here');
  await other.until('still here');
  expect((await proxy.over(1)).reason).toBe('stopped');
});

test('a client with no such number is not there', async () => {
  await using proxy = await startWeighedProxy();
  expect(proxy.stopClient(1)).toBe(false);
});
