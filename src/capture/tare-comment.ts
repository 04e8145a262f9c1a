import type {
  CloseReason,
  ClosingFacts,
  ConnectionFacts,
  ConnectionFailure,
  ConnectionMode,
  DirectionBytes,
  Endpoint,
  FailureCode,
  NetworkFacts,
  TapEvent,
  TlsFacts,
} from '../tap.ts';

/**
 * What tare knows of a connection and packets cannot say, as packet comments: `tare {json}`. `opened` is on the SYN (on each
 * one, where a recording of several files introduces a connection again), `closed` on the last packet, `failed` on the SYN of a
 * connection that never came to be, and `lost` on the first packet after a hole.
 */
export type TareComment = OpenedComment | ClosedComment | FailedComment | LostComment;

/** A connection and its facts. */
export interface OpenedComment {
  readonly type: 'opened';
  /** Its number in the session that was recorded. */
  readonly connection: number;
  readonly facts: ConnectionFacts;
  /** Present when the connection is older than what the file holds of it. */
  readonly earlier: EarlierPart | undefined;
}

/** The part of a connection that passed before the SYN which introduces it. */
export interface EarlierPart {
  /** Nanoseconds from its opening to this SYN. */
  readonly age: number;
  /** Bytes that were tapped before this SYN and are not behind it: `lost` ones, to who reads this file alone. */
  readonly tapped: DirectionBytes;
}

/** Why a connection closed, and the sockets' counters then. */
export interface ClosedComment {
  readonly type: 'closed';
  readonly reason: CloseReason;
  readonly closing: ClosingFacts;
}

/** All that a `failed` event tells. */
export interface FailedComment {
  readonly type: 'failed';
  readonly connection: number;
  readonly attempt: FailedAttempt;
}

/** A `failed` event without its number and time. */
export type FailedAttempt = Omit<FailedEvent, 'type' | 'connection' | 'at'>;

type FailedEvent = Extract<TapEvent, { readonly type: 'failed' }>;

/** Bytes of the connection that travelled before this packet and are not in the file: holes in the sequence numbers. */
export interface LostComment {
  readonly type: 'lost';
  /** Exact, while sequence numbers tell it modulo 2^32. */
  readonly lost: DirectionBytes;
}

/** For the SYN of a connection. */
export function openedComment(connection: number, facts: ConnectionFacts, earlier?: EarlierPart): string {
  const { mode, client, clientAddress, server, serverAddress, tls, timings, reconstructed } = facts;
  const opened = {
    connection,
    mode,
    client,
    clientAddress: shortened(clientAddress),
    server: shortened(server),
    serverAddress: serverAddress && shortened(serverAddress),
    tls: tls && { ...tls, serverName: tls.serverName?.slice(0, MAX_NAME) },
    timings,
    reconstructed,
    earlier,
  };
  return comment({ opened });
}

/** For the last packet of a connection. */
export function closedComment(reason: CloseReason, closing: ClosingFacts): string {
  return comment({ closed: { reason, ...closing } });
}

/** For the SYN of a connection that never came to be. */
export function failedComment(connection: number, attempt: FailedAttempt): string {
  const { mode, client, clientAddress, server, failure, proxy } = attempt;
  const { code, message } = failure;
  const failed = {
    connection,
    mode,
    client,
    clientAddress: shortened(clientAddress),
    server: server && shortened(server),
    failure: { code, message: message.slice(0, MAX_MESSAGE) },
    proxy,
  };
  return comment({ failed });
}

/** For the first packet of a connection after a hole. */
export function lostComment(lost: DirectionBytes): string {
  return comment({ lost });
}

/** Reads a packet's comment; undefined where it is none of tare's, or of a version that is not known here, or broken. */
export function readComment(text: string): TareComment | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  const told = parsed(text.slice(PREFIX.length));
  if (!isRecord(told) || told.v !== VERSION) return undefined;
  if (isRecord(told.opened)) return opened(told.opened);
  if (isRecord(told.closed)) return closed(told.closed);
  if (isRecord(told.failed)) return failed(told.failed);
  const lost = directions(told.lost);
  return lost && { type: 'lost', lost };
}

const PREFIX = 'tare ';
const VERSION = 1;

/** An option of a pcapng block holds 65,535 bytes, and JSON writes a control character in 6. */
const MAX_NAME = 1_000;
const MAX_MESSAGE = 4_000;

function comment(told: object): string {
  return `${PREFIX}${JSON.stringify({ v: VERSION, ...told })}`;
}

function shortened({ host, port }: Endpoint): Endpoint {
  return { host: host.slice(0, MAX_NAME), port };
}

function opened(told: Told): OpenedComment | undefined {
  const connection = count(told.connection);
  const facts = connectionFacts(told);
  const earlier = optional(told.earlier, earlierPart);
  if (connection === undefined || !facts || earlier === BROKEN) return undefined;
  return { type: 'opened', connection, facts, earlier };
}

function connectionFacts(told: Told): ConnectionFacts | undefined {
  const { mode } = told;
  const client = count(told.client);
  const clientAddress = endpoint(told.clientAddress);
  const server = endpoint(told.server);
  const serverAddress = optional(told.serverAddress, endpoint);
  const tls = optional(told.tls, tlsFacts);
  const timings = stepTimings(told.timings);
  if (!isIn(MODES, mode) || client === undefined || !clientAddress || !server || !timings) return undefined;
  if (serverAddress === BROKEN || tls === BROKEN) return undefined;
  const facts = { mode, client, clientAddress, server, serverAddress, tls, timings };
  return told.reconstructed === true ? { ...facts, reconstructed: true } : facts;
}

