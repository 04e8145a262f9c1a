import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGzip } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { Session } from '../session/session.ts';
import { dialPeer } from '../testing/peer.ts';
import { startRawOrigin } from '../testing/raw-origin.ts';
import { openTunnel } from '../testing/tunnel-client.ts';
import { startWeighedProxy, type WeighedProxy } from '../testing/weighed-proxy.ts';

/** A server of Node's that listens, and ends with its connections. */
async function listening(server: Server): Promise<AsyncDisposable & { readonly authority: string }> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    authority: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function ask(
  proxy: WeighedProxy,
  url: string,
  headers: Record<string, string> = {},
  agent = new Agent(),
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = { port: proxy.port, path: url, headers: { Host: new URL(url).host, ...headers }, agent };
    request(options, resolve).on('error', reject).end();
  });
}

/** A WebSocket server that sends back what it gets, and a client of it behind the proxy. */
async function echoingSockets(proxy: WeighedProxy, perMessageDeflate: boolean) {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    perMessageDeflate: perMessageDeflate && { threshold: 0 },
  });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tunnel = await openTunnel(proxy.port, authority);
  const client = new WebSocket(`ws://${authority}/chat`, {
    createConnection: () => tunnel.resume(),
    perMessageDeflate: perMessageDeflate && { threshold: 0 },
  });
  await once(client, 'open');
  return {
    client,
    async echo(data: string | Buffer) {
      client.send(data);
      await once(client, 'message');
    },
    async [Symbol.asyncDispose]() {
      client.close(1000, 'done');
      await once(client, 'close');
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

describe('WebSocket', () => {
  test('a client sends 6 + n bytes and a server 2 + n, longer ones a longer header', async () => {
    await using proxy = await startWeighedProxy();
    const sizes = [0, 1, 125, 126, 65_535, 65_536];
    {
      await using sockets = await echoingSockets(proxy, false);
      for (const size of sizes) await sockets.echo(Buffer.alloc(size, 'x'));
      sockets.client.ping('are you there');
      await once(sockets.client, 'pong');
    }
    expect(await proxy.outcome()).toBe('ended');
    const header = (size: number) => (size < 126 ? 2 : size < 65_536 ? 4 : 10);
    const weights = proxy.messages().map(({ from, kind, framing, control, payload, complete }) => {
      return [from, kind, framing, control, payload, complete];
    });
    expect(weights.slice(2)).toEqual([
      ...sizes.flatMap((size) => [
        ['client', 'binary', header(size) + 4, 0, size, true],
        ['server', 'binary', header(size), 0, size, true],
      ]),
      ['client', 'ping', 0, 6 + 13, 0, true],
      ['server', 'pong', 0, 2 + 13, 0, true],
      ['client', 'close', 0, 6 + 6, 0, true],
      ['server', 'close', 0, 2 + 6, 0, true],
    ]);
    expect(proxy.session.faults).toEqual([]);
  });

  test('compressed messages are shown as they were meant, and weighed as they travelled', async () => {
    await using proxy = await startWeighedProxy();
    const texts = ['hello hello hello', 'hello hello hello', 'ö'.repeat(10_000)];
    {
      await using sockets = await echoingSockets(proxy, true);
      for (const text of texts) await sockets.echo(text);
    }
    await proxy.over();
    const messages = proxy.messages().filter(({ kind }) => kind === 'text');
    expect(messages.map(({ text }) => text)).toEqual(texts.flatMap((text) => [text, text]));
    expect(messages[2]!.payload).toBeLessThan(messages[0]!.payload); // by the context that was taken over
    expect(messages[4]!.payload).toBeLessThan(200);
    expect(proxy.session.faults).toEqual([]);
  });
});

describe('event streams', () => {
  test.each(['identity', 'gzip'])(
    '%s: each event is told when it arrives, with what it weighs',
    async (coding) => {
      const server = createServer((asked, response) => {
        const stream = coding === 'gzip' ? createGzip() : undefined;
        response.writeHead(200, {
          'Content-Type': 'text/event-stream; charset=utf-8',
          ...(stream && { 'Content-Encoding': 'gzip' }),
        });
        stream?.pipe(response);
        const since = Number(asked.headers['last-event-id'] ?? 0);
        (stream ?? response).write(
          `id: ${since + 1}\nevent: tick\ndata: one\ndata: more\n\n: still here\n\n`,
        );
        stream?.flush();
        response.on('close', () => stream?.destroy());
      });
      await using origin = await listening(server);
      await using proxy = await startWeighedProxy();
      for (const number of [1, 2]) {
        const headers: Record<string, string> = number === 1 ? {} : { 'Last-Event-ID': '1' };
        const response = await ask(proxy, `http://${origin.authority}/events`, headers);
        response.resume();
        const seen = () =>
          proxy.messages(number).filter(({ kind }) => kind === 'event' || kind === 'comment');
        await proxy.until(() => seen().length === 2);
        expect(seen().map(({ kind, name, complete }) => [kind, name, complete])).toEqual([
          ['event', 'tick', true],
          ['comment', '', true],
        ]);
        expect(seen()[0]!.text).toBe('one\nmore');
        if (coding === 'identity') expect(seen()[0]).toMatchObject({ payload: 1 + 4 + 3 + 4 });
        response.destroy();
        await proxy.over(number); // the server is let go of as soon as the client has left
      }
      expect(proxy.exchange(1)).toMatchObject({ protocol: 'sse', resumes: undefined });
      expect(proxy.exchange(2)).toMatchObject({ protocol: 'sse', resumes: 1 });
      expect(proxy.session.faults).toEqual([]);
    },
  );
});

test('polling over one kept connection: an exchange for each, of the same weight', async () => {
  const server = createServer((_, response) => response.end('{"messages":[]}'));
  await using origin = await listening(server);
  await using proxy = await startWeighedProxy();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let poll = 0; poll < 20; poll++) {
    const response = await ask(proxy, `http://${origin.authority}/poll`, {}, agent);
    expect((await response.toArray()).join('')).toBe('{"messages":[]}');
  }
  agent.destroy();
  await proxy.over();
  const { session } = proxy;
  expect([session.connections.size, session.exchanges.length]).toEqual([1, 20]);
  const weights = [...session.exchanges].map(({ ledger }) => JSON.stringify(ledger));
  expect(new Set(weights).size).toBe(1);
  expect(proxy.exchange().ledger.server).toMatchObject({ payload: 15, framing: 0, undecoded: 0 });
  expect(session.faults).toEqual([]);
});

test('inspection that fails disturbs no traffic', async () => {
  const session = new Session();
  vi.spyOn(session.messages, 'keep').mockImplementation(() => {
    throw new Error('broken on purpose');
  });
  await using origin = await startRawOrigin();
  await using proxy = await startWeighedProxy({ session });
  await using client = dialPeer(proxy.port);
  client.write(`POST http://${origin.authority}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody`);
  const peer = await origin.next();
  await peer.until('body');
  peer.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nback');
  await client.until('back');
  client.socket.end();
  const { reason, inspectionStopped, ledger, closing } = await proxy.over();
  expect([reason, inspectionStopped]).toEqual(['ended', 'broken on purpose']);
  expect(ledger.server.undecoded).toBe(closing?.tapped.server);
});
