import { describe, expect, test } from 'vitest';
import { dialPeer } from '../testing/peer.ts';
import { startRawOrigin } from '../testing/raw-origin.ts';
import { testAuthority } from '../testing/test-authority.ts';
import { startTlsOrigin } from '../testing/tls-origin.ts';
import { openTlsTunnel, openTunnel } from '../testing/tunnel-client.ts';
import { startWeighedProxy } from '../testing/weighed-proxy.ts';
import { addressBook } from './resolution.ts';

describe('the addresses of', () => {
  const addressesOf = addressBook([
    { host: 'a.test', port: 443, addresses: ['10.0.0.1'] },
    { host: '*', port: 443, addresses: ['10.0.0.2', '::1'] },
    { host: 'A.TEST', port: 443, addresses: ['10.0.0.3'] },
    { host: 'a.test', port: 80, addresses: ['10.0.0.4'] },
  ]);
  test.each([
    { host: 'a.test', port: 443, addresses: ['10.0.0.3'] },
    { host: 'A.Test', port: 80, addresses: ['10.0.0.4'] },
    { host: 'b.test', port: 443, addresses: ['10.0.0.2', '::1'] },
    { host: '192.0.2.1', port: 443, addresses: ['10.0.0.2', '::1'] },
    { host: 'b.test', port: 80, addresses: undefined },
  ])('$host:$port are $addresses', ({ host, port, addresses }) => {
    expect(addressesOf({ host, port })).toEqual(addresses);
  });
});

describe('a server that no name server knows', () => {
  test('is found where it was said to be, and keeps its name in Host', async () => {
    await using origin = await startRawOrigin();
    const addresses = ['127.0.0.1'];
    await using proxy = await startWeighedProxy({
      resolutions: [{ host: 'api.invalid', port: origin.port, addresses }],
    });
    await using client = dialPeer(proxy.port);
    client.write(
      `GET http://api.invalid:${origin.port}/ HTTP/1.1\r\nHost: api.invalid:${origin.port}\r\n\r\n`,
    );
    const server = await origin.next();
    expect(await server.until('\r\n\r\n')).toBe(`GET / HTTP/1.1\r\nHost: api.invalid:${origin.port}\r\n\r\n`);
    server.socket.end('HTTP/1.1 204 No Content\r\n\r\n');
    await client.ended();
    client.socket.end();
    const { facts } = await proxy.over();
    expect(facts).toMatchObject({
      server: { host: 'api.invalid', port: origin.port },
      serverAddress: { host: '127.0.0.1', port: origin.port },
    });
    expect(facts?.timings.dns).toBeUndefined();
  });

  test('keeps its name in TLS, and its certificate is judged by that', async () => {
    const { leaves } = await testAuthority('origin');
    const context = await leaves.secureContext('api.invalid');
    await using origin = await startTlsOrigin(undefined, { context, SNICallback: (_, done) => done(null) });
    const resolutions = [{ host: '*', port: origin.port, addresses: ['127.0.0.1'] }];
    await using proxy = await startWeighedProxy({ resolutions });
    const stream = await openTlsTunnel(proxy.port, `api.invalid:${origin.port}`, {
      servername: 'api.invalid',
      ca: proxy.certificate,
    });
    const { socket } = await origin.next();
    expect([stream.authorized, Reflect.get(socket, 'servername')]).toEqual([true, 'api.invalid']);
    stream.destroy();
    socket.destroy();
    await proxy.over();
  });

  test('is tried at its addresses in order', async () => {
    await using origin = await startRawOrigin();
    const resolutions = [
      { host: 'api.invalid', port: origin.port, addresses: ['127.0.0.2', '127.0.0.3', '127.0.0.1'] },
    ];
    await using proxy = await startWeighedProxy({ resolutions });
    const socket = await openTunnel(proxy.port, `api.invalid:${origin.port}`);
    socket.resetAndDestroy();
    expect((await proxy.over()).facts?.serverAddress?.host).toBe('127.0.0.1');
  });

  test('and is at none of them: told with the last one', async () => {
    await using proxy = await startWeighedProxy({
      resolutions: [{ host: 'api.invalid', port: 1, addresses: ['127.0.0.2', '127.0.0.3'] }],
    });
    await expect(openTunnel(proxy.port, 'api.invalid:1')).rejects.toThrow(
      'api.invalid:1, by --resolve at 127.0.0.3, refused the connection: nothing listens there',
    );
    expect(await proxy.outcome()).toBe('UPSTREAM_REFUSED');
  });
});
