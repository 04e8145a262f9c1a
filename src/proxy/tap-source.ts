import type {
  Bytes,
  CloseReason,
  ClosingFacts,
  ConnectionFacts,
  ConnectionFailure,
  ConnectionMode,
  DirectionBytes,
  Endpoint,
  Side,
  TapSink,
} from '../tap.ts';

/** The live source of tap events: numbers connections and client sockets, and stamps every event with the time. */
export class TapSource {
  /** Nanoseconds since the Unix epoch at which this source's clock read 0. */
  readonly epoch: bigint;
  readonly #sink: TapSink;
  readonly #startedAt = performance.now();
  #connections = 0;
  /** Connections that have not closed. */
  #open = 0;
  #whenNoneOpen: (() => void) | undefined;

  constructor(sink: TapSink) {
    this.#sink = sink;
    this.epoch = BigInt(Math.round((performance.timeOrigin + this.#startedAt) * 1e6));
  }

  /** A tap for a connection that has opened. */
  open(facts: ConnectionFacts): ConnectionTap {
    const connection = ++this.#connections;
    this.#open++;
    this.#sink({ type: 'opened', connection, at: this.now(), facts });
    return new ConnectionTap(connection, this.#sink, {
      now: () => this.now(),
      closed: () => {
        if (--this.#open === 0) this.#whenNoneOpen?.();
      },
    });
  }

  /** Waits until every connection that opened has been told of as closed. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#open === 0) resolve();
      else this.#whenNoneOpen = resolve;
    });
  }

  /** Tells of a connection that never came to be. */
  fail(attempt: FailedAttempt): void {
    this.#sink({ type: 'failed', connection: ++this.#connections, at: this.now(), ...attempt });
  }

  /** Nanoseconds since `epoch`, by a monotonic clock: a stepped wall clock never reorders a session. */
  now(): number {
    return Math.round((performance.now() - this.#startedAt) * 1e6);
  }
}

/** What is known of a connection that never came to be. */
export interface FailedAttempt {
  readonly mode: ConnectionMode;
  readonly client: number;
  readonly clientAddress: Endpoint;
  readonly server: Endpoint | undefined;
  readonly failure: ConnectionFailure;
  readonly proxy: DirectionBytes;
}

/** What a connection's tap needs of its source. */
interface SourceLink {
  now(): number;
  /** The connection has been told of as closed. */
  closed(): void;
}

/** One connection's way to the sink; it counts what it hands over. */
export class ConnectionTap {
  readonly #connection: number;
  readonly #sink: TapSink;
  readonly #source: SourceLink;
  readonly #tapped = { client: 0, server: 0 };

  constructor(connection: number, sink: TapSink, source: SourceLink) {
    this.#connection = connection;
    this.#sink = sink;
    this.#source = source;
  }

  /** Bytes handed over so far. */
  get tapped(): DirectionBytes {
    return { ...this.#tapped };
  }

  bytes(from: Side, bytes: Bytes): void {
    this.#tapped[from] += bytes.length;
    this.#sink({ type: 'bytes', connection: this.#connection, at: this.#source.now(), from, bytes });
  }

  ended(from: Side): void {
    this.#sink({ type: 'ended', connection: this.#connection, at: this.#source.now(), from });
  }

  closed(reason: CloseReason, closing: ClosingFacts): void {
    this.#sink({ type: 'closed', connection: this.#connection, at: this.#source.now(), reason, closing });
    this.#source.closed();
  }
}
