import { type KeyObject, randomBytes, webcrypto } from 'node:crypto';
import type { Extension, Name } from '@peculiar/x509';

/** Signs certificates with one key. */
export interface CertificateSigner {
  /** The X.509 library: for the names and extensions that `signedCertificate` takes. */
  readonly x509: typeof import('@peculiar/x509');
  readonly key: webcrypto.CryptoKey;
  readonly algorithm: SigningAlgorithm;
}

/** What a certificate is to say; its serial number comes of itself. */
export interface CertificateFields {
  readonly subject: Name;
  readonly issuer: Name;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly Extension[];
}

/** How a key signs, in the words of WebCrypto. */
export interface SigningAlgorithm {
  readonly name: string;
  readonly hash: string;
  readonly namedCurve?: string;
}

/** Each curve with the hash of its strength, since TLS 1.3 names them as pairs only (RFC 8446 section 4.2.3). */
const CURVES: Readonly<Record<string, SigningAlgorithm>> = {
  prime256v1: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  secp384r1: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  secp521r1: { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512' },
};

/** How `key` signs certificates that browsers accept, or undefined for a key which cannot. */
export function signingAlgorithm(key: KeyObject): SigningAlgorithm | undefined {
  if (key.asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  if (key.asymmetricKeyType !== 'ec') return undefined;
  return CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
}

/** A signer for `key`, which must be one that `signingAlgorithm` knows. Loads the X.509 library: 150 ms the first time. */
export async function certificateSigner(key: KeyObject): Promise<CertificateSigner> {
  const algorithm = signingAlgorithm(key);
  if (algorithm === undefined)
    throw new Error(`certificates cannot be signed with a key of type ${key.asymmetricKeyType}`);
  await import('reflect-metadata'); // the library looks for it while it loads
  const x509 = await import('@peculiar/x509');
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
  const signing = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
  return { x509, key: signing, algorithm };
}

/** The signed certificate, PEM. */
export async function signedCertificate(
  signer: CertificateSigner,
  fields: CertificateFields,
): Promise<string> {
  const certificate = await signer.x509.X509CertificateGenerator.create({
    ...fields,
    extensions: [...fields.extensions],
    serialNumber: serialNumber(),
    signingKey: signer.key,
    signingAlgorithm: signer.algorithm,
  });
  return `${certificate.toString('pem')}\n`;
}

/** 16 random bytes as hex: the first bit clear makes them positive, the second set keeps them 16 (RFC 5280 section 4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes.toString('hex');
}
