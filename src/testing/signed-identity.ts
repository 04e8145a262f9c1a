import { generateKeyPairSync } from 'node:crypto';
import { certificateSigner, signedCertificate } from '../proxy/certificate-signing.ts';
import { testAuthority } from './test-authority.ts';

/** A certificate and its key in PEM, for a server or a client. */
export interface SignedIdentity {
  readonly cert: string;
  readonly key: string;
}

const DAY = 24 * 60 * 60 * 1000;

/** Somebody whom the servers' test authority vouches for, on both sides of TLS. */
export async function signedIdentity(name: string): Promise<SignedIdentity> {
  const { authority } = await testAuthority('origin');
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signer = await certificateSigner(authority.key);
  const { x509 } = signer;
  const cert = await signedCertificate(signer, {
    subject: new x509.Name([{ CN: [name] }]),
    issuer: new x509.Name(new x509.X509Certificate(authority.certificatePem).subject),
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    notBefore: new Date(Date.now() - DAY),
    notAfter: new Date(Date.now() + DAY),
    extensions: [
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }]),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([
        x509.ExtendedKeyUsage.clientAuth,
        x509.ExtendedKeyUsage.serverAuth,
      ]),
    ],
  });
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}
