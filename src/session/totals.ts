import type { ExchangeProtocol } from '../decoders/wire-event.ts';
import { type Connection, isTlsUnknown } from './connection.ts';
import type { Exchange } from './exchange.ts';
import { addWeight, bothWays, emptyWeight, type Weight } from './ledger.ts';

/** What one protocol, or the whole session, came to. */
export interface Totals {
  connections: number;
  exchanges: number;
  messages: number;
  /** Connections of which nobody told what TLS took: that is not in the weight. */
  tlsUnknown: number;
  /** Both directions together. */
  readonly weight: Weight;
}

/** Totals by protocol, in the order of their first exchange; `unknown` is what spoke nothing. */
export type ProtocolTotals = ReadonlyMap<ExchangeProtocol | 'unknown', Totals>;

/**
 * Adds a session up by protocol: what is over as it ends, what goes on when it is asked. A connection, and the bytes that
 * belong to none of its exchanges (TLS), count for what its last exchange spoke. Connections that failed are left out: they
 * never came to be.
 */
export class TotalsByProtocol {
  readonly #totals = new Map<ExchangeProtocol | 'unknown', Totals>();

  /** Shows that a protocol was spoken, before there is anything to add. */
  mention(protocol: ExchangeProtocol): void {
    this.#of(protocol);
  }

  addExchange({ protocol, messages, ledger }: Exchange): void {
    const total = this.#of(protocol);
    total.exchanges++;
    total.messages += messages;
    addWeight(total.weight, bothWays(ledger));
  }

  addConnection(connection: Connection): void {
    const { protocol, failure, own } = connection;
    if (failure) return;
    const total = this.#of(protocol ?? 'unknown');
    total.connections++;
    if (isTlsUnknown(connection)) total.tlsUnknown++;
    addWeight(total.weight, bothWays(own));
  }

  /** What is over, and with it what goes on. */
  with(exchanges: Iterable<Exchange>, connections: Iterable<Connection>): ProtocolTotals {
    const all = this.#copy();
    for (const exchange of exchanges) all.addExchange(exchange);
    for (const connection of connections)
      if (connection.protocol !== undefined) all.addConnection(connection);
    return all.#spoken();
  }

  #of(protocol: ExchangeProtocol | 'unknown'): Totals {
    const known = this.#totals.get(protocol) ?? emptyTotals();
    this.#totals.set(protocol, known);
    return known;
  }

  #copy(): TotalsByProtocol {
    const copy = new TotalsByProtocol();
    for (const [protocol, totals] of this.#totals) addTotals(copy.#of(protocol), totals);
    return copy;
  }

  /** Without those which all that was mentioned of them went over to. */
  #spoken(): ProtocolTotals {
    return new Map(
      [...this.#totals].filter(([, { connections, exchanges }]) => connections > 0 || exchanges > 0),
    );
  }
}

/** The session as one. */
export function sumOfTotals(byProtocol: ProtocolTotals): Totals {
  const sum = emptyTotals();
  for (const totals of byProtocol.values()) addTotals(sum, totals);
  return sum;
}

function addTotals(sum: Totals, { connections, exchanges, messages, tlsUnknown, weight }: Totals): void {
  sum.connections += connections;
  sum.exchanges += exchanges;
  sum.messages += messages;
  sum.tlsUnknown += tlsUnknown;
  addWeight(sum.weight, weight);
}

export function emptyTotals(): Totals {
  return { connections: 0, exchanges: 0, messages: 0, tlsUnknown: 0, weight: emptyWeight() };
}
