import { describe, expect, test } from 'vitest';
import { dialPeer } from '../../testing/peer.ts';
import { startRawOrigin } from '../../testing/raw-origin.ts';
import { endInOrder, GET, OK, startReverse } from '../../testing/reverse-proxy.ts';
import type { WeighedProxy } from '../../testing/weighed-proxy.ts';

describe('connections to the origin', () => {
  test('are shared by clients that come after each other', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using one = dialPeer(proxy.port);
    one.write('POST / HTTP/1.1\r\nHost: me\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n');
    const server = await origin.next();
    await server.until('0\r\n\r\n');
    server.write(OK);
    await one.until('ok');
    await endInOrder(one, proxy);
    await using two = dialPeer(proxy.port);
    two.write(GET);
    await server.until('GET / ');
    server.write(OK);
    await two.until('ok');
    await endInOrder(two, proxy, 2);
    expect(origin.connections).toBe(1);
  });

  test('that the origin has ended are not used again', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write(GET);
    const first = await origin.next();
    await first.until('\r\n\r\n');
    first.write(OK);
    await client.until('ok');
    first.socket.end();
    await first.closed();
    client.write('POST / HTTP/1.1\r\nHost: me\r\n\r\n');
    const second = await origin.next();
    await second.until('POST / ');
    second.write(OK);
    await client.until(2 * OK.length);
    await endInOrder(client, proxy);
  });

  /** An origin that answers one request of a connection and resets it at the next. */
  async function afterOneAnswer(
    proxy: WeighedProxy,
    origin: Awaited<ReturnType<typeof startRawOrigin>>,
    next: string,
  ) {
    const client = dialPeer(proxy.port);
    client.write(GET);
    const first = await origin.next();
    await first.until('\r\n\r\n');
    first.write(OK);
    await client.until('ok');
    client.write(next);
    await first.until(next.slice(0, 5));
    first.socket.resetAndDestroy();
    return client;
  }

  test.each(['GET', 'DELETE', 'HEAD'])(
    'that die under a %s have it sent again on a new one',
    async (method) => {
      await using origin = await startRawOrigin();
      await using proxy = await startReverse(`http://${origin.authority}`);
      await using client = await afterOneAnswer(proxy, origin, `${method} /2 HTTP/1.1\r\nHost: me\r\n\r\n`);
      const second = await origin.next();
      expect(await second.until('\r\n\r\n')).toContain(`${method} /2 HTTP/1.1\r\n`);
      const answer = 'HTTP/1.1 204 No Content\r\n\r\n';
      second.write(answer);
      expect(await client.until(OK.length + answer.length)).toBe(OK + answer);
      await endInOrder(client, proxy);
    },
  );

  test('that die under a POST have it answered with 502, since it may have been served', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = await afterOneAnswer(
      proxy,
      origin,
      'POST /2 HTTP/1.1\r\nHost: me\r\nContent-Length: 0\r\n\r\n',
    );
    const told = await client.until('[UPSTREAM_RESET]\n');
    expect(told).toContain('HTTP/1.1 502 Bad Gateway\r\n');
    expect(told).toContain('so it was not sent twice [UPSTREAM_RESET]');
    expect(origin.connections).toBe(1);
    await endInOrder(client, proxy);
    expect(await proxy.outcome(2)).toBe('UPSTREAM_RESET');
  });

  test('are let go where the origin answers before it has read all', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write('POST / HTTP/1.1\r\nHost: me\r\nContent-Length: 8\r\n\r\nhalf');
    const server = await origin.next();
    await server.until('half');
    server.write('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n');
    await client.until('\r\n\r\n');
    await server.ended();
    client.write(`rest${GET}`);
    const second = await origin.next();
    await second.until('GET / ');
    second.write(OK);
    await client.until('ok');
    await endInOrder(client, proxy);
  });

  test('are let go where the client leaves in the middle of its request', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using client = dialPeer(proxy.port);
    client.write('POST / HTTP/1.1\r\nHost: me\r\nContent-Length: 8\r\n\r\nhalf');
    const server = await origin.next();
    await server.until('half');
    client.socket.destroy();
    await server.ended();
    expect(await proxy.outcome()).toBe('client-gone');
  });

  test('end with tare, those that wait included', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    await using one = dialPeer(proxy.port);
    one.write(GET);
    const waiting = await origin.next();
    await waiting.until('\r\n\r\n');
    waiting.write(OK);
    await one.until('ok');
    await using two = dialPeer(proxy.port);
    two.write('POST / HTTP/1.1\r\nHost: me\r\nContent-Length: 9\r\n\r\n');
    await waiting.until('POST');
    await proxy.close();
    await Promise.all([one, two, waiting].map((peer) => Promise.any([peer.ended(), peer.closed()])));
    expect(await Promise.all([proxy.outcome(1), proxy.outcome(2)])).toEqual(['stopped', 'stopped']);
  });
});
