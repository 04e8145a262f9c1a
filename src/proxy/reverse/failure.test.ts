import { describe, expect, test } from 'vitest';
import { startFullBacklog } from '../../testing/full-backlog.ts';
import { dialPeer } from '../../testing/peer.ts';
import { startRawOrigin } from '../../testing/raw-origin.ts';
import { endInOrder, GET, startReverse } from '../../testing/reverse-proxy.ts';
import { startTlsOrigin } from '../../testing/tls-origin.ts';
import type { WeighedProxy } from '../../testing/weighed-proxy.ts';
import { upstreamTrust } from '../tls-opening.ts';

describe('a request that the origin does not answer', () => {
  /** What a client gets to read, and what the session does. */
  async function refusal(proxy: WeighedProxy, head = GET) {
    await using client = dialPeer(proxy.port);
    client.write(head);
    const answer = await client.until(/HEAD/.test(head) ? '\r\n\r\n' : ']');
    await endInOrder(client, proxy);
    const { failure } = await proxy.over(2);
    return { answer, failure };
  }

  test('nobody listens', async () => {
    const { authority } = await startRawOrigin().then(async (origin) => {
      await origin[Symbol.asyncDispose]();
      return origin;
    });
    await using proxy = await startReverse(`http://${authority}`);
    const { answer, failure } = await refusal(proxy);
    const message = `${authority} refused the connection: nothing listens there`;
    expect(answer).toContain('HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain; charset=utf-8\r\n');
    expect(answer).toContain(`\r\n\r\ntare: ${message} [UPSTREAM_REFUSED]`);
    expect(failure).toEqual({ code: 'UPSTREAM_REFUSED', message });
  });

  test('the client may ask again on the same connection, and read it as a page', async () => {
    await using gone = await startRawOrigin();
    const { authority } = gone;
    await gone[Symbol.asyncDispose]().catch(() => {});
    await using proxy = await startReverse(`http://${authority}`);
    await using client = dialPeer(proxy.port);
    client.write('POST / HTTP/1.1\r\nHost: me\r\nContent-Length: 4\r\n\r\nbody');
    await client.until(']');
    client.write('GET / HTTP/1.1\r\nHost: me\r\nAccept: text/html,*/*\r\n\r\n');
    expect(await client.until('</html>')).toContain('<code>UPSTREAM_REFUSED</code>');
    await endInOrder(client, proxy);
    const failures = [...proxy.session.connections.values()].filter(({ failure }) => failure);
    expect(failures).toHaveLength(2);
  }, 10_000);

  test.each([
    { name: 'it hangs up', answer: '', code: 'UPSTREAM_RESET', words: 'hung up before it answered' },
    {
      name: 'it hangs up in its head',
      answer: 'HTTP/1.1 200 OK\r\nA:',
      code: 'UPSTREAM_RESET',
      words: 'hung up before',
    },
    {
      name: 'it speaks something else',
      answer: 'SSH-2.0-OpenSSH\r\n',
      code: 'UPSTREAM_NOT_HTTP',
      words: 'no HTTP/1.1',
    },
    {
      name: 'its length is not sure',
      answer: 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na',
      code: 'UPSTREAM_NOT_HTTP',
      words: 'no HTTP/1.1',
    },
  ])('$name', async ({ answer, code, words }) => {
    await using origin = await startRawOrigin();
    await using proxy = await startReverse(`http://${origin.authority}`);
    const refused = refusal(proxy);
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.socket.end(answer);
    const { answer: told, failure } = await refused;
    expect(told).toContain('HTTP/1.1 502 Bad Gateway\r\n');
    expect(told).toContain(words);
    expect(failure?.code).toBe(code);
  });

  test('it does not accept in time', async () => {
    await using backlog = await startFullBacklog();
    await using proxy = await startReverse(`http://127.0.0.1:${backlog.port}`, { dialTimeoutMs: 50 });
    const { answer, failure } = await refusal(proxy);
    expect(answer).toContain('HTTP/1.1 504 Gateway Timeout\r\n');
    expect(failure?.code).toBe('UPSTREAM_TIMEOUT');
  });

  test('its certificate is not trusted', async () => {
    await using origin = await startTlsOrigin();
    await using proxy = await startReverse(`https://localhost:${origin.port}`, {
      trust: upstreamTrust(false, []),
    });
    const { answer, failure } = await refusal(proxy);
    expect(answer).toContain('trust its root with --upstream-ca FILE');
    expect(failure?.code).toBe('UPSTREAM_CERTIFICATE_REFUSED');
  });

  test('it is tare itself', async () => {
    await using first = await startRawOrigin();
    const { port } = first;
    await first[Symbol.asyncDispose]().catch(() => {});
    await using proxy = await startReverse(`http://127.0.0.1:${port}`, {
      listen: { host: '127.0.0.1', port },
    });
    const { answer, failure } = await refusal(proxy, 'GET /loop HTTP/1.1\r\nHost: me\r\n\r\n');
    expect(answer).toContain('HTTP/1.1 508 Loop Detected\r\n');
    expect(failure?.code).toBe('LOOP');
  });
});
