import type { Resolution } from '../proxy/resolution.ts';

/**
 * How a proxy is to be. Nothing is required, nothing is read from or written to the user's configuration.
 *
 * A host pattern is a host in which `*` stands for any characters, with `:port` behind it where that port alone is meant:
 * 'api.example.com', '*.example.com', 'localhost:8443'.
 */
export interface ProxyOptions {
  /** Address to listen on; '127.0.0.1' unless told otherwise: whoever reaches it can use the proxy. */
  readonly host?: string | undefined;
  /** Port to listen on; any free one unless told otherwise. */
  readonly port?: number | undefined;
  /**
   * Folder with the certificate authority, `ca-cert.pem` and `ca-key.pem`; made there where there is none. Without it the proxy has
   * an authority of its own, which no other proxy has and which is forgotten when it is disposed of: only its certificate is in
   * a file, in a temporary folder.
   */
  readonly caFolder?: string | undefined;
  /** Host patterns: their TLS is left unopened, and weighed whole. */
  readonly passthrough?: readonly string[] | undefined;
  /** Host patterns: these alone are shown. All else is relayed, its TLS unopened. */
  readonly only?: readonly string[] | undefined;
  /** Host patterns: these are relayed, their TLS unopened, and not shown. */
  readonly hide?: readonly string[] | undefined;
  /** Where servers are, before any name server is asked. */
  readonly resolve?: readonly Resolution[] | undefined;
  /** Root certificates that are trusted besides Node's own: their contents, PEM. */
  readonly upstreamCa?: PemText | readonly PemText[] | undefined;
  /** Accept any certificate of a server. */
  readonly insecure?: boolean | undefined;
  /** What is shown to servers that ask for a certificate. */
  readonly clientCertificates?: readonly ClientCertificate[] | undefined;
  /** An http or https URL: requests that are made to the proxy itself go there. Its path goes before theirs. */
  readonly reverse?: string | URL | undefined;
  /** With `reverse`: send on the Host that the client sent, rather than the URL's. */
  readonly keepHost?: boolean | undefined;
  /** Bytes of memory for what is kept of the traffic, 16 MiB at least; more goes to a temporary file. 128 MiB unless told otherwise. */
  readonly memory?: number | undefined;
}

/** What a PEM file holds. */
export type PemText = string | Uint8Array;

/** A certificate and its key for some servers: PEM with the certificate's chain behind it, or PKCS #12. */
export type ClientCertificate = {
  /** A host pattern. */
  readonly servers: string;
  readonly passphrase?: string | undefined;
} & (
  | { readonly cert: PemText; readonly key: PemText; readonly pfx?: undefined }
  | { readonly pfx: Uint8Array; readonly cert?: undefined; readonly key?: undefined }
);
