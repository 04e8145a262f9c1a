import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  X509Certificate,
} from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type CertificateError, defaultFolder, openCertificateAuthority } from './certificate-authority.ts';
import { certificateSigner, signedCertificate } from './certificate-signing.ts';

const DAY = 24 * 60 * 60 * 1000;
const folders: string[] = [];

async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-ca-'));
  folders.push(folder);
  return folder;
}

afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

const certificateIn = (folder: string) => join(folder, 'ca-cert.pem');
const keyIn = (folder: string) => join(folder, 'ca-key.pem');

/** The error that opening ends in. */
async function refusal(folder: string, now?: () => number): Promise<CertificateError> {
  return openCertificateAuthority(folder, now).then(
    () => expect.fail('the authority was opened'),
    (error) => error,
  );
}

/** A folder with an authority that the test may spoil. */
async function madeFolder(): Promise<string> {
  const folder = await freshFolder();
  await openCertificateAuthority(folder);
  return folder;
}

describe('a first start', () => {
  test('makes an authority that can sign, for ten years, and says so', async () => {
    const authority = await openCertificateAuthority(await freshFolder());
    const certificate = new X509Certificate(authority.certificatePem);
    expect(certificate.ca).toBe(true);
    expect(certificate.subject).toMatch(/^CN=tare CA [0-9A-F]{6}$/);
    expect(certificate.issuer).toBe(certificate.subject);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkIssued(certificate)).toBe(true);
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(certificate.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
    expect(new Date(certificate.validFrom).getTime()).toBeLessThan(Date.now() - DAY + 1000);
    expect(authority.expires.getUTCFullYear()).toBe(new Date().getUTCFullYear() + 10);
    expect(authority.expires).toEqual(new Date(certificate.validTo));
  });

  test('marks what the authority may do as critical, and gives it a key identifier', async () => {
    const authority = await openCertificateAuthority(await freshFolder());
    const { x509 } = await certificateSigner(authority.key);
    const certificate = new x509.X509Certificate(authority.certificatePem);
    expect(certificate.getExtension(x509.BasicConstraintsExtension)).toMatchObject({
      ca: true,
      pathLength: 0,
      critical: true,
    });
    expect(certificate.getExtension(x509.KeyUsagesExtension)).toMatchObject({
      usages: x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
      critical: true,
    });
    expect(certificate.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId).toMatch(/^[0-9a-f]{40}$/);
  });

  test('gives the fingerprints of certificate and key', async () => {
    const authority = await openCertificateAuthority(await freshFolder());
    const { raw, publicKey } = new X509Certificate(authority.certificatePem);
    const hex = createHash('sha256').update(raw).digest('hex').toUpperCase();
    const spki = publicKey.export({ type: 'spki', format: 'der' });
    expect(authority.fingerprint.replaceAll(':', '')).toBe(hex);
    expect(authority.fingerprint.split(':')).toHaveLength(32);
    expect(authority.spkiFingerprint).toBe(createHash('sha256').update(spki).digest('base64'));
  });

  test('keeps folder and key to the user, and leaves no drafts', async () => {
    const folder = join(await freshFolder(), 'config', 'tare');
    const authority = await openCertificateAuthority(folder);
    expect(authority.certificateFile).toBe(certificateIn(folder));
    expect(((await stat(folder)).mode & 0o777).toString(8)).toBe('700');
    expect(((await stat(keyIn(folder))).mode & 0o777).toString(8)).toBe('600');
    expect((await stat(certificateIn(folder))).mode & 0o022).toBe(0);
    expect((await readdir(folder)).sort()).toEqual(['ca-cert.pem', 'ca-key.pem']);
    expect(await readFile(keyIn(folder), 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  });

  test('makes a different authority in every folder', async () => {
    const [one, other] = await Promise.all(
      [await freshFolder(), await freshFolder()].map((f) => openCertificateAuthority(f)),
    );
    expect(new X509Certificate(one!.certificatePem).subject).not.toBe(
      new X509Certificate(other!.certificatePem).subject,
    );
  });

  test('ends with one matching pair when many start at once', async () => {
    const folder = await freshFolder();
    const opened = await Promise.all(Array.from({ length: 8 }, () => openCertificateAuthority(folder)));
    expect(new Set(opened.map(({ fingerprint }) => fingerprint)).size).toBe(1);
    const certificate = new X509Certificate(await readFile(certificateIn(folder)));
    expect(certificate.checkPrivateKey(createPrivateKey(await readFile(keyIn(folder))))).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(['ca-cert.pem', 'ca-key.pem']);
  });

  test('completes what one before it left half-done', async () => {
    const folder = await madeFolder();
    const key = await readFile(keyIn(folder), 'utf8');
    await rm(certificateIn(folder));
    const authority = await openCertificateAuthority(folder);
    expect(await readFile(keyIn(folder), 'utf8')).toBe(key);
    expect(new X509Certificate(authority.certificatePem).verify(createPublicKey(key))).toBe(true);
  });

  test('says so when the folder cannot be made', async () => {
    const file = join(await freshFolder(), 'file');
    await writeFile(file, '');
    const error = await refusal(join(file, 'tare'));
    expect(error.code).toBe('CA_UNWRITABLE');
    expect(error.message).toContain(join(file, 'tare'));
  });
});

test('a later start opens the same authority', async () => {
  const folder = await freshFolder();
  const { key: _, ...made } = await openCertificateAuthority(folder);
  expect(await openCertificateAuthority(folder)).toMatchObject(made);
});

describe('an authority that cannot be used', () => {
  test.each([
    { name: 'no certificate in its file', file: certificateIn, text: 'junk', code: 'CA_UNREADABLE' },
    { name: 'an empty certificate file', file: certificateIn, text: '', code: 'CA_UNREADABLE' },
    { name: 'no key in its file', file: keyIn, text: 'junk', code: 'CA_UNREADABLE' },
    {
      name: 'a key behind a passphrase',
      file: keyIn,
      text: newKey('P-256', 'secret'),
      code: 'CA_UNREADABLE',
    },
    { name: 'a key of another certificate', file: keyIn, text: newKey('P-256'), code: 'CA_MISMATCH' },
    {
      name: 'a key on a curve browsers do not know',
      file: keyIn,
      text: newKey('secp256k1'),
      code: 'CA_UNSUITABLE',
    },
  ])('$name: $code', async ({ file, text, code }) => {
    const folder = await madeFolder();
    await writeFile(file(folder), text);
    const error = await refusal(folder);
    expect(error.code).toBe(code);
    expect(error.message).toContain(file(folder));
    expect(error.message).toContain('remove both ca-cert.pem and ca-key.pem');
  });

  test('a certificate cut short: CA_UNREADABLE, with what OpenSSL said as the cause', async () => {
    const folder = await madeFolder();
    const whole = await readFile(certificateIn(folder), 'utf8');
    await writeFile(certificateIn(folder), whole.slice(0, 200));
    const error = await refusal(folder);
    expect(error.code).toBe('CA_UNREADABLE');
    expect(error.cause).toBeInstanceOf(Error);
  });

  test('a certificate without its key: CA_UNREADABLE', async () => {
    const folder = await madeFolder();
    await rm(keyIn(folder));
    expect(await refusal(folder)).toMatchObject({
      code: 'CA_UNREADABLE',
      message: expect.stringContaining(`${keyIn(folder)} is missing`),
    });
  });

  test('a folder in the place of the key: CA_UNREADABLE', async () => {
    const folder = await madeFolder();
    await rm(keyIn(folder));
    await mkdir(keyIn(folder));
    expect((await refusal(folder)).code).toBe('CA_UNREADABLE');
  });

  test('a certificate that may not sign: CA_UNSUITABLE', async () => {
    const folder = await madeFolder();
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const signer = await certificateSigner(privateKey);
    const name = new signer.x509.Name([{ CN: ['a web server'] }]);
    const certificate = await signedCertificate(signer, {
      subject: name,
      issuer: name,
      publicKey: publicKey.export({ type: 'spki', format: 'der' }),
      notBefore: new Date(Date.now() - DAY),
      notAfter: new Date(Date.now() + DAY),
      extensions: [],
    });
    await writeFile(certificateIn(folder), certificate);
    await writeFile(keyIn(folder), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    expect((await refusal(folder)).code).toBe('CA_UNSUITABLE');
  });

  test('one past its time: CA_EXPIRED, one before it: CA_NOT_YET_VALID', async () => {
    const folder = await madeFolder();
    const { expires, certificateFile } = await openCertificateAuthority(folder);
    const late = await refusal(folder, () => expires.getTime());
    expect(late.code).toBe('CA_EXPIRED');
    expect(late.message).toContain(certificateFile);
    expect((await openCertificateAuthority(folder, () => expires.getTime() - 1)).expires).toEqual(expires);
    expect((await refusal(folder, () => Date.now() - 2 * DAY)).code).toBe('CA_NOT_YET_VALID');
  });
});

test.each([
  { env: { HOME: '/home/u' }, folder: '/home/u/.config/tare' },
  { env: { HOME: '/home/u', XDG_CONFIG_HOME: '/etc/u' }, folder: '/etc/u/tare' },
  { env: { HOME: '/home/u', XDG_CONFIG_HOME: '' }, folder: '/home/u/.config/tare' },
  { env: { HOME: '/home/u', XDG_CONFIG_HOME: 'relative' }, folder: '/home/u/.config/tare' },
])('the folder for $env is $folder', ({ env, folder }) => {
  expect(defaultFolder(env)).toBe(folder);
});

function newKey(namedCurve: string, passphrase?: string): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve });
  const cipher = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  return privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }).toString();
}
