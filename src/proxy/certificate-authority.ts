import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  X509Certificate,
} from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { certificateSigner, signedCertificate, signingAlgorithm } from './certificate-signing.ts';

/** Who signs the certificates that clients are shown. */
export interface CertificateAuthority {
  /** The certificate that clients have to trust; where the user put a chain, all of it, its own certificate first. */
  readonly certificatePem: string;
  /** Where it is on disk. */
  readonly certificateFile: string;
  /** SHA-256 of the certificate, upper-case hex with colons, as trust stores show it. */
  readonly fingerprint: string;
  /** SHA-256 of the public key, base64: for Chromium's --ignore-certificate-errors-spki-list. */
  readonly spkiFingerprint: string;
  readonly expires: Date;
  /** Signs leaves, and goes nowhere else: whoever has it can pass as any host to the clients that trust tare. */
  readonly key: KeyObject;
}

export type CertificateErrorCode =
  /** A file is missing, not to be read, or not what its name says. */
  | 'CA_UNREADABLE'
  /** A new authority could not be put in place. */
  | 'CA_UNWRITABLE'
  /** The key is not the certificate's. */
  | 'CA_MISMATCH'
  | 'CA_EXPIRED'
  | 'CA_NOT_YET_VALID'
  /** The certificate must not sign others, or its key is of a kind that browsers do not take. */
  | 'CA_UNSUITABLE'
  /** No certificate can name this host. */
  | 'HOST_INVALID';

/** Why there is no certificate: a word for programs, a sentence for people. */
export class CertificateError extends Error {
  readonly code: CertificateErrorCode;

  constructor(code: CertificateErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'CertificateError';
    this.code = code;
  }
}

const DAY = 24 * 60 * 60 * 1000;
const YEARS_VALID = 10;

/** Where tare keeps its authority: `tare` in $XDG_CONFIG_HOME, or in ~/.config. A relative path there does not count. */
export function defaultFolder(env: Readonly<Record<string, string | undefined>>): string {
  const configured = env.XDG_CONFIG_HOME ?? '';
  return join(isAbsolute(configured) ? configured : join(env.HOME || homedir(), '.config'), 'tare');
}

/**
 * The authority whose `ca-cert.pem` and `ca-key.pem` are in `folder`; made at the first start, ECDSA P-256. `now` gives
 * milliseconds since the epoch. Rejects with a CertificateError.
 *
 * One that exists opens in 4 ms at a start (2 ms again), since only a new one needs the X.509 library (150 ms to load).
 */
export async function openCertificateAuthority(
  folder: string,
  now: () => number = Date.now,
): Promise<CertificateAuthority> {
  const files = { certificate: join(folder, 'ca-cert.pem'), key: join(folder, 'ca-key.pem') };
  if ((await textOf(files.certificate)) === undefined) await makeAuthority(folder, files, now());
  return readAuthority(files, now());
}

interface AuthorityFiles {
  readonly certificate: string;
  readonly key: string;
}

const START_ANEW =
  'or remove both ca-cert.pem and ca-key.pem for tare to make new ones, which clients then have to trust';

async function readAuthority(files: AuthorityFiles, now: number): Promise<CertificateAuthority> {
  const certificatePem = await presentText(files.certificate);
  const certificate = parsedCertificate(certificatePem, files.certificate);
  const key = parsedKey(await presentText(files.key), files.key);
  checkPair(certificate, key, files);
  checkTime(certificate, files, now);
  return {
    certificatePem,
    certificateFile: files.certificate,
    fingerprint: certificate.fingerprint256,
    spkiFingerprint: createHash('sha256').update(publicKeyInfo(key)).digest('base64'),
    expires: new Date(certificate.validTo),
    key,
  };
}

function checkPair(certificate: X509Certificate, key: KeyObject, files: AuthorityFiles): void {
  if (!certificate.checkPrivateKey(key)) {
    const message = `the key in ${files.key} does not belong to the certificate in ${files.certificate}: put the matching file back, ${START_ANEW}`;
    throw new CertificateError('CA_MISMATCH', message);
  }
  if (!certificate.ca) {
    const message = `the certificate in ${files.certificate} is not an authority's, so no client accepts what it signs: put one with basicConstraints CA:TRUE there, ${START_ANEW}`;
    throw new CertificateError('CA_UNSUITABLE', message);
  }
}

