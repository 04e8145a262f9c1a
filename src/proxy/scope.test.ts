import { describe, expect, test } from 'vitest';
import { clientHello } from '../testing/client-hello.ts';
import { dialPeer, Peer } from '../testing/peer.ts';
import { startRawOrigin } from '../testing/raw-origin.ts';
import { testAuthority } from '../testing/test-authority.ts';
import { startTlsOrigin } from '../testing/tls-origin.ts';
import { openTlsTunnel, openTunnel } from '../testing/tunnel-client.ts';
import { startWeighedProxy, type WeighedProxy } from '../testing/weighed-proxy.ts';
import { outOf } from './scope.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** The servers that the sink learnt of, in the order of their numbers. */
function shown({ session }: WeighedProxy): (string | undefined)[] {
  return [...session.connections.values()].map(({ server }) => server && `${server.host}:${server.port}`);
}

describe('a server is out of scope', () => {
  test.each([
    { only: [], hide: [], out: [] },
    { only: ['a'], hide: [], out: ['b', 'c'] },
    { only: [], hide: ['a', 'b'], out: ['a', 'b'] },
    { only: ['a', 'b'], hide: ['b'], out: ['b', 'c'] },
  ])('only $only, hide $hide: $out', ({ only, hide, out }) => {
    const isOut = outOf({ only, hide });
    expect(['a', 'b', 'c'].filter((host) => isOut({ host, port: 443 }))).toEqual(out);
  });

  test('by any of its names', () => {
    const server = { host: '10.0.0.1', port: 443 };
    expect(outOf({ only: ['api.example'], hide: [] })(server, 'api.example')).toBe(false);
    expect(outOf({ only: ['10.*'], hide: ['api.example'] })(server, 'api.example')).toBe(true);
  });
});

describe('a hidden tunnel', () => {
  test.each([
    { told: 'by its host', scope: { only: [], hide: ['localhost'] } },
    { told: 'by the name in its TLS', scope: { only: [], hide: ['api.test'] } },
    { told: 'as none of those to be shown', scope: { only: ['elsewhere.test'], hide: [] } },
  ])("$told, shows the client the server's own certificate and the sink nothing", async ({ scope }) => {
    const { authority, leaves } = await testAuthority('origin');
    const context = await leaves.secureContext('api.test');
    await using origin = await startTlsOrigin((socket) => socket.on('data', () => socket.end(OK)), {
      context,
    });
    await using proxy = await startWeighedProxy({ scope });
    const stream = await openTlsTunnel(proxy.port, `localhost:${origin.port}`, {
      servername: 'api.test',
      ca: authority.certificatePem,
    });
    await using client = new Peer(stream);
    client.write('GET / HTTP/1.1\r\nHost: api.test\r\n\r\n');
    expect(await client.ended()).toBe(OK);
    expect(stream.authorized).toBe(true);
    await proxy.close();
    expect(shown(proxy)).toEqual([]);
  });

  test('is shown and opened where it is one of those, by the name in its TLS', async () => {
    await using origin = await startTlsOrigin((socket) => socket.on('data', () => socket.end(OK)));
    await using proxy = await startWeighedProxy({ scope: { only: ['localhost'], hide: [] } });
    const stream = await openTlsTunnel(proxy.port, `127.0.0.1:${origin.port}`, {
      servername: 'localhost',
      ca: proxy.certificate,
    });
    await using client = new Peer(stream);
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(await client.ended()).toBe(OK);
    client.socket.end();
    await proxy.over();
    expect(proxy.exchange().response?.status).toBe(200);
  });
});

