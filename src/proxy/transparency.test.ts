import { once } from 'node:events';
import type { Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dialPeer, Peer } from '../testing/peer.ts';
import { startRawOrigin } from '../testing/raw-origin.ts';
import { startTlsOrigin } from '../testing/tls-origin.ts';
import { openTlsTunnel, openTunnel } from '../testing/tunnel-client.ts';
import { startWeighedProxy } from '../testing/weighed-proxy.ts';

const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40_000 }), { minLength: 1, maxLength: 12 });
const RUNS = { numRuns: 15 };

/** Writes the chunks one by one, each once the one before has been handed to the system. */
async function send(socket: Socket, pieces: readonly Uint8Array[]): Promise<void> {
  for (const piece of pieces) await new Promise<void>((sent) => socket.write(piece, () => sent()));
}

/** Sends both ways at once, ends both, and expects all of it to arrive. */
async function exchange(
  client: Peer,
  server: Peer,
  fromClient: readonly Uint8Array[],
  fromServer: readonly Uint8Array[],
): Promise<void> {
  await Promise.all([send(client.socket, fromClient), send(server.socket, fromServer)]);
  client.socket.end();
  server.socket.end();
  await Promise.all([client.ended(), server.ended()]);
  expect(server.bytes.equals(Buffer.concat(fromClient))).toBe(true);
  expect(client.bytes.equals(Buffer.concat(fromServer))).toBe(true);
}

describe('any bytes in any chunks arrive as they were sent, both ways', () => {
  test('through a tunnel', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await fc.assert(
      fc.asyncProperty(chunks, chunks, async (fromClient, fromServer) => {
        const socket = await openTunnel(proxy.port, origin.authority);
        await using client = new Peer(socket);
        socket.resume();
        // A lone 0x16 would begin a TLS handshake, of which more is awaited.
        await exchange(client, await origin.next(), [Uint8Array.of(0), ...fromClient], fromServer);
      }),
      RUNS,
    );
  });

  test('through opened TLS', async () => {
    await using origin = await startTlsOrigin();
    await using proxy = await startWeighedProxy();
    await fc.assert(
      fc.asyncProperty(chunks, chunks, async (fromClient, fromServer) => {
        const options = { ca: proxy.certificate, servername: 'localhost' };
        await using client = new Peer(await openTlsTunnel(proxy.port, `localhost:${origin.port}`, options));
        await exchange(client, await origin.next(), fromClient, fromServer);
      }),
      RUNS,
    );
  });

  test('through an absolute-form request and its answer, by length and chunked', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await fc.assert(
      fc.asyncProperty(chunks, chunks, fc.boolean(), async (fromClient, fromServer, isChunked) => {
        await using client = dialPeer(proxy.port);
        const field = bodyField(fromClient, isChunked);
        client.write(`POST http://${origin.authority}/ HTTP/1.1\r\nHost: x\r\n${field}\r\n\r\n`);
        const server = await origin.next();
        const head = `POST / HTTP/1.1\r\nHost: x\r\n${field}\r\n\r\n`;
        const answer = `HTTP/1.1 200 OK\r\n${bodyField(fromServer, isChunked)}\r\n\r\n`;
        const body = (pieces: readonly Uint8Array[]) => (isChunked ? chunked(pieces) : [...pieces]);
        await server.until(head.length);
        server.write(answer);
        await Promise.all([send(client.socket, body(fromClient)), send(server.socket, body(fromServer))]);
        client.socket.end();
        server.socket.end();
        await Promise.all([client.ended(), server.ended()]);
        expect(server.bytes.equals(Buffer.concat([Buffer.from(head), ...body(fromClient)]))).toBe(true);
        expect(client.bytes.equals(Buffer.concat([Buffer.from(answer), ...body(fromServer)]))).toBe(true);
      }),
      RUNS,
    );
    expect(proxy.session.faults).toEqual([]);
  });
});

function bodyField(pieces: readonly Uint8Array[], isChunked: boolean): string {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`;
}

function chunked(pieces: readonly Uint8Array[]): Uint8Array[] {
  const lines = pieces.flatMap((piece) => [
    Buffer.from(`${piece.length.toString(16)}\r\n`),
    piece,
    Buffer.from('\r\n'),
  ]);
  return [...lines, Buffer.from('0\r\n\r\n')];
}

test('a proxy that ends closes every connection, and tells of each', async () => {
  await using origin = await startRawOrigin();
  await using tlsOrigin = await startTlsOrigin((stream) => void stream.on('data', () => {}));
  await using proxy = await startWeighedProxy();
  await using waiting = dialPeer(proxy.port);
  waiting.write('GET http://ha');
  await using forward = dialPeer(proxy.port);
  forward.write(`GET http://${origin.authority}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
  const forwarded = await origin.next();
  await forwarded.until('\r\n\r\n');
  const tunnel = await openTunnel(proxy.port, origin.authority);
  await using tunnelled = new Peer(tunnel);
  tunnelled.write('\x01');
  const tunnelEnd = await origin.next();
  await tunnelEnd.until(1);
  await using opened = new Peer(
    await openTlsTunnel(proxy.port, `localhost:${tlsOrigin.port}`, {
      ca: proxy.certificate,
      servername: 'localhost',
    }),
  );
  opened.write('\x01');
  await using idle = new Peer(await openTunnel(proxy.port, origin.authority));
  const idleEnd = await origin.next();
  await proxy.until(({ connections }) => connections.size === 3);

  await proxy.close();
  const connections = [...proxy.session.connections.values()];
  expect(connections.map(({ reason, failure }) => reason ?? failure?.code).sort()).toEqual([
    'BAD_REQUEST',
    ...Array(4).fill('stopped'),
  ]);
  expect(connections.every(({ closedAt }) => closedAt !== undefined)).toBe(true);
  await Promise.all([forward, tunnelled, opened, waiting].map((peer) => peer.ended()));
  await Promise.all([forwarded, tunnelEnd, idleEnd].map((peer) => peer.ended()));
  idle.socket.resume();
  await idle.ended();
  await expect(once(dialPeer(proxy.port).socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
