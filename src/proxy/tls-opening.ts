import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import {
  connect,
  createSecureContext,
  rootCertificates,
  type SecureContext,
  type SecureContextOptions,
  TLSSocket,
} from 'node:tls';
import type { Endpoint, TlsFacts } from '../tap.ts';
import { type ServerMatcher, serverMatcher } from './host-pattern.ts';
import { at, errorCode, UpstreamError } from './upstream.ts';

/** What a client asked for in its ClientHello. */
export interface TlsWish {
  readonly serverName: string | undefined;
  /** Protocols it offers, most wanted first, as latin1 text. */
  readonly alpn: readonly string[];
}

/** How the certificates of servers are judged, and what they are shown when they ask for one. */
export interface UpstreamTrust {
  /** Accept any certificate. */
  readonly insecure: boolean;
  /**
   * The roots that are trusted, with the certificate that is shown to this server, if any. Made once for all connections:
   * making it anew takes a tenth of a handshake, or many handshakes where there are roots beside Node's own.
   */
  contextFor(server: Endpoint, serverName?: string): SecureContext;
}

/** A certificate that tare shows to the servers it is meant for: PEM with its chain and key, or PKCS #12. */
export interface ClientCertificate {
  /** A host pattern. */
  readonly servers: string;
  readonly identity:
    | { readonly cert: string; readonly key: string; readonly passphrase?: string | undefined }
    | { readonly pfx: Buffer; readonly passphrase?: string | undefined };
}

/**
 * Trusts Node's own roots and those in `roots`, PEM. To a server that several of `certificates` are meant for the first is
 * shown. Throws what OpenSSL says when one of them is no certificate.
 */
export function upstreamTrust(
  insecure: boolean,
  roots: readonly string[],
  certificates: readonly ClientCertificate[] = [],
): UpstreamTrust {
  const trusted = roots.length === 0 ? {} : { ca: [...rootCertificates, ...roots] };
  const common = madeOnce({ ca: [...roots] }, trusted);
  const own = certificates.map(({ servers, identity }) => ({
    isFor: serverMatcher([servers]),
    context: madeOnce(identity, { ...trusted, ...identity }),
  }));
  const contextFor = (...asked: Parameters<ServerMatcher>) =>
    (own.find(({ isFor }) => isFor(...asked))?.context ?? common)();
  return { insecure, contextFor };
}

/**
 * A context that is made when it is first asked for: with Node's own roots in it that takes 20 ms, which a start can do
 * without. `unsure` is the part of it that may be wrong, and is tried at once.
 */
function madeOnce(unsure: SecureContextOptions, options: SecureContextOptions): () => SecureContext {
  createSecureContext(unsure);
  let context: SecureContext | undefined;
  return () => {
    context ??= createSecureContext(options);
    return context;
  };
}

/** How a handshake goes on. */
export interface HandshakeOptions {
  /** Milliseconds until it is given up. */
  readonly timeoutMs: number;
  /** Takes its secrets, each as a line of an NSS key log with its line end. */
  readonly onKeys?: ((line: Buffer) => void) | undefined;
}

/**
 * Opens TLS to the server on `socket`, asking for what the client asked for, and verifies its certificate.
 * Rejects with an UpstreamError.
 */
