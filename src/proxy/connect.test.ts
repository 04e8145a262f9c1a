import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { clientHello } from '../testing/client-hello.ts';
import { startFullBacklog } from '../testing/full-backlog.ts';
import { dialPeer, Peer } from '../testing/peer.ts';
import { startRawOrigin } from '../testing/raw-origin.ts';
import { startTlsOrigin } from '../testing/tls-origin.ts';
import { openTunnel } from '../testing/tunnel-client.ts';
import { startWeighedProxy, type WeighedProxy } from '../testing/weighed-proxy.ts';

const ESTABLISHED = 'HTTP/1.1 200 Connection Established\r\n\r\n';

async function tunnelPeer(proxy: WeighedProxy, authority: string, early?: Uint8Array): Promise<Peer> {
  const socket = await openTunnel(proxy.port, authority, early);
  const peer = new Peer(socket);
  socket.resume();
  return peer;
}

describe('a tunnel', () => {
  test('to a server that speaks first', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = await tunnelPeer(proxy, origin.authority);
    const server = await origin.next();
    server.write('220 mail ESMTP\r\n');
    await client.until('220 mail ESMTP\r\n');
    client.write('EHLO x\r\n');
    await server.until('EHLO x\r\n');
    server.socket.end('250 ok\r\n');
    await client.until('250 ok\r\n');
    client.socket.end();
    expect(await proxy.outcome()).toBe('ended');
    expect(proxy.messages().map(({ from, kind, text }) => [from, kind, text])).toEqual([
      ['server', 'chunk', '220 mail ESMTP\r\n'],
      ['client', 'chunk', 'EHLO x\r\n'],
      ['server', 'chunk', '250 ok\r\n'],
    ]);
    expect((await proxy.over()).closing?.proxy.server).toBe(ESTABLISHED.length);
  });

  test('carries plain HTTP/1, its Proxy-* fields too', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = await tunnelPeer(proxy, origin.authority);
    const server = await origin.next();
    const sent = 'GET /a HTTP/1.1\r\nHost: x\r\nProxy-Connection: close\r\n\r\n';
    client.write(sent);
    expect(await server.until(sent.length)).toBe(sent);
    server.socket.end('HTTP/1.1 200 OK\r\n\r\nbody');
    await client.until('body');
    client.socket.end();
    expect(await proxy.outcome()).toBe('ended');
    expect(proxy.exchange()).toMatchObject({
      protocol: 'http1',
      request: { target: '/a' },
      response: { status: 200 },
    });
  });

  test('carries unknown binary both ways', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = await tunnelPeer(proxy, origin.authority);
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => 255 - byte));
    client.write(all);
    const server = await origin.next();
    await server.until(256);
    server.write(all);
    await client.until(256);
    expect([server.bytes.equals(all), client.bytes.equals(all)]).toEqual([true, true]);
    expect(proxy.session.connections.get(1)?.protocol).toBe('tcp');
  });

  test('stays half open when the client ends', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = await tunnelPeer(proxy, origin.authority);
    client.socket.end('\x01question');
    const server = await origin.next();
    expect(await server.ended()).toBe('\x01question');
    server.write('ans');
    await client.until('ans');
    server.socket.end('wer');
    expect(await client.ended()).toBe('answer');
    expect(await proxy.outcome()).toBe('ended');
  });

  test('stays half open when the server ends, and then takes all that the client has to say', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = await tunnelPeer(proxy, origin.authority);
    const server = await origin.next();
    server.socket.end('bye');
    expect(await client.ended()).toBe('bye');
    server.socket.pause();
    const much = Buffer.alloc(8 << 20, 'much ');
    client.socket.end(much);
    await once(client.socket, 'finish');
    server.socket.resume();
    await server.ended();
    expect(server.bytes.equals(much)).toBe(true);
    expect(await proxy.outcome()).toBe('ended');
  });

  test('opens and closes without a byte', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = await tunnelPeer(proxy, origin.authority);
    client.socket.end();
    (await origin.next()).socket.end();
    await client.ended();
    expect(await proxy.outcome()).toBe('ended');
  });

  test.each(['client', 'server'] as const)('passes on a reset by the %s', async (side) => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = await tunnelPeer(proxy, origin.authority);
    const server = await origin.next();
    client.write('\x01');
    await server.until(1);
    const [one, other] = side === 'client' ? [client, server] : [server, client];
    one.socket.resetAndDestroy();
    expect(await other.closed()).toBe('ECONNRESET');
    expect(await proxy.outcome()).toBe(`${side}-reset`);
  });
});

