import type { Exchange } from '../../session/exchange.ts';
import type { MessageRow } from '../../session/message-table.ts';
import type { Session } from '../../session/session.ts';
import type { Filter } from './filter.ts';

const HIDDEN = 0;
/** Fits itself; of its messages none that fits is known. */
const WAITING = 1;
const SHOWN = 2;

/** Called for each message that is shown. */
type OnMessage = (number: number, row: MessageRow) => void;

/** Which exchanges of a session, as it is now, are shown: a byte for each, since there may be millions. */
export class ShownExchanges {
  readonly #states: Uint8Array;

  constructor(session: Session, filter: Filter, onMessage?: OnMessage) {
    this.#states = new Uint8Array(session.exchanges.length + 1);
    for (const exchange of session.exchanges) {
      this.#states[exchange.number] = stateOf(session, filter, exchange);
    }
    if (filter.hasMessageTerms || onMessage) this.#readMessages(session, filter, onMessage);
  }

  has(exchange: number): boolean {
    return this.#states[exchange] === SHOWN;
  }

  #readMessages(session: Session, filter: Filter, onMessage: OnMessage | undefined): void {
    const { messages } = session;
    for (let number = 0; number < messages.length; number++) {
      const exchange = messages.exchangeOf(number);
      const state = this.#states[exchange];
      if (state === HIDDEN || (state === SHOWN && !onMessage)) continue;
      const row = messages.row(number);
      if (!filter.fitsMessage(session, number, row)) continue;
      this.#states[exchange] = SHOWN;
      onMessage?.(number, row);
    }
  }
}

function stateOf(session: Session, filter: Filter, exchange: Exchange): number {
  if (!filter.fitsExchange(session, exchange)) return HIDDEN;
  if (!filter.hasMessageTerms) return SHOWN;
  return exchange.messages === 0 && filter.fitsWithoutMessages(session, exchange) ? SHOWN : WAITING;
}
