import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpsServer, request } from 'node:https';
import { type AddressInfo, connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type SecureContext, TLSSocket } from 'node:tls';
import type { Extension } from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CertificateAuthority, openCertificateAuthority } from './certificate-authority.ts';
import { type CertificateSigner, certificateSigner, signedCertificate } from './certificate-signing.ts';
import { LeafCertificates } from './leaf-certificates.ts';

const DAY = 24 * 60 * 60 * 1000;
const SECOND = 1000;

let root: string;
let authority: CertificateAuthority;
let leaves: LeafCertificates;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tare-leaves-'));
  authority = await openCertificateAuthority(join(root, 'tare'));
  leaves = new LeafCertificates(authority);
});

afterAll(async () => {
  await rm(root, { recursive: true });
});

/** What a client that trusts `trusted` alone is shown as `host`, leaf first; rejects as the client does. */
async function presented(
  context: SecureContext,
  host: string,
  trusted = authority.certificatePem,
): Promise<X509Certificate[]> {
  const server = tlsServer(context);
  const port = await listening(server);
  try {
    return await chainShown(connectTcp(port, '127.0.0.1'), host, trusted);
  } finally {
    server.close();
  }
}

/** As the proxy does it: TLS on a socket that came in. */
function tlsServer(context: SecureContext): Server {
  return createServer((socket) => {
    new TLSSocket(socket, { isServer: true, secureContext: context }).on('error', () => {}); // the client refused
  });
}

/** The socket is opened before, so that `host` is only what the certificate is checked against. */
function chainShown(socket: Socket, host: string, trusted: string): Promise<X509Certificate[]> {
  return new Promise((resolve, reject) => {
    const client = connect({ socket, host, ca: trusted }, () => {
      const chain = [];
      for (let peer = client.getPeerX509Certificate(); peer; peer = peer.issuerCertificate) chain.push(peer);
      resolve(chain);
      client.destroy();
    });
    client.on('error', reject);
  });
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return port;
}

async function leafFor(host: string, of = leaves): Promise<X509Certificate> {
  const [leaf] = await presented(await of.secureContext(host), host);
  return leaf!;
}

describe('a client that trusts the authority alone accepts', () => {
  test.each([
    'example.com',
    'localhost',
    'my_app.example.com',
    'my_app',
    'xn--bcher-kva.example',
    '127.0.0.1',
    '::1',
    '::ffff:192.0.2.1',
    '2001:db8::1',
    `${'a'.repeat(60)}.${'b'.repeat(60)}.example`,
  ])('%s', async (host) => {
    const [leaf] = await presented(await leaves.secureContext(host), host);
    expect(leaf!.verify(new X509Certificate(authority.certificatePem).publicKey)).toBe(true);
  });
});

