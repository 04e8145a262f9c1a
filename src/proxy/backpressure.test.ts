import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { dialPeer, Peer } from '../testing/peer.ts';
import { startRawOrigin } from '../testing/raw-origin.ts';
import { startTlsOrigin } from '../testing/tls-origin.ts';
import { openTlsTunnel, openTunnel } from '../testing/tunnel-client.ts';
import { startWeighedProxy } from '../testing/weighed-proxy.ts';

const MUCH = 40 << 20;
const PIECE = Buffer.alloc(64 << 10, 'tare');
/** What the system's own buffers of three sockets may take, and what waits in the proxy. */
const BOUND = 24 << 20;

/** Sends as long as there is room; the promise is done when all is handed over. */
class Sender {
  sent = 0;
  readonly done: Promise<void>;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.done = this.#send();
  }

  async #send(): Promise<void> {
    while (this.sent < MUCH) {
      this.sent += PIECE.length;
      if (!this.#socket.write(PIECE)) await once(this.#socket, 'drain');
    }
    this.#socket.end();
  }
}

/** Waits until `sender` gets no further: nothing moved in a number of turns of the event loop. */
async function standstill(sender: Sender): Promise<number> {
  let sent = -1;
  for (let still = 0; still < 200; still = sent === sender.sent ? still + 1 : 0) {
    sent = sender.sent;
    await new Promise(setImmediate);
  }
  return sent;
}

/** Lets one side send 40 MB which the other does not read at first. */
async function flood(from: Peer, to: Peer): Promise<void> {
  to.socket.pause();
  const sender = new Sender(from.socket);
  const before = process.memoryUsage();
  expect(await standstill(sender)).toBeLessThan(BOUND);
  const after = process.memoryUsage();
  expect(after.external + after.arrayBuffers - before.external - before.arrayBuffers).toBeLessThan(BOUND);
  let received = 0;
  to.socket.removeAllListeners('data').on('data', (bytes: Buffer) => {
    received += bytes.length;
  });
  to.socket.resume();
  await sender.done;
  await to.ended();
  to.socket.end();
  expect(received).toBeGreaterThanOrEqual(MUCH);
}

describe.each(['client', 'server'] as const)('a %s that does not read pauses the other side', (reader) => {
  test('through a tunnel', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = new Peer(await openTunnel(proxy.port, origin.authority));
    client.socket.resume();
    client.write('\x01');
    const server = await origin.next();
    await server.until(1);
    await (reader === 'client' ? flood(server, client) : flood(client, server));
    const { reason, closing } = await closedInOrder(proxy, [client, server]);
    expect(reason).toBe('ended');
    expect(closing?.tapped[reader === 'client' ? 'server' : 'client']).toBeGreaterThanOrEqual(MUCH);
  });

  test('through opened TLS', async () => {
    await using origin = await startTlsOrigin();
    await using proxy = await startWeighedProxy();
    const options = { ca: proxy.certificate, servername: 'localhost' };
    await using client = new Peer(await openTlsTunnel(proxy.port, `localhost:${origin.port}`, options));
    const server = await origin.next();
    client.write('\x01');
    await server.until(1);
    await (reader === 'client' ? flood(server, client) : flood(client, server));
    expect((await closedInOrder(proxy, [client, server])).reason).toBe('ended');
  });

  test('of an absolute-form request', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    const length = `Content-Length: ${reader === 'server' ? MUCH : 0}`;
    client.write(`POST http://${origin.authority}/ HTTP/1.1\r\nHost: x\r\n${length}\r\n\r\n`);
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.write('HTTP/1.1 200 OK\r\n\r\n');
    await client.until('\r\n\r\n');
    await (reader === 'client' ? flood(server, client) : flood(client, server));
    expect((await closedInOrder(proxy, [client, server])).reason).toBe('ended');
  });
});

test('a client that is let go on after it had to wait is paused all the same', async () => {
  await using origin = await startRawOrigin();
  await using proxy = await startWeighedProxy();
  await using client = dialPeer(proxy.port);
  const head = (fields: string) =>
    `POST http://${origin.authority}/ HTTP/1.1\r\nHost: x\r\n${fields}\r\n\r\n`;
  const first = Buffer.alloc(4 << 20, 'first');
  client.write(head(`Upgrade: nothing\r\nContent-Length: ${first.length}`));
  const server = await origin.next();
  await server.until('\r\n\r\n');
  server.socket.pause();
  client.socket.write(first);
  server.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  await client.until('\r\n\r\n');
  client.write(head(`Content-Length: ${MUCH}`));
  await flood(client, server);
  await closedInOrder(proxy, [client, server]);
});

async function closedInOrder(proxy: Awaited<ReturnType<typeof startWeighedProxy>>, peers: readonly Peer[]) {
  for (const { socket } of peers) socket.end();
  return proxy.over();
}
