import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect as connectHttp2, createSecureServer } from 'node:http2';
import { createServer, request } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { type ConnectionOptions, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { clientHello } from '../testing/client-hello.ts';
import { dialPeer, Peer } from '../testing/peer.ts';
import { startRawOrigin } from '../testing/raw-origin.ts';
import { testAuthority } from '../testing/test-authority.ts';
import { startTlsOrigin } from '../testing/tls-origin.ts';
import { openTlsTunnel } from '../testing/tunnel-client.ts';
import { startWeighedProxy, type WeighedProxy } from '../testing/weighed-proxy.ts';
import { certificateSigner, signedCertificate } from './certificate-signing.ts';
import { LeafCertificates } from './leaf-certificates.ts';
import { upstreamTrust } from './tls-opening.ts';

const DAY = 24 * 60 * 60 * 1000;
const ASK = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Answers every request alike. */
function answering(socket: TLSSocket): void {
  socket.on('data', () => socket.write(OK)).on('end', () => socket.end());
}

function clientOf(proxy: WeighedProxy, port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const own = { servername: 'localhost', ca: proxy.certificate };
  return openTlsTunnel(proxy.port, `localhost:${port}`, { ...own, ...options });
}

describe('TLS is opened', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    '%s, and every byte on the wire is accounted for',
    async (version) => {
      await using origin = await startTlsOrigin(answering, { ALPNProtocols: ['http/1.1'] });
      await using proxy = await startWeighedProxy();
      const stream = await clientOf(proxy, origin.port, {
        maxVersion: version,
        minVersion: version,
        ALPNProtocols: ['h2', 'http/1.1'],
      });
      await using client = new Peer(stream);
      expect([stream.authorized, stream.alpnProtocol]).toEqual([true, 'http/1.1']);
      client.write(ASK);
      await client.until(OK);
      client.socket.end();
      await client.ended();
      const { reason, facts, closing, ledger } = await proxy.over();
      expect(reason).toBe('ended');
      expect(facts?.tls).toMatchObject({ version: 'TLSv1.3', alpn: 'http/1.1', serverName: 'localhost' });
      const { client: sent, server: received } = await origin.counted();
      expect(closing).toMatchObject({
        tapped: { client: ASK.length, server: OK.length },
        upstream: { client: sent, server: received },
        tls: { client: sent - ASK.length, server: received - OK.length },
      });
      expect([ledger.client.tls, ledger.server.tls]).toEqual([sent - ASK.length, received - OK.length]);
    },
  );

  test("for Node's https client and server", async () => {
    const server = createServer({ SNICallback: byTestAuthority }, (incoming, response) => {
      response.setHeader('X-Client', String(incoming.headers['x-case']));
      incoming.pipe(response);
    });
    await using origin = await listening(server);
    await using proxy = await startWeighedProxy();
    const stream = await clientOf(proxy, origin.port);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { createConnection: () => stream, method: 'POST', headers: { 'X-Case': 'a' } };
      request(options, resolve).on('error', reject).end('body');
    });
    expect([response.headers['x-client'], (await response.toArray()).join('')]).toEqual(['a', 'body']);
    expect(proxy.messages().map(({ kind, text }) => [kind, text])).toEqual([
      ['request', 'body'],
      ['response', 'body'],
    ]);
  });

  test('for HTTP/2, whose bytes are counted', async () => {
    const server = createSecureServer({ SNICallback: byTestAuthority });
    server.on('stream', (stream) => {
      stream.respond({ ':status': 200 });
      stream.end('over h2');
    });
    await using origin = await listening(server);
    await using proxy = await startWeighedProxy();
    const stream = await clientOf(proxy, origin.port, { ALPNProtocols: ['h2', 'http/1.1'] });
    const session = connectHttp2('https://localhost', { createConnection: () => stream });
    const asked = session.request({ ':path': '/' });
    expect((await asked.toArray()).join('')).toBe('over h2');
    session.close();
    await once(session, 'close');
    const { ledger, protocol, facts, closing } = await proxy.over();
    expect([protocol, facts?.tls?.alpn]).toEqual(['http2', 'h2']);
    expect([ledger.client.undecoded, ledger.server.undecoded]).toEqual([
      closing?.tapped.client,
      closing?.tapped.server,
    ]);
    expect(ledger.server.undecoded).toBeGreaterThan('over h2'.length);
  });

  test('for wss, message by message', async () => {
    const server = new WebSocketServer({ noServer: true });
    server.on('connection', (socket) => socket.on('message', (data) => socket.send(`echo ${String(data)}`)));
    const http = createServer();
    http.on('upgrade', (asked, socket, head) =>
      server.handleUpgrade(asked, socket, head, (one) => server.emit('connection', one, asked)),
    );
    await using origin = await startTlsOrigin((socket) => http.emit('secureConnection', socket));
    await using proxy = await startWeighedProxy();
    const stream = await clientOf(proxy, origin.port);
    const client = new WebSocket(`wss://localhost:${origin.port}/chat`, { createConnection: () => stream });
    await once(client, 'open');
    client.send('hello');
    expect(String((await once(client, 'message'))[0])).toBe('echo hello');
    client.close(1000);
    await once(client, 'close');
    await proxy.over();
    expect(proxy.exchange()).toMatchObject({ protocol: 'websocket', response: { status: 101 } });
    expect(
      proxy
        .messages()
        .map(({ kind, text }) => [kind, text])
        .slice(2, 4),
    ).toEqual([
      ['text', 'hello'],
      ['text', 'echo hello'],
    ]);
    expect(proxy.session.faults).toEqual([]);
  });
});