function closed(told: Told): ClosedComment | undefined {
  const { reason } = told;
  const tapped = directions(told.tapped);
  const upstream = directions(told.upstream);
  const tls = directions(told.tls);
  const proxy = directions(told.proxy);
  const downstream = directions(told.downstream);
  const unrelayed = directions(told.unrelayed);
  const network = optional(told.network, networkFacts);
  if (!isIn(REASONS, reason) || !tapped || !upstream || !tls || !proxy || !downstream || !unrelayed) {
    return undefined;
  }
  if (network === BROKEN) return undefined;
  const sockets = { tapped, upstream, tls, proxy, downstream, unrelayed };
  const counters: ClosingFacts = told.unknown === true ? { ...sockets, unknown: true } : sockets;
  return { type: 'closed', reason, closing: network ? { ...counters, network } : counters };
}

function failed(told: Told): FailedComment | undefined {
  const { mode } = told;
  const connection = count(told.connection);
  const client = count(told.client);
  const clientAddress = endpoint(told.clientAddress);
  const server = optional(told.server, endpoint);
  const failure = connectionFailure(told.failure);
  const proxy = directions(told.proxy);
  if (connection === undefined || !isIn(MODES, mode) || client === undefined) return undefined;
  if (!clientAddress || server === BROKEN || !failure || !proxy) return undefined;
  return { type: 'failed', connection, attempt: { mode, client, clientAddress, server, failure, proxy } };
}

const MODES: Readonly<Record<ConnectionMode, true>> = {
  forward: true,
  connect: true,
  reverse: true,
  capture: true,
  har: true,
};

const REASONS: Readonly<Record<CloseReason, true>> = {
  ended: true,
  'client-gone': true,
  'server-gone': true,
  'client-reset': true,
  'server-reset': true,
  'client-refused': true,
  'certificate-required': true,
  stopped: true,
  'capture-ended': true,
};

const CODES: Readonly<Record<FailureCode, true>> = {
  DNS_FAILED: true,
  UPSTREAM_REFUSED: true,
  UPSTREAM_UNREACHABLE: true,
  UPSTREAM_TIMEOUT: true,
  UPSTREAM_RESET: true,
  UPSTREAM_TLS_FAILED: true,
  UPSTREAM_CERTIFICATE_REFUSED: true,
  UPSTREAM_NOT_HTTP: true,
  CLIENT_TLS_FAILED: true,
  CLIENT_CERTIFICATE_REFUSED: true,
  CLIENT_GONE: true,
  CLIENT_TIMEOUT: true,
  BAD_REQUEST: true,
  LOOP: true,
};

function earlierPart(value: unknown): EarlierPart | undefined {
  if (!isRecord(value)) return undefined;
  const age = count(value.age);
  const tapped = directions(value.tapped);
  return age !== undefined && tapped ? { age, tapped } : undefined;
}

function tlsFacts(value: unknown): TlsFacts | undefined {
  if (!isRecord(value)) return undefined;
  const { version, cipher } = value;
  const alpn = optional(value.alpn, text);
  const serverName = optional(value.serverName, text);
  if (typeof version !== 'string' || typeof cipher !== 'string') return undefined;
  return alpn === BROKEN || serverName === BROKEN ? undefined : { version, cipher, alpn, serverName };
}

function stepTimings(value: unknown): ConnectionFacts['timings'] | undefined {
  if (!isRecord(value)) return undefined;
  const timings: { dns?: number; connect?: number; tls?: number } = {};
  for (const step of ['dns', 'connect', 'tls'] as const) {
    const took = optional(value[step], duration);
    if (took === BROKEN) return undefined;
    if (took !== undefined) timings[step] = took;
  }
  return timings;
}

function networkFacts(value: unknown): NetworkFacts | undefined {
  if (!isRecord(value)) return undefined;
  const packets = directions(value.packets);
  const headers = directions(value.headers);
  const retransmitted = directions(value.retransmitted);
  const missing = directions(value.missing);
  const roundTrip = optional(value.roundTrip, duration);
  if (!packets || !headers || !retransmitted || !missing || roundTrip === BROKEN) return undefined;
  return { packets, headers, retransmitted, missing, roundTrip };
}

function connectionFailure(value: unknown): ConnectionFailure | undefined {
  if (!isRecord(value)) return undefined;
  const { code, message } = value;
  return isIn(CODES, code) && typeof message === 'string' ? { code, message } : undefined;
}

function endpoint(value: unknown): Endpoint | undefined {
  if (!isRecord(value)) return undefined;
  const { host } = value;
  const port = count(value.port);
  return typeof host === 'string' && port !== undefined && port <= 0xffff ? { host, port } : undefined;
}

function directions(value: unknown): DirectionBytes | undefined {
  if (!isRecord(value)) return undefined;
  const client = count(value.client);
  const server = count(value.server);
  return client !== undefined && server !== undefined ? { client, server } : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function duration(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** There, but not what it should be. */
const BROKEN = Symbol('broken');

function optional<Value>(value: unknown, read: (value: unknown) => Value | undefined) {
  return value === undefined ? undefined : (read(value) ?? BROKEN);
}

type Told = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Told {
  return typeof value === 'object' && value !== null;
}

function isIn<Word extends string>(words: Readonly<Record<Word, true>>, value: unknown): value is Word {
  return typeof value === 'string' && Object.hasOwn(words, value);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
