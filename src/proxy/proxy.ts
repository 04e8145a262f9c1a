import { createServer, type Server } from 'node:net';
import type { Endpoint, TapSink } from '../tap.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import { Client } from './client.ts';
import { ClientTrust } from './client-trust.ts';
import { socketLimit } from './descriptors.ts';
import { Forwarder } from './forward.ts';
import { serverMatcher } from './host-pattern.ts';
import type { KeyLog } from './key-log.ts';
import { LeafCertificates } from './leaf-certificates.ts';
import { addressBook, type Resolution } from './resolution.ts';
import type { Reverser } from './reverse/reverser.ts';
import { outOf, type Scope } from './scope.ts';
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
  /** What the sink learns of; everything, unless told otherwise. TLS of what it does not learn of is relayed unopened. */
  readonly scope?: Scope;
  /** Where to find servers, before any name server is asked. */
  readonly resolutions?: readonly Resolution[];
  readonly keyLog?: KeyLog | undefined;
  readonly trust: UpstreamTrust;
  /** Milliseconds a server may take to accept a connection, and again for its TLS handshake. */
  readonly dialTimeoutMs?: number;
  /** Milliseconds a client may take over a head that it began; idle clients are not cut off. */
  readonly clientTimeoutMs?: number;
  /** Where requests go that name no host themselves; without it they are refused. */
  readonly reverse?: ReverseOptions;
  readonly sink: TapSink;
}

/** What stands behind the proxy in reverse mode. */
export interface ReverseOptions {
  /** http or https; its path goes before that of every request. */
  readonly target: URL;
  /** Send the Host that the client sent, rather than the target's. */
  readonly keepHost: boolean;
}

/** What serving a client takes, whatever it asks for. */
export interface ProxyParts {
  readonly source: TapSource;
  readonly leaves: LeafCertificates;
  readonly trust: UpstreamTrust;
  readonly clientTrust: ClientTrust;
  readonly keyLog: KeyLog | undefined;
  readonly dialTimeoutMs: number;
  readonly clientTimeoutMs: number;
  /** True when the TLS of a tunnel to `server`, or for `serverName`, is to be left alone. */
  passesThrough(server: Endpoint, serverName: string | undefined): boolean;
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
  /** Ends the client with this number, as in a connection's facts, and all its connections; false where it is gone. */
  stopClient(number: number): boolean;
  /** Takes no more clients, closes those there are, and waits until all have been told of on the tap. */
  close(): Promise<void>;
}

const DIAL_TIMEOUT_MS = 30_000;
const CLIENT_TIMEOUT_MS = 60_000;
/** Idle clients stay, but one whose machine went without a word is noticed: the system asks it after this time. */
const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelay: 60_000 };

/** Starts a proxy. Rejects with the system's error when it cannot listen there. */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const source = new TapSource(options.sink, options.scope && outOf(options.scope));
  const underWay = new UnderWay(socketLimit());
  let accepted = 0;
  const newReverser = options.reverse && (await loadedReverser(options.reverse));
  const server = createServer({ allowHalfOpen: true, noDelay: true, ...KEEP_ALIVE }, (socket) => {
    if (!underWay.admits(socket)) return;
    const client = new Client(++accepted, socket);
    underWay.addClient(client);
    new Forwarder(parts, client, reverser).serve();
  });
  const address = await listen(server, options.listen);
  const isLeftAlone = serverMatcher(options.passthrough);
  const addressesOf = addressBook(options.resolutions ?? []);
  const timeoutMs = options.dialTimeoutMs ?? DIAL_TIMEOUT_MS;
  const parts: ProxyParts = {
    source,
    leaves: new LeafCertificates(options.authority),
    trust: options.trust,
    clientTrust: new ClientTrust(options.authority.certificateFile),
    dialTimeoutMs: timeoutMs,
    clientTimeoutMs: options.clientTimeoutMs ?? CLIENT_TIMEOUT_MS,
    keyLog: options.keyLog,
    passesThrough: (server, name) => isLeftAlone(server, name) || source.hides(server, name),
    self: () => address,
    track: (work, client) => underWay.addWork(work, client),
    dial(server, client) {
      const how = { timeoutMs, addresses: addressesOf(server), self: address, signal: client.gone };
      return underWay.dial(server, () => dial(server, how));
    },
  };
  const reverser = newReverser?.(parts);
  const close = () => closeServer(server, underWay, source).finally(() => reverser?.close());
  return {
    address,
    epoch: source.epoch,
    now: () => source.now(),
    stopClient: (number) => underWay.stop(number),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A start without reverse mode loads neither it nor http-proxy. */
async function loadedReverser(options: ReverseOptions): Promise<(parts: ProxyParts) => Reverser> {
  const { loadReverser } = await import('./reverse/reverser.ts');
  return loadReverser(options);
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
