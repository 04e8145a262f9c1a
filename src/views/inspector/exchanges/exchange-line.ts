import type { Exchange } from '../../../session/exchange.ts';
import { bothWays, gross, overheadRatio, type Weight } from '../../../session/ledger.ts';
import type { PollSeries } from '../../../session/polling/series.ts';
import type { Session } from '../../../session/session.ts';
import { byteCount, percentage } from '../../byte-count.ts';
import { fitted } from '../../display-width.ts';
import { harmless } from '../../harmless.ts';
import { addressOf, timeOfDay } from '../../line-columns.ts';
import { type Piece, piece, type StyledLine } from '../../styled-line.ts';
import { timeSpan } from '../../time-span.ts';
import { sparkline } from '../overview/braille-plot.ts';
import { inColumns } from '../title-line.ts';
import { exchangeState, seriesState } from './row-state.ts';
import type { RowSource } from './sort-column.ts';
import { weightBar } from './weight-bar.ts';

/** How times are shown: how long ago a row began, or at what time of day. */
export type TimeStyle = 'age' | 'day';

/** What all rows that are drawn at once have in common. */
export interface LineStyle {
  readonly columns: number;
  readonly time: TimeStyle;
  /** Nanoseconds since the session's epoch. */
  readonly now: number;
  /** The largest gross in view, to which bars are relative. */
  readonly largest: number;
}

/** What is known of a row besides its source. */
export interface LineSigns {
  /** Nanoseconds between its pings. */
  readonly interval: number | undefined;
  /** Bytes of the last seconds, where it is open. */
  readonly rates: readonly number[] | undefined;
  readonly isTls: boolean;
}

const BADGES: Readonly<Record<Exchange['protocol'], string>> = {
  http1: 'h1',
  http2: 'h2',
  websocket: 'ws',
  sse: 'sse',
  tcp: 'tcp',
  tls: 'tls',
};

/** Beside the protocol of what goes through TLS that was opened: narrow in every font, and no emoji. */
const LOCK = 's';

const NUMBER_COLUMNS = 6;
const BADGE_COLUMNS = 6;

/** Around the time, behind the address, and around the bar. */
const GAPS = 5;

interface Widths {
  readonly time: number;
  readonly host: number;
  readonly state: number;
  readonly count: number;
  readonly payload: number;
  readonly bar: number;
  readonly rate: number;
  readonly notes: number;
}

/** Below 100 columns there is no room for payload and waste, below 140 none for rates. */
function widthsOf({ columns, time }: LineStyle): Widths {
  const timeColumns = time === 'day' ? 12 : 7;
  const rest =
    columns < 100
      ? { state: 12, count: 5, payload: 0, bar: 6, rate: 0, notes: 4 }
      : columns < 140
        ? { state: 16, count: 6, payload: 6, bar: 10, rate: 0, notes: 11 }
        : { state: 18, count: 6, payload: 6, bar: 14, rate: 17, notes: 13 };
  const used = usedColumns({ ...rest, time: timeColumns, host: 0 });
  return { time: timeColumns, host: Math.max(8, columns - used - rest.notes), ...rest };
}

/** The names above the columns. */
export function exchangeTitles(style: LineStyle): StyledLine {
  const widths = widthsOf(style);
  const { count, payload, notes } = widths;
  const names = [
    '#'.padStart(NUMBER_COLUMNS),
    ` ${(style.time === 'day' ? 'time' : 'age').padStart(widths.time)} `,
    'what'.padEnd(BADGE_COLUMNS),
    `${'host and path'.padEnd(widths.host)} `,
    'state'.padEnd(widths.state),
    'msgs'.padStart(count),
    'gross'.padStart(count),
    payload > 0 ? 'payld'.padStart(payload) : '',
    'over'.padStart(count),
    ` ${''.padEnd(widths.bar)} `,
    widths.rate > 0 ? 'rate'.padEnd(widths.rate) : '',
    notes > 10 ? 'faults' : '!',
  ];
  return inColumns([piece(names.join(''), 'dim')], style.columns);
}

