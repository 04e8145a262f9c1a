import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { dialPeer } from '../../testing/peer.ts';
import { startRawOrigin } from '../../testing/raw-origin.ts';
import { endInOrder, GET, OK, startReverse } from '../../testing/reverse-proxy.ts';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const HANDSHAKE = `GET /chat HTTP/1.1\r\nHost: me\r\nupgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Key: ${KEY}\r\nsec-websocket-version: 13\r\n\r\n`;
const AGREED =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nconnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n\r\n';
/** "hi" of a client, masked with zeros, and of a server. */
const CLIENT_FRAME = '\x81\x82\x00\x00\x00\x00hi';
const SERVER_FRAME = '\x81\x02ho';

test('a client and a server of ws talk as without tare, compressed', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: { threshold: 0 } });
  await once(server, 'listening');
  server.on('connection', (socket, { url, headers }) => {
    socket.send(JSON.stringify([url, headers.host, headers.origin]));
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  await using proxy = await startReverse(`http://${authority}/base`);
  const here = `127.0.0.1:${proxy.port}`;
  const client = new WebSocket(`ws://${here}/chat`, 'soap', { origin: `http://${here}` });
  const [greeting] = await once(client, 'message');
  expect(JSON.parse(String(greeting))).toEqual(['/base/chat', authority, `http://${authority}`]);
  expect([client.protocol, client.extensions]).toEqual(['soap', 'permessage-deflate']);
  const data = Buffer.alloc(200_000, 'tare');
  client.send(data);
  const [echo] = await once(client, 'message');
  expect(data.equals(echo)).toBe(true);
  client.close(1000, 'done');
  await once(client, 'close');
  const { reason, closing } = await proxy.over();
  expect(reason).toBe('ended');
  expect(closing?.tapped).toEqual(closing?.downstream);
  expect(proxy.messages().map(({ kind }) => kind)).toEqual([
    'request',
    'response',
    'text',
    'binary',
    'binary',
    'close',
    'close',
  ]);
  const closed = once(server, 'close');
  server.close();
  await closed;
});

test('the handshake keeps case, order and duplicates, and early frames of both sides come after it', async () => {
  await using origin = await startRawOrigin();
  await using proxy = await startReverse(`http://${origin.authority}/base`);
  await using client = dialPeer(proxy.port);
  client.write(HANDSHAKE + CLIENT_FRAME);
  const server = await origin.next();
  const asked = HANDSHAKE.replace('/chat', '/base/chat').replace(': me', `: ${origin.authority}`);
  expect(await server.until('\r\n\r\n')).toBe(asked);
  server.write(AGREED + SERVER_FRAME);
  expect(await client.until(SERVER_FRAME)).toBe(AGREED + SERVER_FRAME);
  expect(await server.until(CLIENT_FRAME)).toBe(asked + CLIENT_FRAME);
  client.write(CLIENT_FRAME);
  await server.until(asked.length + 2 * CLIENT_FRAME.length);
  server.write(SERVER_FRAME);
  await client.until(AGREED.length + 2 * SERVER_FRAME.length);
  client.socket.end();
  await server.ended();
  server.socket.end('\x88\x00');
  expect(await client.ended()).toMatch(/\x88\x00$/);
  await endInOrder(client, proxy);
});

test('one for another origin is refused', async () => {
  await using origin = await startRawOrigin();
  await using proxy = await startReverse(`http://${origin.authority}`);
  await using client = dialPeer(proxy.port);
  client.write(GET);
  const server = await origin.next();
  await server.until('\r\n\r\n');
  server.write(OK);
  await client.until(OK.length);
  client.write(HANDSHAKE.replace('/chat', 'ws://x.test/chat'));
  expect(await client.ended()).toContain(
    'GET ws://x.test/chat came over a connection whose requests are reversed',
  );
  await endInOrder(client, proxy);
});

test('comes after answers to what was asked before it', async () => {
  await using origin = await startRawOrigin();
  await using proxy = await startReverse(`http://${origin.authority}`);
  await using client = dialPeer(proxy.port);
  client.write(GET + HANDSHAKE);
  const first = await origin.next();
  await first.until('\r\n\r\n');
  first.write(OK);
  const second = await origin.next();
  await second.until('\r\n\r\n');
  second.write(AGREED);
  expect(await client.until(OK.length + AGREED.length)).toBe(OK + AGREED);
  second.socket.end();
  await client.ended();
  client.socket.end();
  await second.ended();
  expect(await proxy.outcome()).toBe('ended');
});

