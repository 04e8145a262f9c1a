import { isIP } from 'node:net';
import type { ConnectionFacts, TapEvent } from '../../tap.ts';
import { type EntryRange, entryRanges } from './entry-ranges.ts';
import { type HarConnection, harConnections } from './har-connections.ts';
import { type HarProblem, HarProblems } from './har-problem.ts';
import { type PlannedExchange, plannedExchange } from './planned-exchange.ts';
import type { Step } from './step.ts';
import { TimeHeap } from './time-heap.ts';
import { type NotTaken, readEntry, type ToldEntry } from './told-entry.ts';
import { WrittenConnection } from './written-connection.ts';
import { writtenExchange } from './written-exchange.ts';

/** Where connections of a HAR come from: nobody tells. */
const NOWHERE = { host: '', port: 0 };

/** Whether a file that begins like this may be a HAR. */
export function isHar(beginning: Uint8Array): boolean {
  const text = Buffer.from(beginning.subarray(0, 100)).toString().replace('\ufeff', '').trimStart();
  return text.startsWith('{');
}

/** Reads a HAR. It never throws: what is wrong with it is told as problems. */
export function readHar(har: Uint8Array | string): HarSource {
  return new HarSource(typeof har === 'string' ? Buffer.from(har) : asBuffer(har));
}

/**
 * A HAR of whatever tool as a source of tap events. A HAR knows what was said and not how it travelled: bytes are written anew,
 * and the connections are marked so. Entries are read twice, so that the file's bytes and a few facts of each are all that is in memory.
 */
export class HarSource {
  /** Nanoseconds since the Unix epoch of the first request. */
  readonly epoch: bigint;
  /** Entries in the file that could be read. */
  readonly entries: number;
  readonly #bytes: Buffer;
  readonly #ranges: EntryRange[] = [];
  readonly #connections: readonly HarConnection[];
  readonly #problems = new HarProblems();
  /** Entries of which it was told what was changed in them. */
  readonly #noted = new Set<number>();

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    const planned = this.#plan();
    planned.sort((one, other) => (one.askedAt < other.askedAt ? -1 : one.askedAt > other.askedAt ? 1 : 0));
    this.epoch = planned[0]?.askedAt ?? 0n;
    this.entries = planned.length;
    this.#connections = harConnections(planned, this.epoch);
  }

  /** The first 1,000. Those of type `changed` come while the events are read. */
  get problems(): readonly HarProblem[] {
    return this.#problems.kept;
  }

  /** All of them, by type. */
  get problemCounts(): Readonly<Record<HarProblem['type'], number>> {
    return this.#problems.counts;
  }

  /** All connections side by side, in the order of time. */
  *events(): Generator<TapEvent> {
    const waiting = new TimeHeap<Waiting>();
    this.#connections.forEach((connection, index) => {
      const number = index + 1;
      const begin = () => this.#connectionEvents(number, connection);
      waiting.add(Number(connection.exchanges[0]!.askedAt - this.epoch), number, { begin });
    });
    for (let next = waiting.take(); next; next = waiting.take()) {
      if ('event' in next) yield next.event;
      const running = 'event' in next ? next.running : next.begin();
      const { value, done } = running.next();
      if (!done) waiting.add(value.at, value.connection, { event: value, running });
    }
  }

  #plan(): PlannedExchange[] {
    const planned: PlannedExchange[] = [];
    const found = entryRanges(this.#bytes);
    for (let next = found.next(); ; next = found.next()) {
      if (next.done) {
        if (next.value)
          this.#problems.add('damaged', undefined, `at byte ${next.value.offset}: ${next.value.detail}`);
        return planned;
      }
      const number = this.#ranges.push(next.value);
      const told = this.#read(number);
      if ('detail' in told) this.#problems.add(told.type, number, told.detail);
      else planned.push(plannedExchange(number, told));
    }
  }

  /** Reads an entry, as often as it is needed. */
  #read(number: number): ToldEntry | NotTaken {
    const { start, end } = this.#ranges[number - 1]!;
    try {
      return readEntry(JSON.parse(this.#bytes.toString('utf8', start, end)));
    } catch (error) {
      return { type: 'damaged', detail: error instanceof Error ? error.message : String(error) };
    }
  }

  *#connectionEvents(number: number, { exchanges }: HarConnection): Generator<TapEvent> {
    const first = this.#read(exchanges[0]!.entry);
    if ('detail' in first) return;
    const openedAt = Number(exchanges[0]!.askedAt - this.epoch);
    if (first.failure) {
      yield failedEvent(number, openedAt, first, first.failure);
      return;
    }
    const connection = new WrittenConnection(number, openedAt);
    yield connection.opened(factsOf(number, first));
    for (const step of this.#steps(exchanges)) yield connection.event(step);
    yield* connection.close(first.own);
  }

  *#steps(exchanges: readonly PlannedExchange[]): Generator<Step> {
    for (let start = 0; start < exchanges.length; ) {
      const end = groupEnd(exchanges, start);
      const steps = exchanges
        .slice(start, end)
        .map((exchange, index) => this.#exchangeSteps(exchange, start + index === exchanges.length - 1));
      if (steps.length === 1) yield* steps[0]!;
      else yield* pipelined(steps);
      start = end;
    }
  }

  *#exchangeSteps({ entry }: PlannedExchange, isLast: boolean): Generator<Step> {
    const told = this.#read(entry);
    if ('detail' in told) return;
    const changes = new Set<string>();
    yield* writtenExchange(told, this.epoch, isLast, (detail) => {
      if (changes.size < MAX_CHANGES) changes.add(detail);
    });
    if (changes.size === 0 || this.#noted.has(entry)) return;
    this.#noted.add(entry);
    this.#problems.add('changed', entry, [...changes].join('; '));
  }
}

