import { createServer, type Server } from 'node:net';
import type { Endpoint, TapSink } from '../tap.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import { Client } from './client.ts';
import { ClientTrust } from './client-trust.ts';
import { Forwarder } from './forward.ts';
import { hostMatcher } from './host-pattern.ts';
import { LeafCertificates } from './leaf-certificates.ts';
import { TapSource } from './tap-source.ts';
import type { UpstreamTrust } from './tls-opening.ts';
import { UnderWay } from './under-way.ts';
import { type Dialled, dial } from './upstream.ts';

export interface ProxyOptions {
  /** Where to listen; port 0 takes any free one. */
  readonly listen: Endpoint;
  readonly authority: CertificateAuthority;
  /** Hosts, with `*` for any characters, whose TLS is relayed unopened. */
  readonly passthrough: readonly string[];
  readonly trust: UpstreamTrust;
  /** Milliseconds a server may take to accept a connection, and again for its TLS handshake. */
  readonly dialTimeoutMs?: number;
  readonly sink: TapSink;
}

/** What serving a client takes, whatever it asks for. */
export interface ProxyParts {
  readonly source: TapSource;
  readonly leaves: LeafCertificates;
  readonly trust: UpstreamTrust;
  readonly clientTrust: ClientTrust;
  readonly dialTimeoutMs: number;
  /** True when the TLS of a tunnel to `host`, or for `serverName`, is to be left alone. */
  passesThrough(host: string, serverName: string | undefined): boolean;
  /** Where the proxy listens. */
  self(): Endpoint;
  /** Connects to `server` for `client`. Rejects with an UpstreamError. */
  dial(server: Endpoint, client: Client): Promise<Dialled>;
  /** Lets the proxy's end wait for work that goes on without a connection on the tap. */
  track(work: Promise<void>, client: Client): void;
}

/** A proxy that listens. */
export interface RunningProxy extends AsyncDisposable {
  readonly address: Endpoint;
  /** Nanoseconds since the Unix epoch at which the tap's clock read 0. */
  readonly epoch: bigint;
  /** Nanoseconds since then. */
  now(): number;
  /** Takes no more clients, closes those there are, and waits until all have been told of on the tap. */
  close(): Promise<void>;
}

const DIAL_TIMEOUT_MS = 30_000;

/** Starts a proxy. Rejects with the system's error when it cannot listen there. */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const source = new TapSource(options.sink);
  const underWay = new UnderWay();
  let accepted = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const client = new Client(++accepted, socket);
    underWay.addClient(client);
    new Forwarder(parts, client).serve();
  });
  const address = await listen(server, options.listen);
  const timeoutMs = options.dialTimeoutMs ?? DIAL_TIMEOUT_MS;
  const parts: ProxyParts = {
    source,
    leaves: new LeafCertificates(options.authority),
    trust: options.trust,
    clientTrust: new ClientTrust(options.authority.certificateFile),
    dialTimeoutMs: timeoutMs,
    passesThrough: hostMatcher(options.passthrough),
    self: () => address,
    track: (work, client) => underWay.addWork(work, client),
    async dial(server, client) {
      const dialled = await dial(server, { timeoutMs, self: address, signal: client.gone });
      underWay.addUpstream(dialled.socket);
      return dialled;
    },
  };
  const close = () => closeServer(server, underWay, source);
  return { address, epoch: source.epoch, now: () => source.now(), close, [Symbol.asyncDispose]: close };
}

function listen(server: Server, { host, port }: Endpoint): Promise<Endpoint> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject).on('error', () => {}); // a client that could not be accepted is that client's loss
      const bound = server.address();
      if (bound === null || typeof bound === 'string') return reject(new Error('the proxy has no address'));
      resolve({ host: bound.address, port: bound.port });
    });
  });
}

async function closeServer(server: Server, underWay: UnderWay, source: TapSource): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  await underWay.end(source);
  await closed;
  await new Promise(setImmediate); // what failed is told right after its client's close
}