/** Gives every name the certificate for localhost. */
function byTestAuthority(_: string, give: (error: Error | null, context?: SecureContext) => void): void {
  contextFor('localhost').then((context) => give(null, context), give);
}

describe('ALPN is mirrored', () => {
  test.each([
    { name: 'what both speak', offered: ['h2', 'http/1.1'], spoken: ['http/1.1'], chosen: 'http/1.1' },
    { name: "the server's favourite", offered: ['h2', 'http/1.1'], spoken: ['h2', 'http/1.1'], chosen: 'h2' },
    { name: 'nothing to a client that offers none', offered: [], spoken: ['http/1.1'], chosen: false },
    { name: 'nothing where the server chooses none', offered: ['h2'], spoken: [], chosen: false },
    {
      name: 'names nobody knows',
      offered: ['\xff\x00odd', 'x'.repeat(255)],
      spoken: ['x'.repeat(255)],
      chosen: 'x'.repeat(255),
    },
  ])('$name', async ({ offered, spoken, chosen }) => {
    await using origin = await startTlsOrigin(answering, spoken.length > 0 ? { ALPNProtocols: spoken } : {});
    await using proxy = await startWeighedProxy();
    const ALPNProtocols = Buffer.concat(
      offered.map((one) => Buffer.from(String.fromCharCode(one.length) + one, 'latin1')),
    );
    const stream = await clientOf(proxy, origin.port, offered.length > 0 ? { ALPNProtocols } : {});
    await using client = new Peer(stream);
    expect(stream.alpnProtocol).toBe(chosen);
    client.write(ASK);
    await client.until(OK);
    expect(proxy.session.connections.get(1)?.facts?.tls?.alpn).toBe(chosen || undefined);
  });
});