function checkTime(certificate: X509Certificate, files: AuthorityFiles, now: number): void {
  if (new Date(certificate.validTo).getTime() <= now) {
    const message = `the certificate authority in ${files.certificate} expired on ${certificate.validTo}: renew it, ${START_ANEW}`;
    throw new CertificateError('CA_EXPIRED', message);
  }
  if (new Date(certificate.validFrom).getTime() > now) {
    const message = `the certificate authority in ${files.certificate} is valid from ${certificate.validFrom} only: set this machine's clock right, ${START_ANEW}`;
    throw new CertificateError('CA_NOT_YET_VALID', message);
  }
}

function parsedCertificate(pem: string, file: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    const message = `${file} holds no certificate in PEM (${reason(cause)}): put the right file back, ${START_ANEW}`;
    throw new CertificateError('CA_UNREADABLE', message, cause);
  }
}

function parsedKey(pem: string, file: string): KeyObject {
  const key = privateKey(pem, file);
  if (signingAlgorithm(key) !== undefined) return key;
  const message = `the key in ${file} is of type ${key.asymmetricKeyType}, which browsers do not accept from an authority: put an RSA key there, or an EC one on P-256, P-384 or P-521, with its certificate, ${START_ANEW}`;
  throw new CertificateError('CA_UNSUITABLE', message);
}

function privateKey(pem: string, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    const message = `${file} holds no private key in PEM that opens without a passphrase (${reason(cause)}): put the right file back, ${START_ANEW}`;
    throw new CertificateError('CA_UNREADABLE', message, cause);
  }
}

/**
 * Puts a key, then a certificate for it in place, each whole and only where there is none yet. Processes that start at
 * once so agree on the first key, whoever put it there, and on the first certificate made for it; and one that dies
 * half-way leaves a key which the next start makes a certificate for.
 */
async function makeAuthority(folder: string, files: AuthorityFiles, now: number): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause) => {
    throw unwritable(folder, cause);
  });
  const fresh = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  await placeIfAbsent(files.key, fresh.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
  const key = parsedKey(await presentText(files.key), files.key);
  await placeIfAbsent(files.certificate, await selfSigned(key, now), 0o644);
}

/** Names the authority by a piece of its key's hash, so that two of them are told apart in a trust store. */
async function selfSigned(key: KeyObject, now: number): Promise<string> {
  const signer = await certificateSigner(key);
  const { x509 } = signer;
  const publicKey = publicKeyInfo(key);
  const suffix = createHash('sha256').update(publicKey).digest('hex').slice(0, 6).toUpperCase();
  const name = new x509.Name([{ CN: [`tare CA ${suffix}`] }]);
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + YEARS_VALID);
  return signedCertificate(signer, {
    subject: name,
    issuer: name,
    publicKey,
    // As leaves are, for clients whose clocks are behind.
    notBefore: new Date(now - DAY),
    notAfter,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
}

/** A link fails where the file exists, unlike a rename, and shows it whole, unlike an exclusive write. */
async function placeIfAbsent(file: string, text: string, mode: number): Promise<void> {
  const draft = `${file}.${process.pid}-${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(draft, text, { mode, flag: 'wx', flush: true });
    await link(draft, file);
  } catch (cause) {
    if (errorCode(cause) !== 'EEXIST') throw unwritable(file, cause);
  } finally {
    await rm(draft, { force: true });
  }
}

function unwritable(path: string, cause: unknown): CertificateError {
  const message = `a new certificate authority could not be put into ${path} (${reason(cause)}): make the folder writable, or name another one`;
  return new CertificateError('CA_UNWRITABLE', message, cause);
}

async function presentText(file: string): Promise<string> {
  const text = await textOf(file);
  if (text !== undefined) return text;
  throw new CertificateError('CA_UNREADABLE', `${file} is missing: put it back, ${START_ANEW}`);
}

/** The file's text, or undefined where there is no such file. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    // ENOTDIR: something on the way is no folder, which making one will tell.
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(cause))) return undefined;
    const message = `${file} could not be read (${reason(cause)}): make it readable for this user, ${START_ANEW}`;
    throw new CertificateError('CA_UNREADABLE', message, cause);
  }
}

/** The public half of `key` as certificates hold it. */
function publicKeyInfo(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function errorCode(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}
