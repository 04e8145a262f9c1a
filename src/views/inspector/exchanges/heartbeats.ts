import type { Ledger } from '../../../session/ledger.ts';
import type { Session } from '../../../session/session.ts';
import type { Work } from '../work.ts';

/** Exchanges whose pings are remembered. */
const MAX_EXCHANGES = 10_000;

/** Messages that are looked at before the clock is. */
const ROWS_A_LOOK = 64;

interface Beat {
  readonly from: keyof Ledger;
  readonly at: number;
  readonly interval: number | undefined;
}

/** How far apart the pings of an exchange are, or the comments that keep an event stream open: one pass through all messages. */
export class Heartbeats implements Work {
  readonly #session: Session;
  readonly #beats = new Map<number, Beat>();
  #messages = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Nothing that anybody would wait for. */
  get progress(): undefined {
    return undefined;
  }

  /** Nanoseconds between the last two; undefined before there were two. */
  intervalOf(exchange: number): number | undefined {
    return this.#beats.get(exchange)?.interval;
  }

  work(until: number): boolean {
    const { messages } = this.#session;
    while (this.#messages < messages.length) {
      const { exchange, kind, from, at } = messages.row(this.#messages++);
      if (kind === 'ping' || kind === 'comment') this.#beat(exchange, from, at);
      if (this.#messages % ROWS_A_LOOK === 0 && performance.now() >= until) return true;
    }
    return false;
  }

  #beat(exchange: number, from: keyof Ledger, at: number): void {
    const last = this.#beats.get(exchange);
    if (last && last.from !== from) return; // both sides ping: those of the first one tell enough
    if (!last && this.#beats.size >= MAX_EXCHANGES) return;
    this.#beats.set(exchange, { from, at, interval: last && at - last.at });
  }
}
