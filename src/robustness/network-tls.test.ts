import { generateKeyPairSync } from 'node:crypto';
import { connect } from 'node:net';
import { createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { certificateSigner, signedCertificate } from '../proxy/certificate-signing.ts';
import { clientHello } from '../testing/client-hello.ts';
import { dialPeer, Peer } from '../testing/peer.ts';
import { startRawOrigin } from '../testing/raw-origin.ts';
import { expectServing } from '../testing/still-serves.ts';
import { testAuthority } from '../testing/test-authority.ts';
import { startTlsOrigin } from '../testing/tls-origin.ts';
import { openTlsTunnel } from '../testing/tunnel-client.ts';
import { startWeighedProxy } from '../testing/weighed-proxy.ts';

const DAY = 24 * 60 * 60 * 1000;
const ASK = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const ESTABLISHED = 'HTTP/1.1 200 Connection Established\r\n\r\n';

/** Answers every request alike. */
function answering(socket: TLSSocket): void {
  socket.on('data', () => socket.write(OK)).on('end', () => socket.end());
}

interface Subject {
  readonly name: string;
  /** Days from now. */
  readonly from: number;
  readonly until: number;
  readonly signedBy?: 'itself';
}

/** A certificate for `name`, by the authority that the proxy trusts unless it signs itself. */
async function certified({ name, from, until, signedBy }: Subject): Promise<SecureContext> {
  const { authority } = await testAuthority('origin');
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signer = await certificateSigner(signedBy === 'itself' ? privateKey : authority.key);
  const { Name, SubjectAlternativeNameExtension, X509Certificate } = signer.x509;
  const subject = new Name(`CN=${name}`);
  const cert = await signedCertificate(signer, {
    subject,
    issuer: signedBy === 'itself' ? subject : new X509Certificate(authority.certificatePem).subjectName,
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    notBefore: new Date(Date.now() + from * DAY),
    notAfter: new Date(Date.now() + until * DAY),
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: name }])],
  });
  return createSecureContext({ key: privateKey.export({ type: 'pkcs8', format: 'pem' }), cert });
}

describe('a server whose certificate is', () => {
  const good = { name: 'localhost', from: -1, until: 1 };
  test.each([
    { what: 'expired', subject: { ...good, from: -2, until: -1 }, why: 'has expired (CERT_HAS_EXPIRED)' },
    {
      what: 'not yet valid',
      subject: { ...good, from: 1, until: 2 },
      why: 'is not valid yet (CERT_NOT_YET_VALID)',
    },
    {
      what: 'its own issuer',
      subject: { ...good, signedBy: 'itself' as const },
      why: 'is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT)',
    },
    {
      what: 'for another name',
      subject: { ...good, name: 'other.test' },
      why: 'is for another name (ERR_TLS_CERT_ALTNAME_INVALID',
    },
  ])('$what is told of inside the tunnel', async ({ subject, why }) => {
    await using origin = await startTlsOrigin(answering, { context: await certified(subject) });
    await using proxy = await startWeighedProxy();
    const options = { servername: 'localhost', ca: proxy.certificate };
    await using client = new Peer(await openTlsTunnel(proxy.port, `localhost:${origin.port}`, options));
    client.write(ASK);
    const answer = await client.ended();
    expect(answer).toMatch(/^HTTP\/1.1 502 Bad Gateway\r\n/);
    expect(answer).toContain(`its certificate ${why}`);
    client.socket.end();
    expect((await proxy.over()).failure).toEqual({
      code: 'UPSTREAM_CERTIFICATE_REFUSED',
      message: expect.stringContaining(`localhost:${origin.port}: its certificate ${why}`),
    });
    await expectServing(proxy.port);
  });
});

describe('the server name', () => {
  test('that the server does not know: the client is told in words', async () => {
    await using origin = await startTlsOrigin(answering, {
      SNICallback: (_, give) => give(new Error('no such name')),
    });
    await using proxy = await startWeighedProxy();
    const options = { servername: 'unknown.test', ca: proxy.certificate };
    await using client = new Peer(await openTlsTunnel(proxy.port, `localhost:${origin.port}`, options));
    client.write(ASK);
    expect(await client.ended()).toMatch(/^HTTP\/1.1 502 Bad Gateway\r\n[\s\S]* as unknown.test /);
    client.socket.end();
    expect(await proxy.outcome()).toMatch(/^UPSTREAM_(RESET|TLS_FAILED)$/);
    await expectServing(proxy.port);
  });

  test('that is missing: the host of the CONNECT stands for it, and the server is asked for none', async () => {
    const asked: unknown[] = [];
    await using origin = await startTlsOrigin((socket) => {
      asked.push(socket.servername);
      answering(socket);
    });
    await using proxy = await startWeighedProxy();
    const options = { host: 'localhost', ca: proxy.certificate };
    await using client = new Peer(await openTlsTunnel(proxy.port, `localhost:${origin.port}`, options));
    client.write(ASK);
    expect(await client.until(OK)).toBe(OK);
    expect(asked).toEqual([false]);
    expect(proxy.session.connections.get(1)?.facts?.tls?.serverName).toBeUndefined();
    await expectServing(proxy.port);
  });
});

describe('half a ClientHello', () => {
  async function halfHello(client: Peer, authority: string): Promise<Buffer> {
    const half = (await clientHello('localhost')).subarray(0, 100);
    client.write(`CONNECT ${authority} HTTP/1.1\r\n\r\n`);
    await client.until(ESTABLISHED);
    await new Promise<void>((sent) => client.socket.write(half, () => sent()));
    return half;
  }

  test('and the end reach the server, as they would without tare', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    await using client = dialPeer(proxy.port);
    const half = await halfHello(client, origin.authority);
    client.socket.end();
    const server = await origin.next();
    await server.ended();
    expect(server.bytes.equals(half)).toBe(true);
    server.socket.end();
    await client.ended();
    expect(await proxy.outcome()).toBe('ended');
    await expectServing(proxy.port);
  });

  test('and a reset let the server go, and are told of once', async () => {
    await using origin = await startRawOrigin();
    await using proxy = await startWeighedProxy();
    const half = (await clientHello('localhost')).subarray(0, 100);
    const client = connect({ port: proxy.port, host: '127.0.0.1' }).pause();
    client.write(Buffer.concat([Buffer.from(`CONNECT ${origin.authority} HTTP/1.1\r\n\r\n`), half]));
    const server = await origin.next();
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    client.destroy(); // a reset and no end before it, since the answer is there and was not read
    await server.ended();
    expect(await proxy.outcome()).toBe('client-gone');
    await expectServing(proxy.port);
  });
});
