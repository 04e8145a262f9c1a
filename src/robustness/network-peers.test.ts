import { afterEach, describe, expect, test, vi } from 'vitest';
import type { FailureCode } from '../tap.ts';
import { clientHello } from '../testing/client-hello.ts';
import { startFullBacklog } from '../testing/full-backlog.ts';
import { dialPeer, type Peer } from '../testing/peer.ts';
import { startRawOrigin } from '../testing/raw-origin.ts';
import { expectServing } from '../testing/still-serves.ts';
import { startTlsOrigin } from '../testing/tls-origin.ts';
import { startWeighedProxy, type WeighedProxy } from '../testing/weighed-proxy.ts';

const ESTABLISHED = 'HTTP/1.1 200 Connection Established\r\n\r\n';
/** Longer than any label of a name, so that no name server is asked for it. */
const NO_HOST = `${'x'.repeat(64)}.test:80`;

const asks = [
  {
    how: 'in absolute-form',
    ask: (authority: string) => `GET http://${authority}/ HTTP/1.1\r\nHost: x\r\n\r\n`,
  },
  { how: 'by CONNECT', ask: (authority: string) => `CONNECT ${authority} HTTP/1.1\r\n\r\n` },
];

const MINUTE = 60_000;

afterEach(() => void vi.useRealTimers());

/** A port on which nothing listens any more. */
async function refusing(): Promise<string> {
  await using origin = await startRawOrigin();
  return origin.authority;
}

/** The code of the one connection that fails. */
async function failure(proxy: WeighedProxy): Promise<FailureCode> {
  const failed = await proxy.until(({ connections }) =>
    [...connections.values()].map((one) => one.failure).find((found) => found !== undefined),
  );
  return failed.code;
}

describe.each(asks)('asked for $how', ({ ask }) => {
  test.each([
    { what: 'a host that does not exist', authority: async () => NO_HOST, code: 'DNS_FAILED', status: 502 },
    { what: 'a port where nothing listens', authority: refusing, code: 'UPSTREAM_REFUSED', status: 502 },
  ])('$what', async ({ authority, code, status }) => {
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    client.write(ask(await authority()));
    expect(await client.ended()).toMatch(new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*\\[${code}\\]\\n$`));
    client.socket.end();
    expect(await proxy.outcome()).toBe(code);
    await expectServing(proxy.port);
  });

  test('a server that never answers', async () => {
    await using backlog = await startFullBacklog();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await using proxy = await startWeighedProxy({ dialTimeoutMs: MINUTE });
    await using client = dialPeer(proxy.port);
    client.write(ask(`127.0.0.1:${backlog.port}`));
    await expectServing(proxy.port); // so that it has been dialled
    vi.advanceTimersByTime(MINUTE);
    expect(await client.ended()).toMatch(/^HTTP\/1.1 504 [\s\S]*\[UPSTREAM_TIMEOUT\]\n$/);
    client.socket.end();
    expect(await failure(proxy)).toBe('UPSTREAM_TIMEOUT');
    await expectServing(proxy.port);
  });

  test('a server that never answers, and the client resets meanwhile', async () => {
    await using backlog = await startFullBacklog();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    client.write(ask(`127.0.0.1:${backlog.port}`));
    await expectServing(proxy.port); // so that the head has been read
    client.socket.resetAndDestroy();
    expect(await failure(proxy)).toBe('CLIENT_GONE');
    await expectServing(proxy.port);
  });
});

describe('a server that resets', () => {
  const get = (authority: string, fields = '') =>
    `GET http://${authority}/ HTTP/1.1\r\nHost: x\r\n${fields}\r\n`;
  const upgrade =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  const switching =
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';
  test.each([
    { where: 'in the middle of a head', said: 'HTTP/1.1 200 OK\r\nContent-Le', fields: '', isBegun: false },
    {
      where: 'in the middle of a chunk',
      said: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf a ch',
      fields: '',
      isBegun: true,
    },
    {
      where: 'in the middle of a frame',
      said: `${switching}\x81\x10half a fr`,
      fields: upgrade,
      isBegun: true,
    },
  ])('$where: the client is reset too, with all that came before', async ({ said, fields, isBegun }) => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    client.write(get(origin.authority, fields));
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.write(said);
    expect(await client.until(said)).toBe(said);
    server.socket.resetAndDestroy();
    expect(await client.closed()).toBe('ECONNRESET');
    expect(await proxy.outcome()).toBe('server-reset');
    const last = proxy.messages().at(-1);
    expect(last).toMatchObject(isBegun ? { from: 'server', complete: false } : { from: 'client' });
    await expectServing(proxy.port);
  });
});

describe('a client that vanishes', () => {
  test.each([
    { where: 'in the middle of a head', said: 'GET http://ha', outcome: 'BAD_REQUEST' },
    {
      where: 'in the middle of a body',
      said: 'POST http://HOST/ HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf',
      outcome: 'client-reset',
    },
    {
      where: 'in the middle of a chunk',
      said: 'POST http://HOST/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf',
      outcome: 'client-reset',
    },
  ])('$where', async ({ said, outcome }) => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    client.write(said.replace('HOST', origin.authority));
    if (said.endsWith('half')) await (await origin.next()).until('half');
    client.socket.resetAndDestroy();
    expect(await proxy.outcome()).toBe(outcome);
    await expectServing(proxy.port);
  });

  test('in the middle of a TLS handshake', async () => {
    await using origin = await startTlsOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    const hello = await clientHello('localhost');
    client.write(Buffer.concat([Buffer.from(`CONNECT localhost:${origin.port} HTTP/1.1\r\n\r\n`), hello]));
    await client.until(`${ESTABLISHED}\x16\x03`); // our ServerHello
    client.socket.resetAndDestroy();
    expect(await proxy.outcome()).toBe('CLIENT_TLS_FAILED');
    await expectServing(proxy.port);
  });

  test('with all others at once', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    const clients: Peer[] = [];
    for (let number = 0; number < 100; number++) {
      const client = dialPeer(proxy.port);
      clients.push(client);
      client.write(`GET http://${origin.authority}/${number} HTTP/1.1\r\nHost: x\r\n\r\n`);
      const server = await origin.next();
      await server.until('\r\n\r\n');
      server.write('HTTP/1.1 200 OK\r\n\r\nendless ');
      await client.until('endless ');
    }
    for (const { socket } of clients) socket.resetAndDestroy();
    const all = await Promise.all(clients.map((_, index) => proxy.outcome(index + 1)));
    expect(new Set(all)).toEqual(new Set(['client-reset']));
    await expectServing(proxy.port);
  });
});
