import { isTlsUnknown } from '../../session/connection.ts';
import type { Exchange } from '../../session/exchange.ts';
import { addWeight, bothWays, emptyWeight, type Weight } from '../../session/ledger.ts';
import type { MessageRow } from '../../session/message-table.ts';
import type { Session } from '../../session/session.ts';
import type { SessionSums } from '../../session/session-sums.ts';
import { emptyTotals, type Totals } from '../../session/totals.ts';
import { UnopenedHosts } from '../../session/unopened-hosts.ts';
import type { Filter } from './filter.ts';
import { ShownExchanges } from './shown-exchanges.ts';

type Protocol = Exchange['protocol'] | 'unknown';

/**
 * What the part of a session that fits a filter came to. Where something is asked of messages, those that fit count, and not the
 * whole of their exchanges; nor do the bytes that belong to a connection as a whole. What the network took is of no part.
 */
export function filteredSums(session: Session, filter: Filter): SessionSums {
  const part = new FilteredPart(session, filter);
  return {
    epoch: session.epoch,
    totals: () => part.totals,
    network: () => undefined,
    unopenedHosts: () => part.unopened.with([]),
    pollSeries: session.pollSeries.filter(({ number }) => part.series.has(number)),
    faults: part.faults,
    faultCount: part.faults.length,
    losses: () => session.losses(),
  };
}

class FilteredPart {
  readonly totals = new Map<Protocol, Totals>();
  readonly unopened = new UnopenedHosts();
  readonly series = new Set<number>();
  readonly faults: Session['faults'];
  readonly #session: Session;
  readonly #isOfMessages: boolean;

  constructor(session: Session, filter: Filter) {
    this.#session = session;
    this.#isOfMessages = filter.hasMessageTerms;
    const protocols = new ProtocolByExchange(session);
    const count = (_: number, row: MessageRow) => this.#addMessage(protocols.of(row.exchange), row);
    const shown = new ShownExchanges(session, filter, this.#isOfMessages ? count : undefined);
    const connections = new Set<number>();
    for (const exchange of session.exchanges) {
      if (!shown.has(exchange.number)) continue;
      this.#addExchange(exchange);
      connections.add(exchange.connection);
    }
    for (const number of connections) this.#addConnection(number);
    this.faults = session.faults.filter(({ exchange }) => exchange !== undefined && shown.has(exchange));
  }

  #addMessage(protocol: Protocol, { head, framing, control, payload }: MessageRow): void {
    const total = this.#of(protocol);
    total.messages++;
    addWeight(total.weight, { ...emptyWeight(), head, framing, control, payload });
  }

  #addExchange(exchange: Exchange): void {
    const { protocol, messages, ledger, series } = exchange;
    const total = this.#of(protocol);
    total.exchanges++;
    if (series !== undefined) this.series.add(series);
    if (protocol === 'tls') this.unopened.add(this.#session.hostOf(exchange), exchange);
    if (this.#isOfMessages && messages > 0) return;
    total.messages += messages;
    addWeight(total.weight, bothWays(ledger));
  }

  #addConnection(number: number): void {
    const connection = this.#session.connections.get(number);
    if (!connection) return;
    const total = this.#of(connection.protocol ?? 'unknown');
    total.connections++;
    if (this.#isOfMessages) return;
    if (isTlsUnknown(connection)) total.tlsUnknown++;
    const own: Weight = bothWays(connection.own);
    addWeight(total.weight, own);
  }

  #of(protocol: Protocol): Totals {
    const known = this.totals.get(protocol) ?? emptyTotals();
    this.totals.set(protocol, known);
    return known;
  }
}

/** What exchanges speak; that of the last one is remembered, for all its messages. */
class ProtocolByExchange {
  readonly #session: Session;
  #exchange = -1;
  #protocol: Protocol = 'unknown';

  constructor(session: Session) {
    this.#session = session;
  }

  of(exchange: number): Protocol {
    if (exchange === this.#exchange) return this.#protocol;
    this.#exchange = exchange;
    this.#protocol = this.#session.exchanges.get(exchange)?.protocol ?? 'unknown';
    return this.#protocol;
  }
}
