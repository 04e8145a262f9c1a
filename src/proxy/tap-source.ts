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
import type { ServerMatcher } from './host-pattern.ts';

/**
 * The live source of tap events: numbers connections, and stamps every event with the time. Of a hidden connection the
 * sink learns nothing and no number is used up; all else goes on as with any other.
 */
export class TapSource {
  /** Nanoseconds since the Unix epoch at which this source's clock read 0. */
  readonly epoch: bigint;
  readonly #sink: TapSink;
  readonly #hides: ServerMatcher;
  readonly #startedAt = performance.now();
  #connections = 0;
  /** Connections that have not closed. */
  #open = 0;
  #whenNoneOpen: (() => void) | undefined;

  constructor(sink: TapSink, hides: ServerMatcher = () => false) {
    this.#sink = sink;
    this.#hides = hides;
    this.epoch = BigInt(Math.round((performance.timeOrigin + this.#startedAt) * 1e6));
  }

  /** True when the sink is not to learn of connections to `server`, asked for as `serverName` where TLS names it. */
  hides(server: Endpoint, serverName?: string): boolean {
    return this.#hides(server, serverName);
  }

  /** A tap for a connection that has opened. `serverName` is told here where the TLS that names it stays shut. */
  open(facts: ConnectionFacts, serverName = facts.tls?.serverName): ConnectionTap {
    this.#open++;
    const isHidden = this.#hides(facts.server, serverName);
    const connection = isHidden ? undefined : ++this.#connections;
    if (connection !== undefined) this.#sink({ type: 'opened', connection, at: this.now(), facts });
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

  /** Tells of a connection that never came to be. One without a server is never hidden: it is about tare itself. */
  fail(attempt: FailedAttempt, serverName?: string): void {
    if (attempt.server && this.#hides(attempt.server, serverName)) return;
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

/** One connection's way to the sink; it counts what it hands over, or would hand over were it not hidden. */
export class ConnectionTap {
  /** Undefined where it is hidden. */
  readonly #connection: number | undefined;
  readonly #sink: TapSink;
  readonly #source: SourceLink;
  readonly #tapped = { client: 0, server: 0 };

  constructor(connection: number | undefined, sink: TapSink, source: SourceLink) {
    this.#connection = connection;
    this.#sink = sink;
    this.#source = source;
  }

  /** Bytes handed over so far, or passed by the sink. */
  get tapped(): DirectionBytes {
    return { ...this.#tapped };
  }

  bytes(from: Side, bytes: Bytes): void {
    this.#tapped[from] += bytes.length;
    const connection = this.#connection;
    if (connection !== undefined)
      this.#sink({ type: 'bytes', connection, at: this.#source.now(), from, bytes });
  }

  ended(from: Side): void {
    const connection = this.#connection;
    if (connection !== undefined) this.#sink({ type: 'ended', connection, at: this.#source.now(), from });
  }

  closed(reason: CloseReason, closing: ClosingFacts): void {
    const connection = this.#connection;
    if (connection !== undefined) {
      this.#sink({ type: 'closed', connection, at: this.#source.now(), reason, closing });
    }
    this.#source.closed();
  }
}