/** Changes of one entry that are told. */
const MAX_CHANGES = 10;

/** A connection that waits for its turn, or one of which an event does. */
type Waiting =
  | { begin(): Iterator<TapEvent> }
  | { readonly event: TapEvent; readonly running: Iterator<TapEvent> };

/**
 * Exchanges whose requests were sent before the answers to those before them had come: each side says its part in the order of
 * the requests (RFC 9112 section 9.3.2).
 */
function* pipelined(exchanges: readonly Iterable<Step>[]): Generator<Step> {
  const steps = exchanges.flatMap((exchange) => [...exchange]);
  const client = inOrder(steps.filter(({ from }) => from === 'client'));
  const server = inOrder(steps.filter(({ from }) => from === 'server'));
  let next = 0;
  for (const step of server) {
    while (next < client.length && client[next]!.at <= step.at) yield client[next++]!;
    yield step;
  }
  yield* client.slice(next);
}

/** Where the exchanges end of which each was asked before an earlier one was answered. */
function groupEnd(exchanges: readonly PlannedExchange[], start: number): number {
  let answeredAt = exchanges[start]!.endsAt;
  for (let end = start + 1; end < exchanges.length; end++) {
    const { askedAt, endsAt } = exchanges[end]!;
    if (askedAt >= answeredAt) return end;
    if (endsAt > answeredAt) answeredAt = endsAt;
  }
  return exchanges.length;
}

/** Each not before the one before it. */
function inOrder(steps: readonly Step[]): Step[] {
  let now = Number.NEGATIVE_INFINITY;
  return steps.map((step) => {
    now = Math.max(now, step.at);
    return { ...step, at: now };
  });
}

function failedEvent(
  connection: number,
  at: number,
  { url }: ToldEntry,
  failure: NonNullable<ToldEntry['failure']>,
): TapEvent {
  const server = { host: url.host, port: url.port };
  const proxy = { client: 0, server: 0 };
  return {
    type: 'failed',
    connection,
    at,
    mode: 'har',
    client: connection,
    clientAddress: NOWHERE,
    server,
    failure,
    proxy,
  };
}

/** What tare told of the connection, or what the entry tells of it. */
function factsOf(connection: number, { own, url, serverAddress, opening }: ToldEntry): ConnectionFacts {
  const tls = {
    version: '',
    cipher: '',
    alpn: undefined,
    serverName: isIP(url.host) > 0 ? undefined : url.host,
  };
  const marks = { mode: 'har', reconstructed: true } as const;
  if (own?.facts)
    return { ...own.facts, ...marks, tls: own.facts.tls && { ...own.facts.tls, alpn: undefined } };
  return {
    ...marks,
    client: connection,
    clientAddress: NOWHERE,
    server: { host: url.host, port: url.port },
    serverAddress: serverAddress === undefined ? undefined : { host: serverAddress, port: url.port },
    tls: url.isSecure ? tls : undefined,
    timings: opening,
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
