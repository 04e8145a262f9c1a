import { connect, isIP, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { ConnectionFailure, Endpoint, FailureCode } from '../tap.ts';

/** A socket to a server, connected, and how long that took. */
export interface Dialled {
  readonly socket: Socket;
  readonly address: Endpoint;
  /** Milliseconds; `dns` only where a name had to be looked up. */
  readonly timings: { readonly dns?: number; readonly connect: number };
}

/** Why a server could not be reached; `failure` is what the tap and the client are told. */
export class UpstreamError extends Error {
  readonly failure: ConnectionFailure;

  constructor(code: FailureCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.failure = { code, message };
  }
}

/** How long one of a server's addresses may take to accept where there is another one to try, in milliseconds. */
const ATTEMPT_MS = 2_500; // Node's own 250 ms gives up on a far server's IPv4 address where IPv6 does not work

/**
 * Connects to `server`, trying all its addresses (`localhost` may be ::1 or 127.0.0.1), or in their order those that
 * `options` give. Rejects with an UpstreamError when it cannot be reached within `timeoutMs`, when it turns out to be
 * `self`, the address tare listens on, or when `signal` gives up.
 */
export async function dial(server: Endpoint, options: DialOptions): Promise<Dialled> {
  const { addresses, timeoutMs, signal } = options;
  if (!addresses) return dialAt(server.host, at(server), server, options);
  const before = performance.now();
  for (const [index, address] of addresses.entries()) {
    const isLast = index === addresses.length - 1;
    const left = timeoutMs - (performance.now() - before);
    const attempt = { ...options, timeoutMs: isLast ? left : Math.min(left, ATTEMPT_MS) };
    try {
      return await dialAt(address, `${at(server)}, by --resolve at ${address},`, server, attempt);
    } catch (error) {
      if (isLast || signal.aborted || left <= ATTEMPT_MS) throw error;
    }
  }
  throw new Error('--resolve gave no address');
}

/** Connects to the server's port at `host`, its own or an address in place of it; `name` is what failures call it. */
function dialAt(host: string, name: string, server: Endpoint, options: DialOptions): Promise<Dialled> {
  const started = performance.now();
  let lookedUp: number | undefined;
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: server.port,
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true, // as for clients: a server that is gone without a word is found out, and its client told
      keepAliveInitialDelay: 60_000,
      autoSelectFamilyAttemptTimeout: ATTEMPT_MS,
    });
    const timer = setTimeout(() => give(timedOut(name, options.timeoutMs)), options.timeoutMs);
    socket.on('error', () => {}); // whoever uses the socket later learns of errors by its own listener
    const settled = () => {
      clearTimeout(timer);
      options.signal.removeEventListener('abort', onAbort);
      socket.off('error', onError);
    };
    const give = (error: UpstreamError) => {
      settled();
      socket.destroy();
      reject(error);
    };
    const onError = (error: Error) => give(dialError(name, error));
    const onAbort = () => give(new UpstreamError('CLIENT_GONE', `the client left while ${name} was dialled`));
    if (options.signal.aborted) return onAbort();
    options.signal.addEventListener('abort', onAbort, { once: true });
    socket.once('lookup', () => {
      lookedUp = performance.now();
    });
    socket.on('error', onError);
    socket.once('connect', () => {
      if (isSelf(socket, options.self)) return give(loop(name));
      settled();
      const connected = performance.now();
      const timings =
        lookedUp === undefined || isIP(host) !== 0
          ? { connect: connected - started }
          : { dns: lookedUp - started, connect: connected - lookedUp };
      resolve({
        socket,
        address: { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 },
        timings,
      });
    });
  });
}

export interface DialOptions {
  readonly timeoutMs: number;
  /** Where to look for the server, in place of what its name resolves to. At least one, where there are any. */
  readonly addresses?: readonly string[] | undefined;
  /** Where tare itself listens. */
  readonly self: Endpoint;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
}

function timedOut(name: string, timeoutMs: number): UpstreamError {
  const seconds = Math.round(timeoutMs) / 1000;
  return new UpstreamError('UPSTREAM_TIMEOUT', `${name} did not answer within ${seconds} s`);
}

function loop(name: string): UpstreamError {
  return new UpstreamError('LOOP', `${name} is this proxy itself: the request would go round for ever`);
}

function isSelf(socket: Socket, self: Endpoint): boolean {
  if (socket.remotePort !== self.port) return false;
  const remote = unmapped(socket.remoteAddress ?? '');
  if (self.host !== '0.0.0.0' && self.host !== '::') return remote === self.host;
  return Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === remote));
}

/** An IPv4 address that came as `::ffff:127.0.0.1`, as IPv4. */
export function unmapped(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

const DIAL_ERRORS: Readonly<Record<string, readonly [FailureCode, string]>> = {
  ENOTFOUND: ['DNS_FAILED', 'no such host: its name was not found'],
  EAI_AGAIN: ['DNS_FAILED', 'the name server did not answer'],
  EAI_FAIL: ['DNS_FAILED', 'the name server failed'],
  ECONNREFUSED: ['UPSTREAM_REFUSED', 'refused the connection: nothing listens there'],
  ECONNRESET: ['UPSTREAM_RESET', 'reset the connection'],
  EHOSTUNREACH: ['UPSTREAM_UNREACHABLE', 'is unreachable: there is no route to that host'],
  ENETUNREACH: ['UPSTREAM_UNREACHABLE', 'is unreachable: there is no route to its network'],
  ETIMEDOUT: ['UPSTREAM_TIMEOUT', 'did not answer in time'],
  EMFILE: [
    'UPSTREAM_UNREACHABLE',
    'was not dialled: this process has no file descriptors left (see ulimit -n)',
  ],
};

function dialError(name: string, error: Error): UpstreamError {
  const first = error instanceof AggregateError ? (error.errors[0] as Error) : error;
  const code = errorCode(first);
  const known = DIAL_ERRORS[code] ?? (isLookup(first) ? DIAL_ERRORS.ENOTFOUND : undefined);
  if (!known) {
    return new UpstreamError('UPSTREAM_UNREACHABLE', `could not connect to ${name}: ${first.message}`, error);
  }
  return new UpstreamError(known[0], `${name} ${known[1]}`, error);
}

/** Names that no name server would be asked for fail with words of their own. */
function isLookup(error: Error): boolean {
  return 'syscall' in error && error.syscall === 'getaddrinfo';
}

/** The system's word for an error: 'ECONNRESET', or '' where there is none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** An endpoint as an authority: `example.com:443`, `[::1]:8080`. */
export function at({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** True when the peer, and not the network or this machine, ended the connection out of order. */
export function isReset(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE'].includes(errorCode(error));
}