describe('the certificate names what the client asked for', () => {
  test('an address, where it names no server', async () => {
    await using origin = await startTlsOrigin(answering, { context: await contextFor('127.0.0.1') });
    await using proxy = await startWeighedProxy();
    const stream = await openTlsTunnel(proxy.port, `127.0.0.1:${origin.port}`, {
      ca: proxy.certificate,
      host: '127.0.0.1',
    });
    await using client = new Peer(stream);
    expect(stream.getPeerCertificate().subjectaltname).toBe('IP Address:127.0.0.1');
    client.write(ASK);
    await client.until(OK);
    expect(proxy.session.connections.get(1)?.facts?.tls?.serverName).toBeUndefined();
  });

  test('the server name, where that is another than the host of the CONNECT', async () => {
    await using origin = await startTlsOrigin(answering, { context: await contextFor('name.test') });
    await using proxy = await startWeighedProxy();
    const stream = await openTlsTunnel(proxy.port, `127.0.0.1:${origin.port}`, {
      ca: proxy.certificate,
      servername: 'name.test',
    });
    await using client = new Peer(stream);
    expect(stream.getPeerCertificate().subjectaltname).toBe('DNS:name.test');
    client.write(ASK);
    await client.until(OK);
  });
});

async function contextFor(host: string, now?: () => number): Promise<SecureContext> {
  const { authority, leaves } = await testAuthority('origin');
  return (now ? new LeafCertificates(authority, now) : leaves).secureContext(host);
}

/** A context whose certificate is its own issuer. */
async function selfSigned(): Promise<SecureContext> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signer = await certificateSigner(privateKey);
  const { Name, SubjectAlternativeNameExtension } = signer.x509;
  const cert = await signedCertificate(signer, {
    subject: new Name('CN=localhost'),
    issuer: new Name('CN=localhost'),
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    notBefore: new Date(Date.now() - DAY),
    notAfter: new Date(Date.now() + DAY),
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
  });
  return createSecureContext({ key: privateKey.export({ type: 'pkcs8', format: 'pem' }), cert });
}

/** An authority's certificate, as if it were a server's. */
async function authoritys(): Promise<SecureContext> {
  const { authority } = await testAuthority('proxy');
  const key = authority.key.export({ type: 'pkcs8', format: 'pem' });
  return createSecureContext({ key, cert: authority.certificatePem });
}

