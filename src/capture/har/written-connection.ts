import type { ClosingFacts, ConnectionFacts, Side, TapEvent } from '../../tap.ts';
import type { Step } from './step.ts';
import type { OwnFacts } from './told-entry.ts';

/** Makes tap events of what is written on one connection: none is before the one before it. */
export class WrittenConnection {
  readonly #number: number;
  readonly #tapped = { client: 0, server: 0 };
  readonly #ended = new Set<Side>();
  #now: number;

  /** `at` is when it opens. */
  constructor(number: number, at: number) {
    this.#number = number;
    this.#now = at;
  }

  opened(facts: ConnectionFacts): TapEvent {
    return { type: 'opened', connection: this.#number, at: this.#now, facts };
  }

  event(step: Step): TapEvent {
    this.#now = Math.max(this.#now, step.at);
    const { from } = step;
    const place = { connection: this.#number, at: this.#now, from };
    switch (step.type) {
      case 'bytes':
        this.#tapped[from] += step.bytes.length;
        return { type: 'bytes', ...place, bytes: step.bytes };
      case 'lost':
        this.#tapped[from] += step.length;
        return { type: 'lost', ...place, length: step.length };
      case 'ended':
        this.#ended.add(from);
        return { type: 'ended', ...place };
    }
  }

  /** No HAR but tare's tells how a connection closed. */
  *close(own: OwnFacts | undefined): Generator<TapEvent> {
    const reason = own?.reason ?? 'capture-ended';
    const at = this.#now;
    for (const from of reason === 'ended' ? (['client', 'server'] as const) : []) {
      if (!this.#ended.has(from)) yield this.event({ type: 'ended', at, from });
    }
    const none = { client: 0, server: 0 };
    const sockets = {
      tapped: { ...this.#tapped },
      upstream: none,
      tls: own?.tls ?? none,
      proxy: none,
      downstream: none,
      unrelayed: none,
    };
    const closing: ClosingFacts = own?.tls ? sockets : { ...sockets, unknown: true };
    yield { type: 'closed', connection: this.#number, at, reason, closing };
  }
}