describe('what comes before the answer to CONNECT is not lost', () => {
  test('an extra line end is dropped', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = await tunnelPeer(proxy, origin.authority, Buffer.from('\r\nGET / HTTP/1.1\r\n\r\n'));
    const server = await origin.next();
    expect(await server.until('\r\n\r\n')).toBe('GET / HTTP/1.1\r\n\r\n');
    client.socket.end();
    await server.ended();
    server.socket.end();
    expect(await proxy.outcome()).toBe('ended');
  });

  test('bytes in the same packet, and in others while the server is dialled', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    const pieces = ['\x01', 'a', 'b', 'c', 'd'];
    client.write(`CONNECT ${origin.authority} HTTP/1.1\r\n\r\n${pieces[0]}`);
    for (const piece of pieces.slice(1)) {
      await new Promise(setImmediate); // so that each is a packet of its own
      client.write(piece);
    }
    const server = await origin.next();
    expect(await server.until('d')).toBe(pieces.join(''));
    client.socket.end();
    await server.ended();
  });

  test('the end of the client, without a byte or behind some', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    for (const early of ['', 'GET', '\x01']) {
      await using client = dialPeer(proxy.port);
      client.socket.end(`CONNECT ${origin.authority} HTTP/1.1\r\n\r\n${early}`);
      const server = await origin.next();
      expect(await server.ended()).toBe(early);
      server.socket.end('done');
      expect(await client.ended()).toBe(`${ESTABLISHED}done`);
    }
    expect(await Promise.all([1, 2, 3].map((number) => proxy.outcome(number)))).toEqual([
      'ended',
      'ended',
      'ended',
    ]);
  });

  test.each(['in the same packet', 'byte by byte'])('a ClientHello %s', async (how) => {
    await using origin = await startTlsOrigin((socket) => socket.end('hello'));
    await using proxy = await startWeighedProxy();
    const hello = await clientHello('localhost');
    await using client = dialPeer(proxy.port);
    const head = `CONNECT localhost:${origin.port} HTTP/1.1\r\n\r\n`;
    if (how === 'byte by byte') {
      client.write(head);
      for (const byte of hello) {
        client.write(Buffer.of(byte));
        await new Promise(setImmediate);
      }
    } else {
      client.write(Buffer.concat([Buffer.from(head), hello]));
    }
    await client.until(`${ESTABLISHED}\x16\x03`); // our ServerHello
    client.socket.resetAndDestroy();
    await proxy.over();
    expect(origin.connections).toBe(1);
  });
});

test('clients that reset right behind their CONNECT leave no socket to the server open', async () => {
  const origin = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
  await once(origin, 'listening');
  const { port } = origin.address() as AddressInfo;
  await using proxy = await startWeighedProxy();
  for (let number = 1; number <= 10; number++) {
    const client = dialPeer(proxy.port);
    client.socket.write(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\n\r\n`, () => client.socket.resetAndDestroy());
    await proxy.over(number); // told once the socket to the server has closed
  }
  origin.close();
});

describe('the authority of a CONNECT', () => {
  test.each([
    { name: 'a name', host: (port: number) => `localhost:${port}`, family: '127.0.0.1' },
    { name: 'an IPv6 address', host: (port: number) => `[::1]:${port}`, family: '::1' },
    { name: 'an IPv6 address without brackets', host: (port: number) => `::1:${port}`, family: '::1' },
  ])('$name', async ({ host, family }) => {
    await using origin = await startRawOrigin(family);
    await using proxy = await startWeighedProxy();
    await using client = await tunnelPeer(proxy, host(origin.port));
    client.write('\x01');
    await (await origin.next()).until(1);
    expect(proxy.session.connections.get(1)?.facts?.serverAddress).toEqual({
      host: family,
      port: origin.port,
    });
  });

  test.each(['localhost', 'localhost:', 'localhost:0', 'localhost:65536', ':443', '/path', 'http://x/'])(
    '%j is none',
    async (authority) => {
      await using proxy = await startWeighedProxy();
      await expect(openTunnel(proxy.port, authority)).rejects.toThrow(
        /^HTTP\/1.1 400 Bad Request\r\n[\s\S]*CONNECT wants HOST:PORT/,
      );
      expect(await proxy.outcome()).toBe('BAD_REQUEST');
    },
  );
});

describe('a server that cannot be had', () => {
  test('refuses', async () => {
    await using proxy = await startWeighedProxy();
    const origin = await startRawOrigin();
    await origin[Symbol.asyncDispose]();
    await expect(openTunnel(proxy.port, origin.authority)).rejects.toThrow(/^HTTP\/1.1 502 Bad Gateway\r\n/);
    expect(await proxy.outcome()).toBe('UPSTREAM_REFUSED');
  });

  test('does not answer', async () => {
    await using backlog = await startFullBacklog();
    await using proxy = await startWeighedProxy({ dialTimeoutMs: 50 });
    const tunnel = openTunnel(proxy.port, `127.0.0.1:${backlog.port}`);
    await expect(tunnel).rejects.toThrow(/^HTTP\/1.1 504 Gateway Timeout\r\n/);
    expect(await proxy.outcome()).toBe('UPSTREAM_TIMEOUT');
  });

  test('is the proxy itself', async () => {
    await using proxy = await startWeighedProxy();
    await expect(openTunnel(proxy.port, `localhost:${proxy.port}`)).rejects.toThrow(/^HTTP\/1.1 508 /);
    expect(await proxy.outcome()).toBe('LOOP');
  });
});

test('a ws client and server through a tunnel: every message is weighed', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  server.on('connection', (socket) =>
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
  );
  await using proxy = await startWeighedProxy();
  const { port } = server.address() as AddressInfo;
  const socket = await openTunnel(proxy.port, `127.0.0.1:${port}`);
  const client = new WebSocket(`ws://127.0.0.1:${port}/chat`, {
    createConnection: () => socket.resume(),
    perMessageDeflate: false,
  });
  await once(client, 'open');
  for (const text of ['hello', 'ö'.repeat(100)]) {
    client.send(text);
    const [data] = await once(client, 'message');
    expect(String(data)).toBe(text);
  }
  client.close(1000, 'bye');
  await once(client, 'close');
  await proxy.over();
  expect(
    proxy
      .messages()
      .map(({ from, kind, framing, control, payload }) => [from, kind, framing, control, payload])
      .slice(2),
  ).toEqual([
    ['client', 'text', 6, 0, 5],
    ['server', 'text', 2, 0, 5],
    ['client', 'text', 8, 0, 200],
    ['server', 'text', 4, 0, 200],
    ['client', 'close', 0, 11, 0],
    ['server', 'close', 0, 7, 0],
  ]);
  expect(proxy.session.faults).toEqual([]);
  server.close();
});
