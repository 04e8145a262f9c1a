import type { ExchangeProtocol } from '../decoders/wire-event.ts';
import type { Connection } from './connection.ts';
import { addWeight, bothWays, emptyWeight, type Weight } from './ledger.ts';
import type { Session } from './session.ts';

/** What one protocol, or the whole session, came to. */
export interface Totals {
  connections: number;
  exchanges: number;
  messages: number;
  /** Both directions together. */
  readonly weight: Weight;
}

/** Totals by protocol, in the order of their first exchange; `unknown` is what spoke nothing. */
export type ProtocolTotals = ReadonlyMap<ExchangeProtocol | 'unknown', Totals>;

/**
 * Adds the session up by protocol. A connection, and the bytes that belong to none of its exchanges (TLS), count for what
 * its last exchange spoke. Connections that failed are left out: they never came to be.
 */
export function protocolTotals(session: Session): ProtocolTotals {
  const totals = new Map<ExchangeProtocol | 'unknown', Totals>();
  const of = (protocol: ExchangeProtocol | 'unknown') => {
    const known = totals.get(protocol) ?? emptyTotals();
    totals.set(protocol, known);
    return known;
  };
  for (const exchange of session.exchanges) {
    const total = of(exchange.protocol);
    total.exchanges++;
    total.messages += exchange.messages;
    addWeight(total.weight, bothWays(exchange.ledger));
  }
  for (const connection of session.connections.values()) {
    if (connection.failure || isEmpty(connection)) continue;
    const total = of(connection.protocol ?? 'unknown');
    total.connections++;
    addWeight(total.weight, bothWays(connection.own));
  }
  return totals;
}

/** The session as one. */
export function sumOfTotals(byProtocol: ProtocolTotals): Totals {
  const sum = emptyTotals();
  for (const { connections, exchanges, messages, weight } of byProtocol.values()) {
    sum.connections += connections;
    sum.exchanges += exchanges;
    sum.messages += messages;
    addWeight(sum.weight, weight);
  }
  return sum;
}

function emptyTotals(): Totals {
  return { connections: 0, exchanges: 0, messages: 0, weight: emptyWeight() };
}

/** Still open, and nothing was said on it. */
function isEmpty({ protocol, closedAt }: Connection): boolean {
  return protocol === undefined && closedAt === undefined;
}
