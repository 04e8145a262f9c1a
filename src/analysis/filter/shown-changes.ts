import type { Exchange } from '../../session/exchange.ts';
import type { Session, SessionChange, SessionFault } from '../../session/session.ts';
import type { Filter } from './filter.ts';

/** Exchanges that are known to be shown, as all of them is known from reading the same before. */
interface Known {
  has(exchange: number): boolean;
}

/**
 * Which changes of a session are shown through a filter. Without `known` an exchange is judged by what is known when it changes: what
 * is asked of a response leaves out the request before it.
 */
export class ShownChanges {
  readonly #session: Session;
  readonly #filter: Filter;
  readonly #known: Known | undefined;
  /** Open exchanges, and connections, of which something was shown. */
  readonly #exchanges = new Set<number>();
  readonly #connections = new Set<number>();
  /** Of the exchange that closed last. */
  #isCloseShown = false;

  constructor(session: Session, filter: Filter, known?: Known) {
    this.#session = session;
    this.#filter = filter;
    this.#known = known;
  }

  has(change: SessionChange): boolean {
    switch (change.type) {
      case 'message':
        return this.#hasMessage(change.message, change.exchange);
      case 'exchange-opened':
        return this.#fits(change.exchange) && this.#fitsWithoutMessages(change.exchange);
      case 'exchange-closed':
        return this.#hasClosed(change.exchange);
      case 'polled':
        return this.#isCloseShown;
      case 'poll-series':
        return change.exchanges.some((number) => this.#fitsNumber(number));
      case 'fault':
        return this.#hasFault(change.fault);
      case 'connection-failed':
        return this.#filter.fitsFailure(change.connection);
      case 'connection-closed':
        return this.#connections.delete(change.connection.number);
      case 'connection-opened':
        return this.#filter.text.trim() === '';
      case 'inspection-stopped':
      case 'memory-lost':
        return true;
    }
  }

  #hasMessage(message: number, exchange: Exchange): boolean {
    if (!this.#fits(exchange)) return false;
    const fits = this.#filter.fitsMessage(this.#session, message, this.#session.messages.row(message));
    if (!fits) return false;
    this.#exchanges.add(exchange.number);
    this.#connections.add(exchange.connection);
    return true;
  }

  #hasClosed(exchange: Exchange): boolean {
    const hadMessage = this.#exchanges.delete(exchange.number);
    const isMeant = hadMessage || (exchange.messages === 0 && this.#fitsWithoutMessages(exchange));
    this.#isCloseShown = this.#fits(exchange) && (!this.#filter.hasMessageTerms || isMeant);
    if (this.#isCloseShown) this.#connections.add(exchange.connection);
    return this.#isCloseShown;
  }

  #hasFault({ exchange }: SessionFault): boolean {
    return exchange !== undefined && this.#fitsNumber(exchange);
  }

  #fitsNumber(number: number): boolean {
    const exchange = this.#session.exchanges.get(number);
    return exchange !== undefined && this.#fits(exchange);
  }

  #fits(exchange: Exchange): boolean {
    return this.#known
      ? this.#known.has(exchange.number)
      : this.#filter.fitsExchange(this.#session, exchange);
  }

  #fitsWithoutMessages(exchange: Exchange): boolean {
    return !this.#filter.hasMessageTerms || this.#filter.fitsWithoutMessages(this.#session, exchange);
  }
}
