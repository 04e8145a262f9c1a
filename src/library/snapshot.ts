import type { ExchangeProtocol } from '../decoders/wire-event.ts';
import type { Audit } from '../session/audit.ts';
import type { NetworkTotals } from '../session/network-totals.ts';
import type { Losses, Session } from '../session/session.ts';
import { type Totals as SessionTotals, sumOfTotals } from '../session/totals.ts';
import { type Connection, connectionCopy } from './connection.ts';
import { type Exchange, exchangeCopy } from './exchange.ts';
import { type Fault, faultCopy } from './fault.ts';
import { type PollSeries, pollSeriesCopy } from './poll-series.ts';
import { type Weight, weightOf } from './weight.ts';

/** What one protocol, or the whole session, came to. */
export interface Totals {
  readonly connections: number;
  readonly exchanges: number;
  readonly messages: number;
  /** Connections of which nobody told what TLS took: that is not in the weight. */
  readonly tlsUnknown: number;
  /** Both directions together. */
  readonly weight: Weight;
}

/** Totals by protocol. A connection, and its TLS, counts for what its last exchange spoke; `unknown` is what spoke nothing. */
export type ProtocolTotals = { readonly [Protocol in ExchangeProtocol | 'unknown']?: Totals };

/** Two numbers of bytes that ought to be equal and are not. */
export type Imbalance = Audit['imbalances'][number];

/** What a session came to, at one moment. */
export interface Snapshot {
  readonly totals: Totals;
  readonly protocols: ProtocolTotals;
  readonly connections: readonly Connection[];
  readonly exchanges: readonly Exchange[];
  readonly pollSeries: readonly PollSeries[];
  /** What all its connections took of TCP and IP, exactly; undefined where no packet capture tells it. */
  readonly network: NetworkTotals | undefined;
  /** The first 10,000. */
  readonly faults: readonly Fault[];
  /** All of them. */
  readonly faultCount: number;
  /** The books against the sockets' own counters, of all connections that have closed. */
  readonly audit: Audit;
  /** What could not be kept, as the disk failed or was too slow. */
  readonly lost: Losses;
}

export function snapshotOf(session: Session): Snapshot {
  const byProtocol = session.totals();
  const protocols = [...byProtocol].map(([protocol, totals]) => [protocol, totalsCopy(totals)]);
  return frozen({
    totals: totalsCopy(sumOfTotals(byProtocol)),
    protocols: Object.fromEntries(protocols),
    connections: Array.from(session.connections.values(), (connection) =>
      connectionCopy(session, connection),
    ),
    exchanges: Array.from(session.exchanges, (exchange) => exchangeCopy(session, exchange)),
    pollSeries: session.pollSeries.map((series) => pollSeriesCopy(session, series)),
    network: session.network(),
    faults: session.faults.map((fault) => faultCopy(session, fault)),
    faultCount: session.faultCount,
    audit: structuredClone(session.audit()),
    lost: session.losses(),
  });
}

function totalsCopy({ weight, ...counts }: SessionTotals): Totals {
  return { ...counts, weight: weightOf(weight) };
}

/** Plain data, frozen with all that is in it. */
function frozen<Data extends object>(data: Data): Data {
  for (const value of Object.values(data)) {
    if (typeof value === 'object' && value !== null) frozen(value);
  }
  return Object.freeze(data);
}
