import { fieldValue } from '../decoders/http1/fields.ts';
import { Stack } from '../decoders/stack.ts';
import type { CloseReason, Side, TapEvent } from '../tap.ts';
import { type Audit, Auditor } from './audit.ts';
import { type Connection, failedConnection, openedConnection } from './connection.ts';
import { ConnectionStore } from './connection-store.ts';
import { EventStreams } from './event-streams.ts';
import type { Exchange, OpenExchange } from './exchange.ts';
import { ExchangeBodies } from './exchange-bodies.ts';
import { ExchangeStore } from './exchange-store.ts';
import { type ExchangeRows, LiveConnection, type Telling } from './live-connection.ts';
import { MessageStore } from './message-store.ts';
import { NetworkSums, type NetworkTotals } from './network-totals.ts';
import type { PollSeries } from './polling/series.ts';
import { type PollPart, PollSeriesFinder } from './polling/series-finder.ts';
import { type ProtocolTotals, TotalsByProtocol } from './totals.ts';
import { type UnopenedHost, UnopenedHosts } from './unopened-hosts.ts';

/** What changed in a session, told to those who watch it, in order. */
export type SessionChange =
  | { readonly type: 'connection-opened'; readonly connection: Connection }
  | { readonly type: 'connection-closed'; readonly connection: Connection }
  | { readonly type: 'connection-failed'; readonly connection: Connection }
  | { readonly type: 'exchange-opened'; readonly exchange: Exchange }
  | { readonly type: 'exchange-closed'; readonly exchange: Exchange }
  /** Found, with the exchanges it begins with. */
  | {
      readonly type: 'poll-series';
      readonly series: PollSeries;
      readonly exchanges: readonly number[];
      readonly at: number;
    }
  /** Behind the close of an exchange that is part of one. */
  | { readonly type: 'polled'; readonly series: PollSeries; readonly exchange: Exchange }
  | { readonly type: 'message'; readonly message: number; readonly exchange: Exchange }
  | { readonly type: 'fault'; readonly fault: SessionFault }
  | {
      readonly type: 'inspection-stopped';
      readonly connection: Connection;
      readonly at: number;
      readonly why: string;
    }
  /** Told once, at the first loss. */
  | { readonly type: 'memory-lost'; readonly at: number; readonly why: string };

/** What could not be kept, as the disk failed or was too slow. It was relayed and weighed like the rest. */
export interface Losses {
  /** Of payload, the room between them included, as in the others. */
  readonly bytes: number;
  /** Messages and exchanges of which nothing is known but that there were so many. */
  readonly messages: number;
  readonly exchanges: number;
  /** Bytes of the heads of requests and responses. */
  readonly heads: number;
  /** Bytes of types and ids of events. */
  readonly names: number;
  /** Bytes of what was known of connections that are over. */
  readonly connections: number;
  /** Why, the first time; undefined where nothing is lost. */
  readonly why: string | undefined;
}

export interface SessionOptions {
  /** Bytes of memory for what is kept of the traffic; what is past that goes to a temporary file. 128 MiB. */
  readonly memory?: number;
}

const DEFAULT_MEMORY = 128 << 20;

/** A rule that a peer broke, and where. */
export interface SessionFault {
  readonly connection: number;
  /** Undefined where it belongs to no exchange. */
  readonly exchange: number | undefined;
  readonly from: Side;
  readonly at: number;
  /** Bytes from the start of the direction. */
  readonly start: number;
  readonly rule: string;
  readonly detail: string;
}

/** Faults that are kept whole; more are only counted. */
const MAX_FAULTS = 10_000;

/** Characters of their words, which may quote a peer. */
const MAX_DETAIL = 1_000;

/**
 * All that one run, or one file, saw: takes tap events and turns them into connections, exchanges, messages, faults and
 * the ledger. Inspection fails open: what goes wrong in here ends the decoding of one connection and nothing else.
 */
