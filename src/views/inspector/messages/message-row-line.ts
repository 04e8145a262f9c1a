import type { Exchange } from '../../../session/exchange.ts';
import { emptyWeight } from '../../../session/ledger.ts';
import type { MessageRow } from '../../../session/message-table.ts';
import type { Session } from '../../../session/session.ts';
import { fitted } from '../../display-width.ts';
import { harmless } from '../../harmless.ts';
import { roomBehind, timeOfDay, weightColumns } from '../../line-columns.ts';
import { messagePreview } from '../../message-preview.ts';
import { piece, type StyledLine } from '../../styled-line.ts';
import { timeSpan } from '../../time-span.ts';
import { inColumns } from '../title-line.ts';

/** How times are shown: as times of day, or how long after the message before. */
export type TimeStyle = 'day' | 'delta';

const DAY_COLUMNS = 12;
const DELTA_COLUMNS = 8;
const KIND_COLUMNS = 11;

export interface MessageRowFacts {
  readonly number: number;
  /** When the message before it came; undefined for the first. */
  readonly previousAt: number | undefined;
  readonly style: TimeStyle;
}

/** One message as a row: when, who sent it, what it is, gross = overhead + payload, and how it begins. */
export function messageRowLine(
  session: Session,
  { number, previousAt, style }: MessageRowFacts,
  columns: number,
): StyledLine {
  const row = session.messages.row(number);
  const exchange = session.exchanges.get(row.exchange);
  const { head, framing, control, payload } = row;
  const facts = [
    piece(` ${timeOf(session, row, previousAt, style)} `, 'dim'),
    piece(row.from === 'client' ? '▲ ' : '▼ ', row.from),
    piece(fitted(harmless(kindOf(row, exchange)), KIND_COLUMNS), 'strong'),
    ...weightColumns({ ...emptyWeight(), head, framing, control, payload }),
    ...(row.complete ? [] : [piece(exchange?.closedAt === undefined ? '… ' : '(cut off) ', 'fault')]),
  ];
  const room = roomBehind(facts, columns);
  return inColumns([...facts, piece(room > 0 ? preview(session, number, row, exchange) : '')], columns);
}

/** The titles above the columns of `messageRowLine`. */
export function messageTitles(style: TimeStyle): StyledLine {
  const time = 'time'.padEnd(style === 'day' ? DAY_COLUMNS : DELTA_COLUMNS);
  return [piece(` ${time}   ${'kind'.padEnd(KIND_COLUMNS)}gross =  over +payld`, 'dim')];
}

function timeOf(
  session: Session,
  { at }: MessageRow,
  previousAt: number | undefined,
  style: TimeStyle,
): string {
  if (style === 'day') return timeOfDay(session.epoch, at);
  return previousAt === undefined
    ? ''.padStart(DELTA_COLUMNS)
    : deltaWords(at - previousAt).padStart(DELTA_COLUMNS);
}

/** `+0.312`, in seconds up to a hundred, then `+3.5min`. */
function deltaWords(nanoseconds: number): string {
  const seconds = Math.max(0, nanoseconds) / 1e9;
  return seconds < 100 ? `+${seconds.toFixed(3)}` : `+${timeSpan(nanoseconds)}`;
}

function kindOf({ kind, name }: MessageRow, exchange: Exchange | undefined): string {
  switch (kind) {
    case 'request':
      return exchange?.request?.method ?? '?';
    case 'response':
      return name || `${exchange?.response?.status ?? '?'}`;
    case 'event':
      return name;
    case 'comment':
      return name || ':';
    case 'close':
      return `close ${name.split(' ')[0] ?? ''}`.trimEnd();
    default:
      return kind;
  }
}

/** Of a poll's answer first what it was good for. */
function preview(session: Session, number: number, row: MessageRow, exchange: Exchange | undefined): string {
  if (row.kind === 'close') return harmless(row.name.slice(row.name.indexOf(' ') + 1));
  const verdict = row.kind === 'response' && exchange?.verdict ? `${exchange.verdict} ` : '';
  const target = row.kind === 'request' ? `${harmless(exchange?.request?.target ?? '')} ` : '';
  return `${verdict}${target}${messagePreview(session, number).trimStart()}`;
}