/** One row: an exchange, a poll series or a connection that failed. */
export function exchangeLine(
  session: Session,
  source: RowSource,
  signs: LineSigns,
  style: LineStyle,
): StyledLine {
  const widths = widthsOf(style);
  switch (source.type) {
    case 'exchange': {
      const { exchange } = source;
      const isOpen = exchange.closedAt === undefined;
      const badge = `${BADGES[exchange.protocol]}${signs.isTls ? LOCK : ''}`;
      const facts = [
        ...start(session, String(exchange.number), exchange.openedAt, badge, style),
        address(harmless(addressOf(session, exchange)), isOpen ? 'plain' : 'dim', widths),
        inState(exchangeState(session, exchange, signs.interval), widths),
        ...weighed(exchange.messages, bothWays(exchange.ledger), widths, style),
        ...rate(signs.rates, widths),
      ];
      return withNotes(facts, exchange.faults > 0 ? `!${byteCount(exchange.faults)}` : '', 'fault', style);
    }
    case 'series':
      return seriesLine(session, source.series, signs, style);
    case 'failure': {
      const { number, openedAt, server, failure } = source.connection;
      const host = server === undefined ? '' : `${server.host}:${server.port}`;
      const line = [
        ...start(session, `c${number}`, openedAt, 'fail', style),
        address(harmless(host), 'plain', widths),
        piece(`failed: ${harmless(failure?.message ?? 'nobody told why')}`, 'fault'),
      ];
      return inColumns(line, style.columns);
    }
  }
}

/** The gross of a row, to which the bars of others are relative. */
export function grossOf(source: RowSource): number {
  if (source.type === 'exchange') return gross(bothWays(source.exchange.ledger));
  return source.type === 'series' ? gross(bothWays(source.series.ledger)) : 0;
}

function seriesLine(session: Session, series: PollSeries, signs: LineSigns, style: LineStyle): StyledLine {
  const widths = widthsOf(style);
  const { number, firstAt, host, resource, polls, sends, wasted, ledger } = series;
  const waste = widths.notes > 10 ? `${byteCount(wasted)} empty` : `${byteCount(wasted)}e`;
  const facts = [
    ...start(session, `p${number}`, firstAt, 'poll', style),
    address(harmless(`${host}${resource}`), 'plain', widths, ` ×${byteCount(polls)}`),
    inState(seriesState(series), widths),
    ...weighed(polls + sends, bothWays(ledger), widths, style),
    ...rate(signs.rates, widths),
  ];
  return withNotes(facts, wasted > 0 ? waste : '', 'head', style);
}

/** Other columns are as wide as they are meant to be: to measure their blocks again takes ten times as long as all the rest. */
function withNotes(facts: StyledLine, notes: string, tone: Piece['tone'], style: LineStyle): StyledLine {
  const used = usedColumns(widthsOf(style));
  if (used > style.columns) return inColumns([...facts, piece(notes, tone)], style.columns);
  const room = style.columns - used;
  return [...facts, piece(notes.slice(0, room).padEnd(room), tone)];
}

/** All that stands before the notes, the gaps included. */
function usedColumns({ time, host, state, count, payload, bar, rate }: Widths): number {
  return NUMBER_COLUMNS + time + BADGE_COLUMNS + host + state + 3 * count + payload + bar + rate + GAPS;
}

function start(session: Session, name: string, at: number, badge: string, style: LineStyle): StyledLine {
  const time =
    style.time === 'day'
      ? timeOfDay(session.epoch, at)
      : timeSpan(Math.max(0, style.now - at))
          .replace('min', 'm')
          .padStart(7);
  return [
    piece(name.padStart(NUMBER_COLUMNS)),
    piece(` ${time} `, 'dim'),
    piece(badge.padEnd(BADGE_COLUMNS), 'strong'),
  ];
}

function address(text: string, tone: Piece['tone'], { host }: Widths, count = ''): Piece {
  return piece(`${fitted(text, host - count.length)}${count} `, tone);
}

function inState({ text, tone }: Piece, { state }: Widths): Piece {
  return piece(fitted(text, state), tone);
}

function weighed(messages: number, weight: Weight, widths: Widths, { largest }: LineStyle): StyledLine {
  const { count, payload, bar } = widths;
  return [
    piece(byteCount(messages).padStart(count)),
    piece(byteCount(gross(weight)).padStart(count)),
    piece(payload > 0 ? byteCount(weight.payload).padStart(payload) : '', 'payload'),
    piece(`${percentage(overheadRatio(weight)).padStart(count)} `),
    ...weightBar(weight, largest, bar),
    piece(' '),
  ];
}

function rate(rates: readonly number[] | undefined, { rate: columns }: Widths): StyledLine {
  return columns === 0 ? [] : [piece((rates ? sparkline(rates) : '').padEnd(columns), 'dim')];
}
