import { fieldValue } from '../decoders/http1/fields.ts';
import { Stack } from '../decoders/stack.ts';
import type { ExchangeProtocol } from '../decoders/wire-event.ts';
import type { CloseReason, Side, TapEvent } from '../tap.ts';
import { type Connection, failedConnection, openedConnection } from './connection.ts';
import { EventStreams } from './event-streams.ts';
import { type Exchange, openedExchange } from './exchange.ts';
import { LiveConnection, type Telling } from './live-connection.ts';
import { MessageStore } from './message-store.ts';

/** What changed in a session, told to those who watch it, in order. */
export type SessionChange =
  | { readonly type: 'connection-opened'; readonly connection: Connection }
  | { readonly type: 'connection-closed'; readonly connection: Connection }
  | { readonly type: 'connection-failed'; readonly connection: Connection }
  | { readonly type: 'exchange-opened'; readonly exchange: Exchange }
  | { readonly type: 'exchange-closed'; readonly exchange: Exchange }
  | { readonly type: 'message'; readonly message: number; readonly exchange: Exchange }
  | { readonly type: 'fault'; readonly fault: SessionFault }
  | {
      readonly type: 'inspection-stopped';
      readonly connection: Connection;
      readonly at: number;
      readonly why: string;
    };

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

/**
 * All that one run, or one file, saw: takes tap events and turns them into connections, exchanges, messages, faults and
 * the ledger. Inspection fails open: what goes wrong in here ends the decoding of one connection and nothing else.
 */
export class Session {
  /** Nanoseconds since the Unix epoch at which the source's clock read 0; to be set before times are shown. */
  epoch = 0n;
  /** By number, in the order they opened. */
  readonly connections = new Map<number, Connection>();
  /** Numbered from 1: `exchanges[0]` has number 1. */
  readonly exchanges: Exchange[] = [];
  readonly messages: MessageStore;
  /** The first 10,000. */
  readonly faults: SessionFault[] = [];
  /** All, those that are not kept included. */
  faultCount = 0;
  readonly #live = new Map<number, LiveConnection>();
  readonly #watchers = new Set<(change: SessionChange) => void>();
  readonly #streams = new EventStreams();
  #hasWarned = false;
  readonly #telling: Telling = {
    openExchange: (connection, protocol, at) => this.#openExchange(connection, protocol, at),
    becameStream: (exchange) => this.#becameStream(exchange),
    closed: (exchange) => this.#tell({ type: 'exchange-closed', exchange }),
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

  constructor(messages: MessageStore = new MessageStore()) {
    this.messages = messages;
  }

  /** Calls `watcher` at every change from now on; the function it returns ends that. */
  watch(watcher: (change: SessionChange) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Takes the next tap event. Never throws: it is called from the data path. */
  readonly take = (event: TapEvent): void => {
    const live = this.#live.get(event.connection);
    try {
      this.#take(event, live);
    } catch (error) {
      if (live) this.#stopInspection(live, error, event);
    }
  };

  /** Frees the memory and the temporary file behind the messages. */
  close(): void {
    this.messages.close();
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
      case 'ended':
        if (live?.connection.inspectionStopped === undefined) live?.end(event.from, event.at);
        return;
      case 'closed':
        if (live) this.#close(live, event);
        return;
      case 'failed': {
        const connection = failedConnection(event.connection, event.at, event);
        this.connections.set(connection.number, connection);
        return this.#tell({ type: 'connection-failed', connection });
      }
    }
  }

  #open({ connection: number, at, facts }: TapEvent & { type: 'opened' }): void {
    const connection = openedConnection(number, at, facts);
    this.connections.set(number, connection);
    const stack = new Stack({ alpn: facts.tls?.alpn });
    this.#live.set(number, new LiveConnection(connection, stack, this.messages, this.#telling));
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
    this.#tell({ type: 'connection-closed', connection });
  }

  #openExchange(connection: Connection, protocol: ExchangeProtocol, at: number): Exchange {
    const exchange = openedExchange(this.exchanges.length + 1, connection.number, at, protocol);
    this.exchanges.push(exchange);
    this.#tell({ type: 'exchange-opened', exchange });
    return exchange;
  }

  #becameStream(exchange: Exchange): void {
    exchange.resumes = this.#streams.open(exchange, this.hostOf(exchange));
  }

  #message(message: number, exchange: Exchange): void {
    if (this.#watchers.size > 0) this.#tell({ type: 'message', message, exchange });
  }

  /** The host an exchange was with, as the client named it. */
  hostOf(exchange: Exchange): string {
    const named = exchange.request && fieldValue(exchange.request.fields, 'host');
    if (named !== undefined) return named;
    const server = this.connections.get(exchange.connection)?.server;
    return server === undefined ? '' : `${server.host}:${server.port}`;
  }

  #fault(fault: SessionFault): void {
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

/** The side whose end came first, or is to be blamed for nothing, where the connection was cut off. */
function leftFirst(reason: CloseReason): Side {
  return reason === 'server-gone' || reason === 'server-reset' ? 'server' : 'client';
}
