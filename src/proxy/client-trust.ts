import type { CloseReason, ConnectionFailure, DirectionBytes, Side } from '../tap.ts';
import { CertificateError } from './certificate-authority.ts';

/** How a connection can close that the client closed. */
const CLIENT_LEFT: ReadonlySet<CloseReason> = new Set(['ended', 'client-gone', 'client-reset']);

/** Remembers on which hosts clients have taken our certificate, to tell a refusal from a speculative connection. */
export class ClientTrust {
  readonly #certificateFile: string;
  readonly #used = new Set<string>();
  readonly #toldOf = new Set<string>();

  constructor(certificateFile: string) {
    this.#certificateFile = certificateFile;
  }

  /**
   * True when a client that closed the TLS opened to it probably refused our certificate: not a byte was sent on it, nor
   * was one ever to that host. Some clients (Node) verify only after the handshake. One that left since the server, the
   * `first`, had ended refused nothing. Told once a host.
   */
  refused(host: string, reason: CloseReason, tapped: DirectionBytes, first: Side | undefined): boolean {
    if (tapped.client > 0) this.#used.add(host);
    return CLIENT_LEFT.has(reason) && first !== 'server' && this.#isFirstGuess(host);
  }

  #isFirstGuess(host: string): boolean {
    if (this.#used.has(host) || this.#toldOf.has(host)) return false;
    this.#toldOf.add(host);
    return true;
  }

  /** What to tell of a handshake with the client that failed. */
  failure(host: string, error: unknown, refusal: boolean): ConnectionFailure {
    if (error instanceof CertificateError) return { code: 'CLIENT_TLS_FAILED', message: error.message };
    const told = error instanceof Error ? error.message : String(error);
    if (refusal) {
      return {
        code: 'CLIENT_CERTIFICATE_REFUSED',
        message: `the client refused our certificate for ${host}: ${this.#help(host)}`,
      };
    }
    const probably = this.#isFirstGuess(host)
      ? `; it probably refused our certificate: ${this.#help(host)}`
      : '';
    return {
      code: 'CLIENT_TLS_FAILED',
      message: `TLS with the client for ${host} failed (${told})${probably}`,
    };
  }

  #help(host: string): string {
    return `let it trust ${this.#certificateFile}, or leave the host alone with --passthrough ${host}`;
  }
}
