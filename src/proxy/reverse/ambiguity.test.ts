import { describe, expect, test } from 'vitest';
import { dialPeer } from '../../testing/peer.ts';
import { startRawOrigin } from '../../testing/raw-origin.ts';
import { GET, OK, startReverse } from '../../testing/reverse-proxy.ts';

const POST = 'POST /attack HTTP/1.1\r\nHost: me\r\n';

const AMBIGUOUS: readonly (readonly [name: string, request: string])[] = [
  ['an empty Transfer-Encoding', `${POST}Transfer-Encoding: \r\n\r\n`],
  ['a Transfer-Encoding that is not chunked', `${POST}Transfer-Encoding: gzip\r\n\r\n`],
  ['chunked that is not last', `${POST}Transfer-Encoding: chunked, identity\r\n\r\n`],
  ['chunked twice', `${POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['a length and chunks', `${POST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['two lengths', `${POST}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`],
  ['a length with a sign', `${POST}Content-Length: +5\r\n\r\nhello`],
  ['two Hosts', 'GET /attack HTTP/1.1\r\nHost: me\r\nHost: you\r\n\r\n'],
  ['chunks in HTTP/1.0', 'POST /attack HTTP/1.0\r\nHost: me\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
];

describe.each(AMBIGUOUS)('%s', (_name, request) => {
  test.each([false, true])(
    'never reaches the origin, be it the first request or a later one (%s)',
    async (isLater) => {
      await using origin = await startRawOrigin();
      await using proxy = await startReverse(`http://${origin.authority}`, { keepHost: true });
      await using client = dialPeer(proxy.port);
      const server = isLater ? await answered() : undefined;
      client.write(`${request}${GET}`);
      const told = await client.ended();
      expect(told.slice(isLater ? OK.length : 0)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      expect(server?.text ?? '').not.toContain('attack');
      expect(origin.connections).toBe(isLater ? 1 : 0);

      async function answered() {
        client.write(GET);
        const peer = await origin.next();
        await peer.until('\r\n\r\n');
        peer.write(OK);
        await client.until(OK);
        return peer;
      }
    },
  );
});

test.each(['gzip', 'identity', ''])(
  'a response in the coding %j ends with its connection',
  async (coding) => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write(`${GET}${GET}`);
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.socket.end(`HTTP/1.1 200 OK\r\nTransfer-Encoding: ${coding}\r\n\r\nbody`);
    const told = await client.ended();
    expect(told).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\nbody$/);
  },
);

test('a WebSocket handshake with a body is refused', async () => {
  await using origin = await startRawOrigin();
  await using proxy = await startReverse(`http://${origin.authority}`);
  await using client = dialPeer(proxy.port);
  const upgrade =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13';
  client.write(`GET / HTTP/1.1\r\nHost: me\r\n${upgrade}\r\nContent-Length: 5\r\n\r\nhello`);
  const told = await client.ended();
  expect(told).toContain('400 Bad Request');
  expect(told).toContain('a WebSocket handshake has no body');
  expect(origin.connections).toBe(0);
});