export class Session {
  /** Nanoseconds since the Unix epoch at which the source's clock read 0; to be set before times are shown. */
  epoch = 0n;
  readonly connections: ConnectionStore;
  readonly exchanges: ExchangeStore;
  readonly messages: MessageStore;
  /** The first 10,000. */
  readonly faults: SessionFault[] = [];
  /** All, those that are not kept included. */
  faultCount = 0;
  readonly #live = new Map<number, LiveConnection>();
  readonly #watchers = new Set<(change: SessionChange) => void>();
  readonly #streams = new EventStreams();
  readonly #polls = new PollSeriesFinder();
  readonly #auditor = new Auditor();
  readonly #totals = new TotalsByProtocol();
  readonly #network = new NetworkSums();
  readonly #unopened = new UnopenedHosts();
  /** Time of the last event. */
  #now = 0;
  #hasWarned = false;
  #hasPollingFailed = false;
  #whyLost: string | undefined;
  readonly #telling: Telling = {
    opened: (exchange) => {
      this.#totals.mention(exchange.protocol);
      this.#tell({ type: 'exchange-opened', exchange });
    },
    asked: (exchange, connection) => {
      const host = this.hostOf(exchange);
      const find = () => this.#polls.asked(exchange, connection.clientAddress.host, host);
      this.#join(exchange, this.#polling(find));
    },
    requested: (exchange, rows) => {
      const find = () => this.#polls.requested(exchange, new ExchangeBodies(this, rows));
      this.#join(exchange, this.#polling(find));
    },
    changed: (exchange) => {
      this.#totals.mention(exchange.protocol);
      if (exchange.protocol === 'sse') exchange.resumes = this.#streams.open(exchange, this.hostOf(exchange));
    },
    closed: (exchange, rows) => this.#closeExchange(exchange, rows),
    message: (message, exchange) => this.#message(message, exchange),
    fault: (connection, exchange, { from, start, rule, detail }, at) =>
      this.#fault({
        connection: connection.number,
        exchange: exchange?.number,
        from,
        at,
        start,
        rule,
        detail,
      }),
  };

  constructor({ memory = DEFAULT_MEMORY }: SessionOptions = {}) {
    const onLost = (why: string) => this.#lost(why);
    this.messages = new MessageStore(memory * 0.625, onLost);
    this.exchanges = new ExchangeStore(memory * 0.25, onLost);
    this.connections = new ConnectionStore(memory * 0.125, onLost);
  }

  /** Calls `watcher` at every change from now on; the function it returns ends that. */
  watch(watcher: (change: SessionChange) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Takes the next tap event. Never throws: it is called from the data path. */
  readonly take = (event: TapEvent): void => {
    this.#now = event.at;
    const live = this.#live.get(event.connection);
    try {
      this.#take(event, live);
    } catch (error) {
      if (live) this.#stopInspection(live, error, event);
    }
  };

  /** Time of the last event, in nanoseconds since the epoch. */
  get now(): number {
    return this.#now;
  }

  /** Poll series, in the order they were found: `pollSeries[0]` has number 1. */
  get pollSeries(): readonly PollSeries[] {
    return this.#polls.series;
  }

  /** What each protocol came to so far. */
  totals(): ProtocolTotals {
    return this.#totals.with(this.exchanges.open(), this.connections.open());
  }

  /** What the connections that have closed took of TCP and IP; undefined where no packet capture tells it. */
  network(): NetworkTotals | undefined {
    return this.#network.result();
  }

  /** Hosts with which TLS was spoken that is not opened, the one with the most bytes first; the first 1,000 of them. */
  unopenedHosts(): UnopenedHost[] {
    const open = [...this.exchanges.open()].filter(({ protocol }) => protocol === 'tls');
    return this.#unopened.with(open.map((exchange) => [this.hostOf(exchange), exchange] as const));
  }

  /** The ledger against the sockets' own counters, of all connections that have closed. */
  audit(): Audit {
    return this.#auditor.result();
  }

  /** What could not be kept so far. */
  losses(): Losses {
    return {
      bytes: this.messages.lostBytes,
      messages: this.messages.lostRows,
      exchanges: this.exchanges.lost,
      heads: this.exchanges.lostHeads,
      names: this.messages.lostNames,
      connections: this.connections.lost,
      why: this.#whyLost,
    };
  }

  /** Frees the memory and the temporary files behind what is kept. */
  close(): void {
    this.messages.close();
    this.exchanges.close();
    this.connections.close();
  }

  #take(event: TapEvent, live: LiveConnection | undefined): void {
    switch (event.type) {
      case 'bytes': {
        if (!live) return;
        const { from, bytes } = event;
        if (live.connection.inspectionStopped === undefined) live.push(from, bytes, event.at);
        else live.countOnly(from, bytes.length);
        return;
      }
      case 'opened':
        return this.#open(event);
      case 'lost':
        return live?.lose(event.from, event.length, event.at);
      case 'ended':
        if (live?.connection.inspectionStopped === undefined) live?.end(event.from, event.at);
        return;
      case 'closed':
        if (live) this.#close(live, event);
        return;
      case 'failed': {
        const connection = failedConnection(event.connection, event.at, event);
        this.connections.add(connection);
        this.#tell({ type: 'connection-failed', connection });
        return this.connections.end(connection);
      }
    }
  }

  #open({ connection: number, at, facts }: TapEvent & { type: 'opened' }): void {
    const connection = openedConnection(number, at, facts);
    this.connections.add(connection);
    const stack = new Stack({ alpn: facts.tls?.alpn });
    const books = { messages: this.messages, exchanges: this.exchanges };
    this.#live.set(number, new LiveConnection(connection, stack, books, this.#telling));
    this.#tell({ type: 'connection-opened', connection });
  }

  #close(
    live: LiveConnection,
    { connection: number, at, reason, closing }: TapEvent & { type: 'closed' },
  ): void {
    const { connection } = live;
    if (connection.inspectionStopped === undefined) live.close(leftFirst(reason), at);
    else live.closeExchanges(at);
    this.#live.delete(number);
    connection.closedAt = at;
    connection.reason = reason;
    connection.closing = closing;
    for (const from of ['client', 'server'] as const) {
      connection.ledger[from].tls += closing.tls[from];
      connection.own[from].tls += closing.tls[from];
    }
    if (closing.network) this.#network.add(closing.network);
    this.#totals.addConnection(connection);
    this.#auditor.check(connection);
    this.#tell({ type: 'connection-closed', connection });
    this.connections.end(connection);
  }

  #closeExchange(exchange: OpenExchange, rows: ExchangeRows): void {
    this.#totals.addExchange(exchange);
    if (exchange.protocol === 'tls') this.#unopened.add(this.hostOf(exchange), exchange);
    const part = this.#polling(() => this.#polls.answered(exchange, new ExchangeBodies(this, rows)));
    if (!part) exchange.series = undefined; // it turned out to be an event stream, or a download
    this.#join(exchange, part);
    this.#tell({ type: 'exchange-closed', exchange });
    this.exchanges.end(exchange.number);
    if (part) this.#tell({ type: 'polled', series: part.series, exchange });
  }

  /** A mistake of ours in finding polls costs the series that there would be, and nothing else. */
  #polling(find: () => PollPart | undefined): PollPart | undefined {
    if (this.#hasPollingFailed) return undefined;
    try {
      return find();
    } catch (error) {
      this.#hasPollingFailed = true;
      process.emitWarning(`poll series are no longer found: ${String(error)}`);
      return undefined;
    }
  }

  /** Notes the poll series that an exchange turns out to be part of, and those before it which the series begins with. */
  #join(exchange: OpenExchange, part: PollPart | undefined): void {
    if (!part) return;
    const { series, verdict, firstExchanges, isNew } = part;
    exchange.series = series.number;
    exchange.verdict = verdict;
    for (const first of firstExchanges) {
      this.exchanges.setSeries(first.number, series.number, first.verdict);
    }
    const exchanges = [...firstExchanges.map(({ number }) => number), exchange.number];
    if (isNew) this.#tell({ type: 'poll-series', series, exchanges, at: this.#now });
  }

  #lost(why: string): void {
    if (this.#whyLost !== undefined) return;
    this.#whyLost = why;
    this.#tell({ type: 'memory-lost', at: this.#now, why });
  }

  #message(message: number, exchange: Exchange): void {
    if (this.#watchers.size > 0) this.#tell({ type: 'message', message, exchange });
  }

  /** The host an exchange was with, as the client named it. */
  hostOf(exchange: Exchange): string {
    const named = exchange.request && fieldValue(exchange.request.fields, 'host');
    if (named !== undefined) return named;
    const server = this.connections.get(exchange.connection)?.server;
    const asked = exchange.clientHello?.serverName;
    if (asked !== undefined) return !server || server.port === 443 ? asked : `${asked}:${server.port}`;
    return server === undefined ? '' : `${server.host}:${server.port}`;
  }

  #fault(whole: SessionFault): void {
    const fault = whole.detail.length > MAX_DETAIL ? { ...whole, detail: shortened(whole.detail) } : whole;
    this.faultCount++;
    if (this.faults.length < MAX_FAULTS) this.faults.push(fault);
    this.#tell({ type: 'fault', fault });
  }

  /** A mistake of ours: the connection's bytes are counted from here on, and the session says so. */
  #stopInspection(live: LiveConnection, error: unknown, event: TapEvent): void {
    const { connection } = live;
    if (connection.inspectionStopped !== undefined) return;
    connection.inspectionStopped = error instanceof Error ? error.message : String(error);
    live.countUntold();
    this.#tell({ type: 'inspection-stopped', connection, at: event.at, why: connection.inspectionStopped });
    if (event.type === 'closed') this.take(event);
  }

  /** A watcher that throws is a mistake of ours too: it is told of on stderr, and neither traffic nor books suffer. */
  #tell(change: SessionChange): void {
    for (const watcher of this.#watchers) {
      try {
        watcher(change);
      } catch (error) {
        this.#warn(error);
      }
    }
  }

  #warn(error: unknown): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    process.emitWarning(`a view failed, and what it shows may lack something: ${String(error)}`);
  }
}

/** A copy: what is cut out of a string keeps all of it in memory. */
function shortened(detail: string): string {
  return Buffer.from(`${detail.slice(0, MAX_DETAIL)}…`).toString();
}

/** The side whose end came first, or is to be blamed for nothing, where the connection was cut off. */
function leftFirst(reason: CloseReason): Side {
  return reason === 'server-gone' || reason === 'server-reset' ? 'server' : 'client';
}
