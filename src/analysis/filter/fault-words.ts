import type { Exchange } from '../../session/exchange.ts';
import type { Session } from '../../session/session.ts';
import type { Needle } from './needle.ts';

/** Which exchanges have a fault that a needle is in, of the faults a session keeps: each is looked at once. */
export class FaultWords {
  readonly #needle: Needle;
  #session: Session | undefined;
  #looked = 0;
  #exchanges = new Set<number>();

  constructor(needle: Needle) {
    this.#needle = needle;
  }

  areOf(session: Session, { number, faults }: Exchange): boolean {
    if (faults === 0) return false;
    if (session !== this.#session) this.#begin(session);
    for (; this.#looked < session.faults.length; this.#looked++) {
      const { exchange, rule, detail } = session.faults[this.#looked]!;
      if (exchange !== undefined && this.#needle.isIn(`${detail} ${rule}`)) this.#exchanges.add(exchange);
    }
    return this.#exchanges.has(number);
  }

  #begin(session: Session): void {
    this.#session = session;
    this.#looked = 0;
    this.#exchanges = new Set();
  }
}
