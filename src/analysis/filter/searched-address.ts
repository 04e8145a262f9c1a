import type { Session } from '../../session/session.ts';
import type { Needle } from './needle.ts';

/** Whether a needle is in the host or the path of exchanges: what was found of the last one is remembered, for all its messages. */
export class SearchedAddress {
  readonly #needle: Needle;
  #session: Session | undefined;
  #exchange = -1;
  #hasIt = false;

  constructor(needle: Needle) {
    this.#needle = needle;
  }

  hasIt(session: Session, number: number): boolean {
    if (session === this.#session && number === this.#exchange) return this.#hasIt;
    const exchange = session.exchanges.get(number);
    if (!exchange) return false;
    const { request } = exchange;
    const hasIt = this.#needle.isIn(session.hostOf(exchange)) || this.#needle.isIn(request?.target ?? '');
    if (!request && exchange.closedAt === undefined) return hasIt; // more of it may come
    this.#session = session;
    this.#exchange = number;
    this.#hasIt = hasIt;
    return hasIt;
  }
}