export function openServerTls(
  socket: Socket,
  server: Endpoint,
  wish: TlsWish,
  trust: UpstreamTrust,
  { timeoutMs, onKeys }: HandshakeOptions,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const stream = connect({
      socket,
      host: server.host,
      // An address is no server name (RFC 6066 section 3), and Node warns of one.
      ...(wish.serverName === undefined || isIP(wish.serverName) ? {} : { servername: wish.serverName }),
      ...(wish.alpn.length === 0 ? {} : { ALPNProtocols: alpnList(wish.alpn) }),
      secureContext: trust.contextFor(server, wish.serverName),
      rejectUnauthorized: !trust.insecure,
    });
    if (onKeys) stream.on('keylog', onKeys);
    // Of an alert that comes after the handshake Node only tells, maybe before the relay listens: the stream is to keep it.
    stream.on('error', (error) => stream.destroy(error));
    const give = (error: UpstreamError) => {
      clearTimeout(timer);
      stream.destroy();
      reject(error);
    };
    const timer = setTimeout(
      () =>
        give(new UpstreamError('UPSTREAM_TIMEOUT', `TLS with ${at(server)} took over ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    const failed = (error: Error) => give(tlsError(server, wish, error));
    const closed = () =>
      give(new UpstreamError('UPSTREAM_RESET', `${at(server)} hung up during the TLS handshake`));
    stream.on('error', failed).on('close', closed);
    stream.once('secureConnect', () => {
      clearTimeout(timer);
      stream.off('error', failed).off('close', closed);
      resolve(stream);
    });
  });
}

/** In wire format (RFC 7301 section 3.1), byte for byte as the client sent it: names need not be text. */
function alpnList(names: readonly string[]): Buffer {
  return Buffer.concat(names.flatMap((name) => [Buffer.of(name.length), Buffer.from(name, 'latin1')]));
}

/** True when the server ended the connection since the client showed it no certificate (RFC 8446 section 6.2). */
export function wantsCertificate(error: unknown): boolean {
  return errorCode(error) === 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED';
}

/** What was agreed on with the server. */
export function tlsFacts(stream: TLSSocket, wish: TlsWish): TlsFacts {
  return {
    version: stream.getProtocol() ?? '',
    cipher: stream.getCipher().name,
    alpn: stream.alpnProtocol || undefined,
    serverName: wish.serverName,
  };
}

/**
 * Opens TLS to the client on `socket`, whose ClientHello has been put back. `alpn` is the server's choice: where there
 * is none, no ALPN at all is answered, since a list without a match would end the handshake.
 */
export function openClientTls(
  socket: Socket,
  context: SecureContext,
  alpn: string | undefined,
  { timeoutMs, onKeys }: HandshakeOptions,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const stream = new TLSSocket(socket, {
      isServer: true,
      secureContext: context,
      ...(alpn === undefined ? {} : { ALPNProtocols: [alpn] }),
    });
    if (onKeys) stream.on('keylog', onKeys);
    stream.on('error', () => {}); // one may come before the relay listens
    const give = (error: Error) => {
      clearTimeout(timer);
      stream.destroy();
      reject(error);
    };
    const timer = setTimeout(
      () => give(new Error(`no TLS handshake within ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    const closed = () => give(new Error('the client hung up during the TLS handshake'));
    stream.on('error', give).on('end', closed).on('close', closed);
    stream.once('secure', () => {
      clearTimeout(timer);
      stream.off('error', give).off('end', closed).off('close', closed);
      resolve(stream);
    });
  });
}

/** The name our certificate must bear: what the client asked for by SNI, else the host it asked to be connected to. */
export function certificateName(wish: TlsWish, server: Endpoint): string {
  return wish.serverName ?? server.host;
}

/** True when the client's handshake ended with an alert that says our certificate is not to its liking. */
export function isCertificateRefusal(error: unknown): boolean {
  return /ALERT_(UNKNOWN_CA|(BAD|UNSUPPORTED|UNKNOWN)_CERTIFICATE|CERTIFICATE_(UNKNOWN|EXPIRED|REVOKED))/.test(
    errorCode(error),
  );
}

const CERTIFICATE_ERRORS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its chain ends in a root that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its chain is incomplete, or its issuer is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT: 'its issuer is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its issuer is not trusted here',
  CERT_UNTRUSTED: 'its certificate is not trusted here',
  INVALID_PURPOSE: 'its certificate is not one for servers',
  INVALID_CA: 'its issuer is no certificate authority',
  CERT_REJECTED: 'its root is not trusted for servers',
  CERT_CHAIN_TOO_LONG: 'its chain is too long',
  PATH_LENGTH_EXCEEDED: 'its chain is longer than its issuer allows',
  CERT_REVOKED: 'its certificate was revoked',
  CERT_SIGNATURE_FAILURE: 'the signature of its certificate is wrong',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

function tlsError(server: Endpoint, wish: TlsWish, error: Error): UpstreamError {
  const code = errorCode(error);
  const why = CERTIFICATE_ERRORS[code];
  const name =
    wish.serverName !== undefined && wish.serverName !== server.host ? ` as ${wish.serverName}` : '';
  if (why !== undefined) {
    const names = code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? `: ${error.message}` : '';
    const help = 'trust its root with --upstream-ca FILE, or accept any certificate with --insecure';
    return new UpstreamError(
      'UPSTREAM_CERTIFICATE_REFUSED',
      `${at(server)}${name}: ${why} (${code}${names}); ${help}`,
      error,
    );
  }
  if (code === 'ECONNRESET') {
    return new UpstreamError(
      'UPSTREAM_RESET',
      `${at(server)}${name} hung up during the TLS handshake`,
      error,
    );
  }
  const told = /^(ERR_SSL_|EPROTO)/.test(code) ? sslReason(error) : error.message;
  const hint = HANDSHAKE_ALERTS.has(code)
    ? `; if it asks for a client certificate, show it one with --client-cert ${server.host}=FILE`
    : '';
  const kind = isIP(server.host) === 0 ? '' : ' (asked for by address)';
  return new UpstreamError(
    'UPSTREAM_TLS_FAILED',
    `TLS with ${at(server)}${name}${kind} failed: ${told}${hint}`,
    error,
  );
}

/** What servers of TLS 1.2 say that want a certificate and get none, or one they do not like. */
const HANDSHAKE_ALERTS: ReadonlySet<string> = new Set([
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
  'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
  'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
]);

/** OpenSSL's words without its file names and numbers. */
function sslReason(error: Error): string {
  return 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message;
}
