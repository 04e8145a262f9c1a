import type { WireEvent } from '../wire-event.ts';

interface OpenExchange {
  readonly number: number;
  isRequestEnded: boolean;
  isResponseEnded: boolean;
  next: OpenExchange | undefined;
}

/** The exchanges of a connection that are not over, in their order, and which of them each side is about. */
export class OpenExchanges {
  #nextNumber: number;
  #count = 0;
  /** The oldest, and the newest: a list of links, since thousands may be pipelined. */
  #first: OpenExchange | undefined;
  #last: OpenExchange | undefined;
  /** The one whose request is under way, or became unreadable. */
  #sending: OpenExchange | undefined;
  /** The one that the next response belongs to. */
  #awaiting: OpenExchange | undefined;
  /** The one whose response is under way, or became unreadable. */
  #receiving: OpenExchange | undefined;

  constructor(firstNumber: number) {
    this.#nextNumber = firstNumber;
  }

  /** How many are open. */
  get count(): number {
    return this.#count;
  }

  /** The exchange that the client's bytes belong to; 0 for none. */
  get sending(): number {
    return this.#sending?.number ?? 0;
  }

  /** The exchange that the server's bytes belong to; 0 for none. */
  get receiving(): number {
    return (this.#receiving ?? this.#awaiting)?.number ?? 0;
  }

  /** Opens one whose request begins; returns its number. */
  beginRequest(told: WireEvent[]): number {
    this.#sending = this.#open(told);
    return this.#sending.number;
  }

  /** One that is not complete stays open to the end: what the client still sends belongs to it. */
  endRequest(complete: boolean, told: WireEvent[]): void {
    if (!this.#sending || !complete) return;
    this.#sending.isRequestEnded = true;
    this.#sending = undefined;
    this.#closeFinished(told);
  }

  /** A response head came: returns the exchange it belongs to, a new one where no request waits for it. */
  beginResponse(isInformational: boolean, told: WireEvent[]): number {
    const exchange = this.#awaiting ?? this.#openUnasked(told);
    this.#receiving = exchange;
    if (!isInformational) this.#awaiting = exchange.next;
    return exchange.number;
  }

  endInformational(): void {
    this.#receiving = undefined;
  }

  /** See `endRequest`. */
  endResponse(complete: boolean, told: WireEvent[]): void {
    if (!this.#receiving || !complete) return;
    this.#receiving.isResponseEnded = true;
    this.#receiving = undefined;
    this.#closeFinished(told);
  }

  /**
   * Bytes of the server's are missing: the next response is for the newest request, as hardly a client sends one before it has the
   * answer to the last. Those before it are over.
   */
  skipToNewest(told: WireEvent[]): void {
    const newest =
      this.#last?.isResponseEnded === false && this.#last !== this.#receiving ? this.#last : undefined;
    for (let exchange = this.#first; exchange && exchange !== newest; exchange = exchange.next) {
      exchange.isRequestEnded = true;
      exchange.isResponseEnded = true;
      if (exchange === this.#sending) this.#sending = undefined;
    }
    this.#receiving = undefined;
    this.#awaiting = newest;
    this.#closeFinished(told);
  }

  /** Closes all, whatever they still lack, but for the exchange `kept`. */
  closeAll(told: WireEvent[], kept?: number): void {
    for (let exchange = this.#first; exchange; exchange = exchange.next) {
      if (exchange.number !== kept) told.push({ type: 'exchange-closed', exchange: exchange.number });
    }
    this.#first = this.#last = this.#sending = this.#awaiting = this.#receiving = undefined;
    this.#count = 0;
  }

  #open(told: WireEvent[]): OpenExchange {
    const number = this.#nextNumber++;
    const exchange: OpenExchange = { number, isRequestEnded: false, isResponseEnded: false, next: undefined };
    if (this.#last) this.#last.next = exchange;
    this.#last = exchange;
    this.#first ??= exchange;
    this.#awaiting ??= exchange;
    this.#count++;
    told.push({ type: 'exchange', exchange: number, protocol: 'http1' });
    return exchange;
  }

  /** One whose request was before the capture began. */
  #openUnasked(told: WireEvent[]): OpenExchange {
    const exchange = this.#open(told);
    exchange.isRequestEnded = true;
    return exchange;
  }

  #closeFinished(told: WireEvent[]): void {
    for (let first = this.#first; first?.isRequestEnded && first.isResponseEnded; first = this.#first) {
      told.push({ type: 'exchange-closed', exchange: first.number });
      this.#first = first.next;
      this.#count--;
      if (this.#last === first) this.#last = undefined;
    }
  }
}