describe('a server whose certificate is refused is told of inside the tunnel', () => {
  afterEach(() => void vi.useRealTimers());

  const cases = [
    {
      name: 'expired',
      why: /certificate has expired \(CERT_HAS_EXPIRED\)/,
      context: () => contextFor('localhost', () => Date.now() - 60 * DAY),
    },
    {
      name: 'self-signed',
      why: /certificate is self-signed \(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
      context: selfSigned,
    },
    {
      name: 'not for servers',
      why: /is not one for servers \(INVALID_PURPOSE\)/,
      context: authoritys,
    },
    {
      name: 'of a root nobody trusts',
      why: /root that is not trusted here \(SELF_SIGNED_CERT_IN_CHAIN\)/,
      context: async () => (await testAuthority('proxy')).leaves.secureContext('localhost'),
    },
    {
      name: 'for another name',
      why: /certificate is for another name \(ERR_TLS_CERT_ALTNAME_INVALID: .*other\.test/,
      context: () => contextFor('other.test'),
    },
  ];

  test.each(cases)('$name', async ({ why, context }) => {
    await using origin = await startTlsOrigin(answering, { context: await context() });
    await using proxy = await startWeighedProxy();
    await using client = new Peer(await clientOf(proxy, origin.port, { ALPNProtocols: ['h2', 'http/1.1'] }));
    for (const byte of ASK) client.write(byte);
    const answer = await client.ended();
    expect(answer).toMatch(/^HTTP\/1.1 502 Bad Gateway\r\nContent-Type: text\/plain/);
    expect(answer).toMatch(why);
    expect(answer).toMatch(/--upstream-ca FILE, or accept any certificate with --insecure/);
    client.socket.end();
    expect(await proxy.outcome()).toBe('UPSTREAM_CERTIFICATE_REFUSED');
    await client.closed();
    expect(proxy.session.connections.size).toBe(1);
  });

  test('as HTML to who asks for that', async () => {
    await using origin = await startTlsOrigin(answering, { context: await selfSigned() });
    await using proxy = await startWeighedProxy();
    await using client = new Peer(await clientOf(proxy, origin.port));
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\naccept: text/html\r\n\r\n');
    expect(await client.ended()).toMatch(
      /Content-Type: text\/html[\s\S]*<code>UPSTREAM_CERTIFICATE_REFUSED<\/code>/,
    );
  });

  test('by the end of the tunnel to a client that speaks no HTTP/1.1, or never asks', async () => {
    await using origin = await startTlsOrigin(answering, { context: await selfSigned() });
    await using proxy = await startWeighedProxy();
    await expect(clientOf(proxy, origin.port, { ALPNProtocols: ['h2'] })).rejects.toThrow(
      /before secure TLS connection/,
    );
    await using client = new Peer(await clientOf(proxy, origin.port));
    client.socket.end();
    await client.ended();
    expect([await proxy.outcome(1), await proxy.outcome(2)]).toEqual([
      'UPSTREAM_CERTIFICATE_REFUSED',
      'UPSTREAM_CERTIFICATE_REFUSED',
    ]);
  });

  test('a client that stays and asks nothing is let go', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await using origin = await startTlsOrigin(answering, { context: await selfSigned() });
    await using proxy = await startWeighedProxy({ dialTimeoutMs: DAY });
    await using client = new Peer(await clientOf(proxy, origin.port));
    while (!client.socket.readableEnded) {
      await setImmediate();
      vi.advanceTimersByTime(2_000); // it waits for a request from the end of its own handshake on, which nobody sees
    }
    client.socket.end();
    expect(await proxy.outcome()).toBe('UPSTREAM_CERTIFICATE_REFUSED');
  });

  test.each(cases)('and with --insecure it is taken ($name)', async ({ context }) => {
    await using origin = await startTlsOrigin(answering, { context: await context() });
    await using proxy = await startWeighedProxy({ trust: upstreamTrust(true, []) });
    await using client = new Peer(await clientOf(proxy, origin.port));
    client.write(ASK);
    expect(await client.until(OK)).toBe(OK);
  });
});

describe('a handshake with the server that fails', () => {
  // The time for a handshake is for dialling as well, and for the client's: on a busy machine none is short enough to wait for.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  test.each([
    {
      name: 'it hangs up',
      code: 'UPSTREAM_RESET',
      answer: /hung up during the TLS handshake/,
      act: (peer: Peer) => peer.socket.end(),
    },
    {
      name: 'it resets',
      code: 'UPSTREAM_RESET',
      answer: /hung up during the TLS handshake/,
      act: (peer: Peer) => peer.socket.resetAndDestroy(),
    },
    {
      name: 'it speaks no TLS',
      code: 'UPSTREAM_TLS_FAILED',
      answer: /failed: wrong version number|packet length too long|record/,
      act: (peer: Peer) => peer.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
    },
    {
      name: 'it says nothing',
      code: 'UPSTREAM_TIMEOUT',
      answer: /^HTTP\/1.1 504 [\s\S]* took over 30 s/,
      act: () => vi.advanceTimersByTime(30_000),
    },
  ])('as $name', async ({ code, answer, act }) => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy({ dialTimeoutMs: 30_000 });
    const stream = clientOf(proxy, origin.port);
    const server = await origin.next();
    await server.until('\x16\x03');
    act(server);
    await using client = new Peer(await stream);
    client.write(ASK);
    expect(await client.ended()).toMatch(answer);
    client.socket.end();
    expect(await proxy.outcome()).toBe(code);
  });

  test('is the end of it when the client leaves meanwhile', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    for (const how of ['reset', 'stop']) {
      await using client = dialPeer(proxy.port);
      client.write(`CONNECT ${origin.authority} HTTP/1.1\r\n\r\n`);
      client.write(await clientHello('localhost'));
      const server = await origin.next();
      await server.until('\x16\x03');
      if (how === 'reset') client.socket.resetAndDestroy();
      else await proxy.close();
      await server.ended();
    }
    expect([await proxy.outcome(1), await proxy.outcome(2)]).toEqual(['CLIENT_GONE', 'CLIENT_GONE']);
  });
});

