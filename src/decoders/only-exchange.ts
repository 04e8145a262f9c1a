import type { Side } from '../tap.ts';
import type { Origin } from './layer.ts';
import type { ExchangeProtocol, TlsOffer, WireEvent } from './wire-event.ts';

/** Where bytes of a side are. */
interface Place {
  readonly exchange: number;
  readonly from: Side;
  readonly start: number;
}

/**
 * The one exchange that a whole conversation is, from its first byte until both sides have ended. Where another conversation
 * came before it, the exchange is open already, and the switch tells what became of it.
 */
export class OnlyExchange {
  readonly #protocol: ExchangeProtocol;
  readonly #number: number;
  /** Bytes before the next ones, by who sends them. */
  readonly #offset: Record<Side, number>;
  readonly #ended = new Set<Side>();
  #isOpen: boolean;

  constructor(protocol: ExchangeProtocol, { exchange, isOpen, client, server }: Origin) {
    this.#protocol = protocol;
    this.#number = exchange;
    this.#offset = { client, server };
    this.#isOpen = isOpen;
  }

  /** Opens it, where that was not done yet. */
  open(clientHello?: TlsOffer): WireEvent[] {
    if (this.#isOpen) return [];
    this.#isOpen = true;
    const opened = { type: 'exchange', exchange: this.#number, protocol: this.#protocol } as const;
    return [clientHello ? { ...opened, clientHello } : opened];
  }

  /** Where its next `length` bytes are. */
  place(from: Side, length: number): Place {
    const start = this.#offset[from];
    this.#offset[from] += length;
    return { exchange: this.#number, from, start };
  }

  /** Counts its next `length` bytes, and opens it with the first. */
  count(from: Side, length: number): WireEvent[] {
    if (length === 0) return [];
    const events = this.open();
    events.push({ type: 'undecoded', ...this.place(from, length), length });
    return events;
  }

  /** Nothing where nothing was ever sent. */
  end(from: Side): WireEvent[] {
    this.#ended.add(from);
    return this.#isOpen && this.#ended.size === 2
      ? [{ type: 'exchange-closed', exchange: this.#number }]
      : [];
  }
}
