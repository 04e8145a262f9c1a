import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { dialPeer, Peer } from '../testing/peer.ts';
import { startRawOrigin } from '../testing/raw-origin.ts';
import { TemporaryFolder } from '../testing/temporary-folder.ts';
import { testAuthority } from '../testing/test-authority.ts';
import { startTlsOrigin } from '../testing/tls-origin.ts';
import { openTlsTunnel, openTunnel } from '../testing/tunnel-client.ts';
import { startProxy } from './tare-proxy.ts';
import { NoEventError } from './wanted-event.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const GET = 'GET / HTTP/1.1\r\nHost: chat.example\r\n\r\n';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a proxy', () => {
  test('serves, tells and weighs', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startProxy({ reverse: `http://${origin.authority}/base` });
    const closed = proxy.until('connection-closed');
    await using client = dialPeer(proxy.port);
    client.write(GET);
    const server = await origin.next();
    expect(await server.until('\r\n\r\n')).toMatch(/^GET \/base\/ HTTP\/1\.1\r\n/);
    server.write(OK);
    await client.until('ok');
    const { exchange } = await proxy.until('exchange-closed');
    expect(exchange).toMatchObject({ request: { target: '/' }, response: { status: 200 } });
    expect([...proxy.messages(exchange)].map((message) => message.text())).toEqual(['', 'ok']);
    client.socket.end();
    expect((await closed).connection).toMatchObject({ mode: 'reverse', reason: 'ended', exchanges: 1 });
    expect(proxy.snapshot()).toMatchObject({
      totals: { connections: 1, weight: { gross: GET.length + OK.length, payload: 2 } },
      audit: { balanced: 1, imbalances: [] },
    });
  });

  test('opens TLS for clients that trust it', async () => {
    const { authority } = await testAuthority('origin');
    await using origin = await startTlsOrigin();
    await using proxy = await startProxy({ upstreamCa: authority.certificatePem });
    const options = { servername: 'localhost', ca: proxy.ca.certificate };
    await using client = new Peer(await openTlsTunnel(proxy.port, `localhost:${origin.port}`, options));
    client.write(GET);
    const server = await origin.next();
    await server.until('\r\n\r\n');
    server.write(OK);
    await client.until('ok');
    const response = await proxy.until('message', ({ message }) => message.kind === 'response');
    expect(response.message.text()).toBe('ok');
    expect(proxy.connection(1)).toMatchObject({
      ...{ mode: 'connect', server: { host: 'localhost', port: origin.port } },
      tls: { version: 'TLSv1.3', serverName: 'localhost' },
    });
  });

  test('finds servers where it is told to, and shows what is wanted', async () => {
    await using origin = await startRawOrigin();
    const resolution = { host: '*', port: origin.port, addresses: ['127.0.0.1'] };
    await using proxy = await startProxy({ resolve: [resolution], hide: ['hidden.example'] });
    for (const host of ['hidden.example', 'chat.example']) {
      await using client = new Peer(await openTunnel(proxy.port, `${host}:${origin.port}`));
      client.socket.end();
      const server = await origin.next();
      server.socket.end();
      await client.ended();
    }
    await proxy.close();
    expect([...proxy.connections()].map(({ server }) => server?.host)).toEqual(['chat.example']);
  });
});

describe('where it is', () => {
  test('is told for clients and for child processes', async () => {
    await using proxy = await startProxy();
    const { url, host, port, ca, env } = proxy;
    expect({ url, host }).toEqual({ url: `http://127.0.0.1:${port}`, host: '127.0.0.1' });
    expect(env).toMatchObject({
      ...{ HTTP_PROXY: url, HTTPS_PROXY: url, http_proxy: url, https_proxy: url, no_proxy: '' },
      NODE_EXTRA_CA_CERTS: ca.file,
    });
  });

  test('is the loopback address where it listens on all', async () => {
    await using proxy = await startProxy({ host: '0.0.0.0' });
    expect([proxy.host, proxy.url]).toEqual(['0.0.0.0', `http://127.0.0.1:${proxy.port}`]);
  });

  test('is an error where somebody else is', async () => {
    using folder = new TemporaryFolder();
    await using origin = await startRawOrigin();
    await expect(startProxy({ port: origin.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(readdirSync(folder.path)).toEqual([]);
  });
});

describe('its authority', () => {
  test('is its own, touches nothing of the user’s, and goes with it', async () => {
    using folder = new TemporaryFolder();
    vi.stubEnv('XDG_CONFIG_HOME', folder.path);
    const proxy = await startProxy();
    const { certificate, file } = proxy.ca;
    expect(readFileSync(file, 'utf8')).toBe(certificate);
    expect(readdirSync(dirname(file))).toEqual(['ca-cert.pem']);
    expect(readdirSync(folder.path).length).toBe(1);
    await using other = await startProxy();
    expect(other.ca.certificate).not.toBe(certificate);
    await proxy.close();
    expect(existsSync(file)).toBe(true);
    await proxy[Symbol.asyncDispose]();
    expect(existsSync(dirname(file))).toBe(false);
  });

  test('is kept in a folder that is named', async () => {
    using folder = new TemporaryFolder();
    const caFolder = join(folder.path, 'ca');
    await using first = await startProxy({ caFolder });
    await using second = await startProxy({ caFolder });
    expect(first.ca).toEqual(second.ca);
    expect(first.ca.file).toBe(join(caFolder, 'ca-cert.pem'));
    await first[Symbol.asyncDispose]();
    expect(readdirSync(caFolder).sort()).toEqual(['ca-cert.pem', 'ca-key.pem']);
  });
});

describe('its end', () => {
  test('closes connections, ends events and waits, and leaves what was seen', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startProxy({ reverse: `http://${origin.authority}` });
    const events = proxy.events('connection-closed');
    await using client = dialPeer(proxy.port);
    client.write(GET);
    await origin.next();
    const waiting = proxy.until('fault');
    await proxy.until('exchange-opened');
    await Promise.all([proxy.close(), proxy.close(), expect(waiting).rejects.toBeInstanceOf(NoEventError)]);
    expect(await events.next()).toMatchObject({ value: { connection: { number: 1, reason: 'stopped' } } });
    expect(await events.next()).toEqual({ value: undefined, done: true });
    expect([...proxy.messages()].map(({ kind }) => kind)).toEqual(['request']);
    expect(await proxy.until('connection-opened')).toMatchObject({ connection: { number: 1 } });
  });

  test('is followed by forgetting where it is disposed of', async () => {
    await using origin = await startRawOrigin();
    const proxy = await startProxy({ reverse: `http://${origin.authority}` });
    await using client = dialPeer(proxy.port);
    client.write(GET);
    const { message } = await proxy.until('message');
    expect(message.text()).toBe('');
    await proxy[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
    expect([message.text(), [...proxy.messages()], [...proxy.exchanges()]]).toEqual([undefined, [], []]);
  });
});

test('wrong options are refused before anything starts', async () => {
  await expect(startProxy({ port: -1 })).rejects.toThrow(
    new TypeError('startProxy: port: not a whole number from 0 to 65535: -1'),
  );
});