test.each([
  {
    name: 'by length',
    answer:
      'HTTP/1.1 403 Not You\r\nX-Why: 1\r\nx-why: 2\r\nContent-Length: 4\r\nConnection: keep-alive\r\n\r\nno!\n',
    told: 'HTTP/1.1 403 Not You\r\nX-Why: 1\r\nx-why: 2\r\nContent-Length: 4\r\nConnection: close\r\n\r\nno!\n',
  },
  {
    name: 'in chunks, which become the rest of the connection',
    answer: 'HTTP/1.1 401 Who\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nno!\n\r\n0\r\n\r\n',
    told: 'HTTP/1.1 401 Who\r\nConnection: close\r\n\r\nno!\n',
  },
  {
    name: 'in a coding, which is not taken off with the chunks',
    answer: 'HTTP/1.1 401 Who\r\nTransfer-Encoding: gzip, chunked\r\n\r\n4\r\nno!\n\r\n0\r\n\r\n',
    told: 'HTTP/1.1 401 Who\r\nTransfer-Encoding: gzip\r\nConnection: close\r\n\r\nno!\n',
  },
  {
    name: 'without a field that its Connection names',
    answer: 'HTTP/1.1 403 No\r\nX-Hop: 1\r\nConnection: X-Hop\r\nContent-Length: 0\r\n\r\n',
    told: 'HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
  },
  {
    name: 'by a redirect',
    answer: 'HTTP/1.1 302 Found\r\nLocation: /base/x\r\nContent-Length: 0\r\n\r\n',
    told: 'HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
  },
])('a handshake may be declined $name', async ({ answer, told }) => {
  await using origin = await startRawOrigin();
  await using proxy = await startReverse(`http://${origin.authority}/base`);
  await using client = dialPeer(proxy.port);
  client.write(HANDSHAKE);
  const server = await origin.next();
  await server.until('\r\n\r\n');
  server.write(answer);
  expect(await client.ended()).toBe(told);
  await server.ended();
  await endInOrder(client, proxy);
});

test.each([
  { name: 'of known length', body: 'Content-Length: 5\r\n\r\nhello' },
  { name: 'in chunks', body: 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n' },
])('one with a body $name is refused, and nothing of it reaches the origin', async ({ body }) => {
  await using origin = await startRawOrigin();
  await using proxy = await startReverse(`http://${origin.authority}`);
  await using client = dialPeer(proxy.port);
  client.write(HANDSHAKE.replace(/\r\n$/, body));
  const told = await client.ended();
  expect(told).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(told).toContain('tare: a WebSocket handshake has no body, and this one announces one [BAD_REQUEST]');
  await endInOrder(client, proxy);
  expect(await proxy.outcome(2)).toBe('BAD_REQUEST');
  expect(origin.connections).toBe(0);
});

test('one that says it has no body is none with a body', async () => {
  await using origin = await startRawOrigin();
  await using proxy = await startReverse(`http://${origin.authority}`);
  await using client = dialPeer(proxy.port);
  client.write(HANDSHAKE.replace(/\r\n$/, `Content-Length: 0\r\n\r\n${CLIENT_FRAME}`));
  const server = await origin.next();
  expect(await server.until('\r\n\r\n')).toContain('\r\nContent-Length: 0\r\n\r\n');
  server.write(AGREED);
  expect(await server.until(CLIENT_FRAME)).toMatch(/\r\n\r\n\x81\x82/);
  client.socket.end();
  await server.ended();
  server.socket.end();
  expect(await client.ended()).toBe(AGREED);
  await endInOrder(client, proxy);
});

test('an origin that cannot be reached is told of in words', async () => {
  const gone = await startRawOrigin();
  await gone[Symbol.asyncDispose]();
  await using proxy = await startReverse(`http://${gone.authority}`);
  await using client = dialPeer(proxy.port);
  client.write(HANDSHAKE);
  const told = await client.ended();
  expect(told).toContain('HTTP/1.1 502 Bad Gateway\r\n');
  expect(told).toContain('nothing listens there [UPSTREAM_REFUSED]');
  await endInOrder(client, proxy);
  expect(await proxy.outcome(2)).toBe('UPSTREAM_REFUSED');
});

test.each(['ends', 'resets'] as const)(
  'a client that %s before the answer is gone for the origin',
  async (how) => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write(HANDSHAKE);
    const server = await origin.next();
    await server.until('\r\n\r\n');
    if (how === 'ends') client.socket.end();
    else client.socket.resetAndDestroy();
    await server.ended();
    expect(await proxy.outcome()).toBe(how === 'ends' ? 'client-gone' : 'client-reset');
  },
);

test.each(['client', 'server'] as const)(
  'when the %s resets an open connection the other side ends',
  async (who) => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write(HANDSHAKE);
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.write(AGREED);
    await client.until(AGREED.length);
    if (who === 'client') {
      client.socket.resetAndDestroy();
      await server.ended();
      expect(await proxy.outcome()).toBe('client-reset');
    } else {
      server.socket.resetAndDestroy();
      expect(await client.closed()).toBe('ECONNRESET');
      expect(await proxy.outcome()).toBe('server-reset');
    }
  },
);