describe('a failure', () => {
  test.each([
    { told: 'is not told of a hidden server', hide: ['127.0.0.1'], failures: [] },
    { told: 'is told of another', hide: ['127.0.0.2'], failures: ['UPSTREAM_REFUSED'] },
  ])('$told, and the client learns of it in any case', async ({ hide, failures }) => {
    await using proxy = await startWeighedProxy({ scope: { only: [], hide } });
    const port = await closedPort();
    await expect(openTunnel(proxy.port, `127.0.0.1:${port}`)).rejects.toThrow('UPSTREAM_REFUSED');
    await using client = dialPeer(proxy.port);
    client.write(`GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(await client.ended()).toContain('UPSTREAM_REFUSED');
    client.socket.end();
    await proxy.close();
    const told = [...proxy.session.connections.values()].map(({ failure }) => failure?.code);
    expect(told).toEqual([...failures, ...failures]);
  });

  test('in the middle of a request is not told of a hidden server', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy({ scope: { only: [], hide: ['127.0.0.1'] } });
    await using client = dialPeer(proxy.port);
    client.write(`POST http://${origin.authority}/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const server = await origin.next();
    await server.until('\r\n\r\n');
    client.write('no chunk\r\n');
    expect(await client.ended()).toContain('BAD_REQUEST');
    await proxy.close();
    expect(shown(proxy)).toEqual([]);
  });

  test('of TLS is told of a server that is shown by its name in TLS alone', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy({ scope: { only: ['api.test'], hide: [] } });
    const hello = await clientHello('api.test');
    await using client = new Peer((await openTunnel(proxy.port, origin.authority, hello)).resume());
    (await origin.next()).socket.end('not TLS');
    await client.until(1); // the handshake in which it would be told
    client.socket.end();
    expect(await proxy.outcome()).toBe('UPSTREAM_TLS_FAILED');
  });

  test('that is about tare itself is told, whatever is to be shown', async () => {
    await using proxy = await startWeighedProxy({ scope: { only: ['elsewhere.test'], hide: [] } });
    await using client = dialPeer(proxy.port);
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await client.ended();
    client.socket.end();
    expect(await proxy.outcome()).toBe('BAD_REQUEST');
  });
});

describe('the books balance of a client that asks hidden and shown servers over one socket', () => {
  test.each([
    { order: 'shown, hidden', asked: ['shown', 'hidden'] },
    { order: 'hidden, shown', asked: ['hidden', 'shown'] },
    { order: 'in turns, shown last', asked: ['shown', 'hidden', 'shown', 'hidden', 'shown'] },
    { order: 'in turns, hidden last', asked: ['hidden', 'shown', 'hidden', 'shown', 'hidden'] },
  ] as const)('$order', async ({ asked }) => {
    await using shownOrigin = await startRawOrigin();
    await using hiddenOrigin = await startRawOrigin();
    await using proxy = await startWeighedProxy({ scope: { only: [], hide: [hiddenOrigin.authority] } });
    await using client = dialPeer(proxy.port);
    const origins = { shown: shownOrigin, hidden: hiddenOrigin };
    const peers = new Map<string, Peer>();
    for (const [index, which] of asked.entries()) {
      client.write(
        `GET http://${origins[which].authority}/${index} HTTP/1.1\r\nProxy-A: b\r\nHost: x\r\n\r\n`,
      );
      const peer = peers.get(which) ?? (await origins[which].next());
      peers.set(which, peer);
      await peer.until(`GET /${index} `);
      peer.write(OK);
      await client.until(OK.length * (index + 1));
    }
    client.socket.end();
    for (const peer of peers.values()) {
      await peer.ended();
      peer.socket.end();
    }
    await client.ended();
    expect(await proxy.outcome()).toBe('ended');
    expect(shown(proxy)).toEqual([shownOrigin.authority]);
    const count = asked.filter((which) => which === 'shown').length;
    expect(proxy.session.exchanges).toHaveLength(count);
    expect((await proxy.over()).closing?.downstream.server).toBe(count * OK.length);
  }); // and at its end the proxy's books are compared with its sockets

  test('a request, then a hidden tunnel', async () => {
    await using shownOrigin = await startRawOrigin();
    await using hiddenOrigin = await startRawOrigin();
    await using proxy = await startWeighedProxy({ scope: { only: [], hide: [hiddenOrigin.authority] } });
    await using client = dialPeer(proxy.port);
    client.write(`GET http://${shownOrigin.authority}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    const first = await shownOrigin.next();
    await first.until('\r\n\r\n');
    first.write(OK);
    await client.until(OK);
    client.write(`CONNECT ${hiddenOrigin.authority} HTTP/1.1\r\n\r\n`);
    const second = await hiddenOrigin.next();
    await client.until('Established');
    client.socket.end('\x01secret');
    expect(await second.ended()).toBe('\x01secret');
    second.socket.end('\x01answer');
    first.socket.end();
    await client.ended();
    expect(await proxy.outcome()).toBe('ended');
    await proxy.close();
    expect(shown(proxy)).toEqual([shownOrigin.authority]);
    expect(proxy.session.connections.get(1)?.closing?.downstream.server).toBe(OK.length);
  });
});

/** A port that nothing listens on. */
async function closedPort(): Promise<number> {
  const origin = await startRawOrigin();
  await origin[Symbol.asyncDispose]();
  return origin.port;
}