describe('a client that refuses our certificate', () => {
  test.each([
    { name: 'by an alert', maxVersion: 'TLSv1.2' as const },
    { name: 'after the handshake, as Node does', maxVersion: 'TLSv1.3' as const },
  ])('$name', async ({ maxVersion }) => {
    await using origin = await startTlsOrigin(answering);
    await using proxy = await startWeighedProxy();
    const outcomes = [];
    for (const number of [1, 2]) {
      await expect(clientOf(proxy, origin.port, { ca: [], maxVersion })).rejects.toMatchObject({
        code: expect.stringMatching(
          /SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|UNABLE_TO_VERIFY_LEAF_SIGNATURE/,
        ),
      });
      const { reason, failure } = await proxy.over(number);
      outcomes.push(reason ?? failure?.message);
    }
    // Whether the handshake is seen to be over depends on how soon the client goes; it is told of once in either way.
    expect(outcomes[0]).toMatch(
      /^client-refused$|^TLS with the client for localhost failed .*; it probably refused/,
    );
    expect(outcomes[1]).toMatch(
      /^(ended|client-gone|client-reset)$|^TLS with the client for localhost failed \([^)]*\)$/,
    );
  });

  test('is not suspected where another took it, nor of what the server did', async () => {
    await using origin = await startTlsOrigin((socket) => {
      socket.once('data', () => socket.end(OK)).once('end', () => socket.end());
    });
    await using proxy = await startWeighedProxy();
    await using client = new Peer(await clientOf(proxy, origin.port));
    client.write(ASK);
    await client.ended();
    client.socket.end();
    expect(await proxy.outcome(1)).toBe('ended');
    await using idle = new Peer(await clientOf(proxy, origin.port));
    idle.socket.end();
    await proxy.over(2);
    expect(proxy.session.connections.get(2)?.reason).not.toBe('client-refused');
  });

  test('is not suspected where the server ended first', async () => {
    await using origin = await startTlsOrigin((socket) => {
      socket.end();
    });
    await using proxy = await startWeighedProxy();
    await using client = new Peer(await clientOf(proxy, origin.port));
    await client.ended();
    client.socket.end();
    expect(await proxy.outcome()).toBe('ended');
  });

  test('is not suspected when tare ends', async () => {
    await using origin = await startTlsOrigin(answering);
    await using proxy = await startWeighedProxy();
    await using client = new Peer(await clientOf(proxy, origin.port));
    await proxy.until(({ connections }) => connections.get(1));
    await proxy.close();
    await client.ended();
    expect(await proxy.outcome()).toBe('stopped');
  });

  test('with a name that no certificate can bear', async () => {
    await using origin = await startTlsOrigin(answering);
    await using proxy = await startWeighedProxy({ trust: upstreamTrust(true, []) });
    await expect(clientOf(proxy, origin.port, { servername: 'a b' })).rejects.toThrow();
    expect((await proxy.over()).failure).toMatchObject({
      code: 'CLIENT_TLS_FAILED',
      message: expect.stringContaining('no certificate can be made for the host "a b"'),
    });
  });

  test('by hanging up during the handshake', async () => {
    await using origin = await startTlsOrigin(answering);
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    const hello = await clientHello('localhost');
    client.write(Buffer.concat([Buffer.from(`CONNECT localhost:${origin.port} HTTP/1.1\r\n\r\n`), hello]));
    await client.until('\r\n\r\n\x16\x03'); // our ServerHello
    client.socket.end();
    const { failure } = await proxy.over();
    expect(failure?.code).toBe('CLIENT_TLS_FAILED');
    expect(failure?.message).toMatch(
      /it probably refused our certificate: let it trust .*--passthrough localhost/,
    );
  });
});

/** The server, listening, which ends with its connections. */
async function listening(server: Server): Promise<AsyncDisposable & { readonly port: number }> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
