import type { CloseReason, ClosingFacts, ConnectionFacts, Side, TapEvent, TapSink } from '../tap.ts';
import type { Said } from './conversations.ts';

/** Facts of a connection that nobody asks about. */
export const FACTS: ConnectionFacts = {
  mode: 'connect',
  client: 1,
  clientAddress: { host: '127.0.0.1', port: 50_000 },
  server: { host: 'chat.example', port: 80 },
  serverAddress: { host: '192.0.2.1', port: 80 },
  tls: undefined,
  timings: {},
};

const MILLISECOND = 1_000_000;

/** A connection as a source tells of it: each event a millisecond behind the last, and sums that balance at its end. */
export class TapScript {
  readonly #sink: TapSink;
  readonly #connection: number;
  readonly #tapped = { client: 0, server: 0 };
  #at = 0;

  constructor(sink: TapSink, connection = 1) {
    this.#sink = sink;
    this.#connection = connection;
  }

  open(facts: Partial<ConnectionFacts> = {}): this {
    return this.#tell({ type: 'opened', facts: { ...FACTS, client: this.#connection, ...facts } });
  }

  say(...said: readonly Said[]): this {
    for (const { from, bytes } of said) {
      this.#tapped[from] += bytes.length;
      this.#tell({ type: 'bytes', from, bytes });
    }
    return this;
  }

  /** Bytes that the source lacks. */
  lose(from: Side, length: number): this {
    this.#tapped[from] += length;
    return this.#tell({ type: 'lost', from, length });
  }

  end(...sides: readonly Side[]): this {
    for (const from of sides) this.#tell({ type: 'ended', from });
    return this;
  }

  /** `changes` are what the sockets counted otherwise. */
  close(reason: CloseReason = 'ended', changes: Partial<ClosingFacts> = {}): this {
    const none = { client: 0, server: 0 };
    const tapped = { ...this.#tapped };
    const tls = changes.tls ?? none;
    const upstream = { client: tapped.client + tls.client, server: tapped.server + tls.server };
    const closing = { tapped, upstream, tls, proxy: none, downstream: tapped, unrelayed: none, ...changes };
    return this.#tell({ type: 'closed', reason, closing });
  }

  #tell(event: Unplaced<TapEvent>): this {
    this.#at += MILLISECOND;
    this.#sink({ ...event, connection: this.#connection, at: this.#at });
    return this;
  }
}

type Unplaced<Event> = Event extends unknown ? Omit<Event, 'connection' | 'at'> : never;
