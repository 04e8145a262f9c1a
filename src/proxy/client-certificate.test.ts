import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer, request, type Server } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SignedIdentity, signedIdentity } from '../testing/signed-identity.ts';
import { testAuthority } from '../testing/test-authority.ts';
import { openTlsTunnel } from '../testing/tunnel-client.ts';
import { startWeighedProxy } from '../testing/weighed-proxy.ts';
import { whenClosed } from './connection.ts';
import { openServerTls, upstreamTrust, wantsCertificate } from './tls-opening.ts';

let root: string;
let ada: SignedIdentity;
let bob: SignedIdentity;
/** An https server that lets in only those whom its authority vouches for, and answers with who they are. */
let server: Server;
let port: number;

beforeAll(async () => {
  root = (await testAuthority('origin')).authority.certificatePem;
  [ada, bob] = await Promise.all([signedIdentity('ada.test'), signedIdentity('bob.test')]);
  const own = await signedIdentity('localhost');
  server = createServer(
    { ...own, ca: root, requestCert: true, rejectUnauthorized: true },
    (asked, response) => {
      const { subject } = (asked.socket as TLSSocket).getPeerX509Certificate()!;
      response.setHeader('Connection', 'close').end(subject);
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});

afterAll(async () => {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
});

/** What the server answers to a client without a certificate of its own, through a proxy with these. */
async function answered(certificates: readonly (readonly [string, SignedIdentity])[]): Promise<string> {
  const meant = certificates.map(([servers, identity]) => ({ servers, identity }));
  await using proxy = await startWeighedProxy({ trust: upstreamTrust(false, [root], meant) });
  const stream = await openTlsTunnel(proxy.port, `localhost:${port}`, {
    servername: 'localhost',
    ca: proxy.certificate,
  });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ createConnection: () => stream }, resolve)
      .on('error', reject)
      .end();
  });
  return (await response.toArray()).join('');
}

test('a server that asks who is there, and is shown nothing, is what the connection ended for', async () => {
  await using proxy = await startWeighedProxy({ trust: upstreamTrust(false, [root], []) });
  const stream = await openTlsTunnel(proxy.port, `localhost:${port}`, {
    servername: 'localhost',
    ca: proxy.certificate,
  });
  stream.on('error', () => {}).on('end', () => stream.end());
  stream.resume().write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect(await proxy.outcome()).toBe('certificate-required');
});

test('what the server says of it is kept until somebody listens', async () => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const wish = { serverName: 'localhost', alpn: [] };
  const trust = upstreamTrust(false, [root], []);
  const options = { timeoutMs: 30_000 };
  const stream = await openServerTls(socket, { host: 'localhost', port }, wish, trust, options);
  await new Promise<void>((resolve) => whenClosed(stream, resolve));
  expect(wantsCertificate(stream.errored)).toBe(true);
});

describe('a server that asks who is there is shown', () => {
  test.each([
    { told: 'the certificate for its host', patterns: ['localhost'] },
    { told: 'the certificate for hosts like it', patterns: ['elsewhere.test', 'local*'] },
    { told: 'the first that fits', patterns: ['*', 'localhost'] },
  ])('$told', async ({ patterns }) => {
    const fits = patterns.findIndex((pattern) => pattern !== 'elsewhere.test');
    const certificates = patterns.map((pattern, index) => [pattern, index === fits ? ada : bob] as const);
    expect(await answered(certificates)).toBe('CN=ada.test');
  });

  test('the certificate for its port', async () => {
    expect(
      await answered([
        ['localhost:1', bob],
        [`localhost:${port}`, ada],
      ]),
    ).toBe('CN=ada.test');
  });

  test('nothing, where none is for it', async () => {
    await expect(answered([['elsewhere.test', ada]])).rejects.toThrow();
  });
});

test('a certificate without its key is said at once, not when a server asks', () => {
  const identity = { cert: ada.cert, key: bob.key };
  expect(() => upstreamTrust(false, [root], [{ servers: '*', identity }])).toThrow(/key values mismatch/);
});

test('one context serves all connections that show the same', () => {
  const trust = upstreamTrust(false, [root], [{ servers: 'a', identity: ada }]);
  const context = (host: string) => trust.contextFor({ host, port: 443 });
  expect(context('a')).toBe(context('A'));
  expect(context('b')).toBe(context('c'));
  expect(context('a')).not.toBe(context('b'));
});