test('a client refuses the certificate for another host, and of an authority it does not trust', async () => {
  const context = await leaves.secureContext('example.com');
  await expect(presented(context, 'example.org')).rejects.toMatchObject({
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
  const other = await openCertificateAuthority(join(root, 'other'));
  await expect(presented(context, 'example.com', other.certificatePem)).rejects.toMatchObject({
    code: 'SELF_SIGNED_CERT_IN_CHAIN',
  });
});

test('an https server takes its contexts by server name', async () => {
  const server = createHttpsServer(
    { SNICallback: (name, give) => leaves.secureContext(name).then((context) => give(null, context), give) },
    (_, response) => response.end('hello'),
  );
  const port = await listening(server);
  const answer = await new Promise<number | undefined>((resolve, reject) => {
    const options = { host: '127.0.0.1', port, servername: 'www.example.com', ca: authority.certificatePem };
    request(options, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
  server.close();
  server.closeAllConnections();
  expect(answer).toBe(200);
});

describe('a leaf', () => {
  test('names its host, is issued by the authority, and serves TLS servers only', async () => {
    const leaf = await leafFor('example.com');
    const issuer = new X509Certificate(authority.certificatePem);
    expect(leaf.subject).toBe('CN=example.com');
    expect(leaf.subjectAltName).toBe('DNS:example.com');
    expect(leaf.issuer).toBe(issuer.subject);
    expect(leaf.checkIssued(issuer)).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(leaf.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
  });

  test.each([
    { host: 'my_app.example.com', names: 'DNS:my_app.example.com, DNS:*.example.com' },
    { host: '*.example.com', names: 'DNS:*.example.com' },
    { host: 'bücher.example.', names: 'DNS:xn--bcher-kva.example' },
    { host: '127.0.0.1', names: 'IP Address:127.0.0.1' },
    { host: '[2001:DB8::1]', names: 'IP Address:2001:DB8:0:0:0:0:0:1' },
  ])('for $host names $names', async ({ host, names }) => {
    const [certificate] = await presentedToAnyone(await leaves.secureContext(host));
    expect(certificate!.subjectAltName).toBe(names);
  });

  test('for a host of more than 64 characters has no subject, and so critical alternative names', async () => {
    const host = `${'a'.repeat(60)}.${'b'.repeat(60)}.example`;
    const leaf = await leafFor(host);
    const { x509 } = await certificateSigner(authority.key);
    const names = new x509.X509Certificate(leaf.raw).getExtension(x509.SubjectAlternativeNameExtension);
    expect(leaf.subject).toBeFalsy();
    expect(leaf.subjectAltName).toBe(`DNS:${host}`);
    expect(names?.critical).toBe(true);
  });

  test('is followed by the authority in what is presented', async () => {
    const chain = await presented(await leaves.secureContext('example.com'), 'example.com');
    expect(chain.map(({ fingerprint256 }) => fingerprint256)[1]).toBe(authority.fingerprint);
  });

  test('says what its key is for, in an extension that may not be ignored', async () => {
    const leaf = await leafFor('example.com');
    const { x509 } = await certificateSigner(authority.key);
    const usage = new x509.X509Certificate(leaf.raw).getExtension(x509.KeyUsagesExtension);
    expect(usage).toMatchObject({ usages: x509.KeyUsageFlags.digitalSignature, critical: true });
  });

  test('has a serial number of its own, and shares its key', async () => {
    const [one, other] = [await leafFor('one.example'), await leafFor('other.example')];
    expect(one.serialNumber).not.toBe(other.serialNumber);
    expect(one.publicKey.equals(other.publicKey)).toBe(true);
    expect(one.publicKey.equals(new X509Certificate(authority.certificatePem).publicKey)).toBe(false);
  });

  test('is valid from a day ago, for 45 days', async () => {
    const before = Date.now();
    const leaf = await leafFor('example.com', new LeafCertificates(authority));
    const from = new Date(leaf.validFrom).getTime();
    expect(from).toBeGreaterThan(before - DAY - SECOND);
    expect(from).toBeLessThanOrEqual(Date.now() - DAY);
    expect(new Date(leaf.validTo).getTime() - from).toBe(45 * DAY);
  });

  test('does not outlive the authority', async () => {
    const late = new LeafCertificates(authority, () => authority.expires.getTime() - 10 * DAY);
    const [leaf] = await presentedToAnyone(await late.secureContext('example.com'));
    expect(new Date(leaf!.validTo)).toEqual(authority.expires);
  });
});

/** As `presented`, to a client that checks nothing. */
async function presentedToAnyone(context: SecureContext): Promise<X509Certificate[]> {
  const server = tlsServer(context);
  const port = await listening(server);
  return new Promise((resolve, reject) => {
    const client = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve([client.getPeerX509Certificate()!]);
      client.destroy();
      server.close();
    });
    client.on('error', reject);
  });
}

describe('contexts', () => {
  test('are made once for a host, however it is written and whoever asks at once', async () => {
    const contexts = await Promise.all(
      ['kept.example', 'KEPT.example', 'kept.example.'].map((host) => leaves.secureContext(host)),
    );
    expect(new Set([...contexts, await leaves.secureContext('kept.example')]).size).toBe(1);
  });

  test('are renewed half-way, long before the leaf expires', async () => {
    let now = Date.now();
    const aging = new LeafCertificates(authority, () => now);
    const first = await aging.secureContext('example.com');
    now += 21 * DAY;
    expect(await aging.secureContext('example.com')).toBe(first);
    now += 2 * DAY;
    expect(await aging.secureContext('example.com')).not.toBe(first);
  });

  test('are forgotten past the bound, the one longest unused first', async () => {
    const few = new LeafCertificates(authority, Date.now, 2);
    const [a, b] = [await few.secureContext('a'), await few.secureContext('b')];
    await few.secureContext('a');
    await few.secureContext('c');
    expect(await few.secureContext('a')).toBe(a);
    expect(await few.secureContext('b')).not.toBe(b);
  });

  test('are not made for what is no host', async () => {
    await expect(leaves.secureContext('not a host')).rejects.toMatchObject({
      code: 'HOST_INVALID',
      message: expect.stringContaining('"not a host"'),
    });
  });

  test('are not made once the authority has expired', async () => {
    const late = new LeafCertificates(authority, () => authority.expires.getTime());
    await expect(late.secureContext('example.com')).rejects.toMatchObject({ code: 'CA_EXPIRED' });
  });
});

describe("a user's own authority", () => {
  const kinds = [
    { name: 'RSA', pair: () => generateKeyPairSync('rsa', { modulusLength: 2048 }) },
    { name: 'P-384', pair: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }) },
    { name: 'P-521', pair: () => generateKeyPairSync('ec', { namedCurve: 'P-521' }) },
  ];

  test.each(kinds)('with a key identifier that is no hash signs with $name', async ({ name, pair }) => {
    const own = await ownAuthority(join(root, `own-${name}`), pair(), (x509) => [
      new x509.SubjectKeyIdentifierExtension('c0ffee'),
    ]);
    const context = await new LeafCertificates(own).secureContext('example.com');
    const [leaf] = await presented(context, 'example.com', own.certificatePem);
    const { x509 } = await certificateSigner(own.key);
    const identifier = new x509.X509Certificate(leaf!.raw).getExtension(x509.AuthorityKeyIdentifierExtension);
    expect(identifier?.keyId).toBe('c0ffee');
    expect(leaf!.checkIssued(new X509Certificate(own.certificatePem))).toBe(true);
    expect(leaf!.issuer).toBe(new X509Certificate(own.certificatePem).subject);
  });

  test('without a key identifier signs as well', async () => {
    const own = await ownAuthority(
      join(root, 'plain'),
      generateKeyPairSync('ec', { namedCurve: 'P-256' }),
      () => [],
    );
    const [leaf] = await presented(
      await new LeafCertificates(own).secureContext('example.com'),
      'example.com',
      own.certificatePem,
    );
    expect(leaf!.checkIssued(new X509Certificate(own.certificatePem))).toBe(true);
  });
});

/** An authority as another program may have made it, whose name has text of several kinds and commas. */
async function ownAuthority(
  folder: string,
  { privateKey, publicKey }: { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
  extensions: (x509: CertificateSigner['x509']) => Extension[],
): Promise<CertificateAuthority> {
  await openCertificateAuthority(folder); // makes the folder
  const signer = await certificateSigner(privateKey);
  const { x509 } = signer;
  const name = new x509.Name([{ O: [{ utf8String: 'Ünser, Haus' }] }, { CN: [{ utf8String: 'own CA' }] }]);
  const certificate = await signedCertificate(signer, {
    subject: name,
    issuer: name,
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    notBefore: new Date(Date.now() - 2 * DAY),
    notAfter: new Date(Date.now() + 300 * DAY),
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true), ...extensions(x509)],
  });
  await writeFile(join(folder, 'ca-cert.pem'), certificate);
  await writeFile(join(folder, 'ca-key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return openCertificateAuthority(folder);
}
