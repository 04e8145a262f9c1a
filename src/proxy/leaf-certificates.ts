import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Extension, Name, X509Certificate as ParsedCertificate } from '@peculiar/x509';
import { type CertificateAuthority, CertificateError } from './certificate-authority.ts';
import { type CertificateSigner, certificateSigner, signedCertificate } from './certificate-signing.ts';
import { type SubjectNames, subjectNames } from './subject-names.ts';

const DAY = 24 * 60 * 60 * 1000;

/** Short of the 47 days which browsers will allow from 2029 on. */
const LIFETIME = 45 * DAY;

/** For clients whose clocks are behind. */
const BACKDATED = DAY;

/** As many contexts take about 35 MB. */
const MAX_CONTEXTS = 1000;

/** The upper bound of a common name (RFC 5280 appendix A.1, ub-common-name). */
const MAX_COMMON_NAME = 64;

/**
 * Certificates for any host, made when first asked for, all for one key that lives as long as the process.
 *
 * Measured on Node 20, 2 cores, medians of 200: 1.3 to 2.2 ms to sign a leaf, 1.0 to 1.3 ms to make the context of it.
 * The first one also loads the X.509 library (150 ms). A key of its own for each would add 0.5 ms.
 */
export class LeafCertificates {
  readonly #authority: CertificateAuthority;
  readonly #now: () => number;
  readonly #maxContexts: number;
  /** Least recently used first. */
  readonly #contexts = new Map<string, CachedContext>();
  #issuer: Promise<Issuer> | undefined;

  /** `now` gives milliseconds since the epoch. Past `maxContexts` hosts the one longest unused is forgotten. */
  constructor(authority: CertificateAuthority, now: () => number = Date.now, maxContexts = MAX_CONTEXTS) {
    this.#authority = authority;
    this.#now = now;
    this.#maxContexts = maxContexts;
  }

  /**
   * What a TLS server needs to pass as `host`, a DNS name or an IP address. Rejects with a CertificateError where no
   * certificate can name the host, or the authority has expired.
   */
  async secureContext(host: string): Promise<SecureContext> {
    const names = subjectNames(host);
    if (names === undefined) {
      throw new CertificateError(
        'HOST_INVALID',
        `no certificate can be made for the host ${JSON.stringify(host)}: it is neither a DNS name nor an IP address`,
      );
    }
    const cached = this.#contexts.get(names.host);
    if (cached !== undefined && this.#now() < cached.until) {
      this.#keep(names.host, cached);
      return cached.context;
    }
    return this.#make(names);
  }

  #make(names: SubjectNames): Promise<SecureContext> {
    const validity = leafValidity(this.#authority, this.#now());
    const context = this.#openedIssuer().then((issuer) => leafContext(issuer, names, validity));
    const made = { context, until: validity.renewal };
    this.#keep(names.host, made);
    context.catch(() => {
      if (this.#contexts.get(names.host) === made) this.#contexts.delete(names.host);
    });
    return context;
  }

  /** One that failed to open (descriptors may have been used up) is opened anew the next time. */
  #openedIssuer(): Promise<Issuer> {
    this.#issuer ??= openIssuer(this.#authority).catch((error: unknown) => {
      this.#issuer = undefined;
      throw error;
    });
    return this.#issuer;
  }

  #keep(host: string, context: CachedContext): void {
    this.#contexts.delete(host);
    this.#contexts.set(host, context);
    if (this.#contexts.size <= this.#maxContexts) return;
    const [oldest] = this.#contexts.keys();
    this.#contexts.delete(oldest!);
  }
}

interface CachedContext {
  /** Shared by all who ask while it is being signed. */
  readonly context: Promise<SecureContext>;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** What all leaves have in common. */
interface Issuer {
  readonly signer: CertificateSigner;
  readonly name: Name;
  readonly extensions: readonly Extension[];
  readonly publicKey: Uint8Array;
  readonly privateKeyPem: string;
  readonly chainPem: string;
}

async function openIssuer(authority: CertificateAuthority): Promise<Issuer> {
  const signer = await certificateSigner(authority.key);
  const { x509 } = signer;
  const certificate = new x509.X509Certificate(new X509Certificate(authority.certificatePem).raw);
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    signer,
    // Parsed, not written anew: an issuer must equal the authority's subject byte for byte.
    name: certificate.subjectName,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      await authorityKeyIdentifier(signer, certificate),
    ],
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
    privateKeyPem: pkcs8(privateKey),
    chainPem: authority.certificatePem,
  };
}

/**
 * The identifier that the authority gives itself, which in a user's own need not be a hash of the key: clients that
 * find another one do not see whose leaf it is. Hashed only where it gives itself none (RFC 5280 section 4.2.1.1).
 */
async function authorityKeyIdentifier(
  { x509 }: CertificateSigner,
  certificate: ParsedCertificate,
): Promise<Extension> {
  const own = certificate.getExtension(x509.SubjectKeyIdentifierExtension);
  return own === null
    ? x509.AuthorityKeyIdentifierExtension.create(certificate.publicKey)
    : new x509.AuthorityKeyIdentifierExtension(own.keyId);
}

interface LeafValidity {
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** When a new one is to be made, in milliseconds since the epoch: half-way, so that none is served in its last days. */
  readonly renewal: number;
}

/** From a day ago for 45 days, never beyond the authority's own time. */
function leafValidity(authority: CertificateAuthority, now: number): LeafValidity {
  const notAfter = Math.min(now - BACKDATED + LIFETIME, authority.expires.getTime());
  if (notAfter <= now) {
    throw new CertificateError(
      'CA_EXPIRED',
      `the certificate authority in ${authority.certificateFile} expired on ${authority.expires.toISOString()}: start tare anew`,
    );
  }
  return {
    notBefore: new Date(now - BACKDATED),
    notAfter: new Date(notAfter),
    renewal: now + (notAfter - now) / 2,
  };
}

/**
 * Presents the authority's certificate after the leaf: the chain is then whole where that is an intermediate of a user's
 * own, and Chromium's --ignore-certificate-errors-spki-list looks at presented certificates only.
 */
async function leafContext(
  issuer: Issuer,
  names: SubjectNames,
  validity: LeafValidity,
): Promise<SecureContext> {
  const { signer, publicKey, extensions } = issuer;
  const leaf = await signedCertificate(signer, {
    subject: subject(signer, names.host),
    issuer: issuer.name,
    publicKey,
    notBefore: validity.notBefore,
    notAfter: validity.notAfter,
    extensions: [...extensions, alternativeNames(signer, names)],
  });
  return createSecureContext({ key: issuer.privateKeyPem, cert: leaf + issuer.chainPem });
}

/** Empty where the host is too long for a common name: clients go by the alternative names. */
function subject({ x509 }: CertificateSigner, host: string): Name {
  return new x509.Name(host.length > MAX_COMMON_NAME ? [] : [{ CN: [host] }]);
}

/** Critical where the subject is empty (RFC 5280 section 4.2.1.6). */
function alternativeNames({ x509 }: CertificateSigner, { type, host, names }: SubjectNames): Extension {
  const list = names.map((value) => ({ type, value }));
  return new x509.SubjectAlternativeNameExtension(list, host.length > MAX_COMMON_NAME);
}

function pkcs8(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
