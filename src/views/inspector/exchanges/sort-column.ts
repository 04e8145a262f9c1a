import type { Connection } from '../../../session/connection.ts';
import type { Exchange, ExchangeFacts } from '../../../session/exchange.ts';
import { bothWays, gross, type Ledger, overheadRatio } from '../../../session/ledger.ts';
import type { PollSeries } from '../../../session/polling/series.ts';

/** What a row stands for, with what is known of it. */
export type RowSource =
  | { readonly type: 'exchange'; readonly exchange: Exchange }
  | { readonly type: 'series'; readonly series: PollSeries }
  | { readonly type: 'failure'; readonly connection: Connection };

/** The same without the heads of exchanges. */
export type RowFacts =
  | Exclude<RowSource, { type: 'exchange' }>
  | { readonly type: 'exchange'; readonly exchange: ExchangeFacts };

/**
 * A column that rows may be sorted by: with a key that needs no heads, or one that does. Without either it is the order in
 * which they came, or that of hosts.
 */
export interface SortColumn {
  readonly name:
    | 'number'
    | 'what'
    | 'host'
    | 'state'
    | 'messages'
    | 'gross'
    | 'payload'
    | 'overhead'
    | 'faults';
  /** Which rows are wanted first, where nobody says: the largest, mostly. */
  readonly isFalling: boolean;
  keyOf?(source: RowFacts): number;
  keyWithHeads?(source: RowSource): number;
}

const PROTOCOLS: readonly Exchange['protocol'][] = ['websocket', 'sse', 'http1', 'http2', 'tcp', 'tls'];

/** Behind those of all protocols. */
const SERIES_RANK = 1.5;
const FAILURE_RANK = PROTOCOLS.length;

/** States of no status: those that go on come first, failures last. */
const OPEN_RANK = 0;
const CLOSED_RANK = 1;
const FAILED_RANK = 1000;

/** In the order that the key goes through. */
export const SORT_COLUMNS: readonly SortColumn[] = [
  { name: 'number', isFalling: false },
  {
    name: 'gross',
    isFalling: true,
    keyOf: (source) => weightKey(source, (ledger) => gross(bothWays(ledger))),
  },
  { name: 'payload', isFalling: true, keyOf: (source) => weightKey(source, payloadOf) },
  { name: 'overhead', isFalling: true, keyOf: (source) => weightKey(source, overheadKey) },
  { name: 'messages', isFalling: true, keyOf: messageKey },
  { name: 'faults', isFalling: true, keyOf: faultKey },
  { name: 'state', isFalling: false, keyWithHeads: stateKey },
  { name: 'what', isFalling: false, keyOf: protocolKey },
  { name: 'host', isFalling: false },
];

function weightKey(source: RowFacts, of: (ledger: Ledger) => number): number {
  if (source.type === 'exchange') return of(source.exchange.ledger);
  return source.type === 'series' ? of(source.series.ledger) : 0;
}

function payloadOf({ client, server }: Ledger): number {
  return client.payload + server.payload;
}

function overheadKey(ledger: Ledger): number {
  return overheadRatio(bothWays(ledger)) ?? 0;
}

function messageKey(source: RowFacts): number {
  if (source.type === 'exchange') return source.exchange.messages;
  return source.type === 'series' ? source.series.polls : 0;
}

/** Of a series polls that brought nothing. */
function faultKey(source: RowFacts): number {
  if (source.type === 'exchange') return source.exchange.faults;
  return source.type === 'series' ? source.series.wasted : 1;
}

function stateKey(source: RowSource): number {
  if (source.type === 'failure') return FAILED_RANK;
  if (source.type === 'series' || source.exchange.closedAt === undefined) return OPEN_RANK;
  return source.exchange.response?.status ?? CLOSED_RANK;
}

function protocolKey(source: RowFacts): number {
  if (source.type === 'failure') return FAILURE_RANK;
  return source.type === 'series' ? SERIES_RANK : PROTOCOLS.indexOf(source.exchange.protocol);
}
