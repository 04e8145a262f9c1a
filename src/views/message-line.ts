import type { Exchange } from '../session/exchange.ts';
import { fieldValue } from '../session/exchange.ts';
import type { MessageRow } from '../session/message-table.ts';
import type { Session } from '../session/session.ts';
import { byteCount } from './byte-count.ts';
import { harmless } from './harmless.ts';
import { messagePreview } from './message-preview.ts';
import { piece, type StyledLine } from './styled-line.ts';

const BADGES: Readonly<Record<Exchange['protocol'], string>> = {
  http1: 'h1',
  http2: 'h2',
  websocket: 'ws',
  sse: 'sse',
  tcp: 'tcp',
  tls: 'tls',
};

const WHAT_COLUMNS = 44;

/** One message as one line: time, exchange, protocol, who sent it, what, gross = overhead + payload, its beginning. */
export function messageLine(session: Session, number: number, exchange: Exchange): StyledLine {
  const row = session.messages.row(number);
  const overhead = row.head + row.framing + row.control;
  const weight = `${byteCount(overhead + row.payload).padStart(5)} =${byteCount(overhead).padStart(5)} +`;
  return [
    ...lineStart(session, row.at, exchange),
    piece(row.from === 'client' ? '▲ ' : '▼ ', row.from),
    piece(fitted(harmless(what(session, row, exchange)), WHAT_COLUMNS), 'strong'),
    piece(` ${weight}`, 'head'),
    piece(`${byteCount(row.payload).padStart(5)}`, 'payload'),
    piece(row.complete ? '  ' : '  (cut off) ', row.complete ? 'plain' : 'fault'),
    piece(messagePreview(session, number)),
  ];
}

/** Time of day, the exchange's number and protocol: what every line begins with. */
export function lineStart(session: Session, at: number, exchange: Exchange | undefined): StyledLine {
  const number = exchange === undefined ? '' : `#${exchange.number}`;
  const badge = exchange === undefined ? '' : BADGES[exchange.protocol];
  return [
    piece(timeOfDay(session.epoch, at), 'dim'),
    piece(` ${number.padStart(5)} ${badge.padEnd(3)} `, 'dim'),
  ];
}

/** Local time with milliseconds. */
function timeOfDay(epoch: bigint, at: number): string {
  const date = new Date(Number((epoch + BigInt(at)) / 1_000_000n));
  const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${hours}:${minutes}:${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function what(session: Session, { kind, name }: MessageRow, exchange: Exchange): string {
  switch (kind) {
    case 'request':
      return `${exchange.request?.method ?? '?'} ${session.hostOf(exchange)}${exchange.request?.target ?? ''}`;
    case 'response':
      return name === '' ? responseWords(exchange) : `${name} (interim)`;
    case 'comment':
      return name === '' ? ': comment' : name;
    case 'event':
      return `event ${name}`;
    default:
      return name === '' ? kind : `${kind} ${name}`;
  }
}

function responseWords({ response, resumes }: Exchange): string {
  if (!response) return '?';
  const type = fieldValue(response.fields, 'content-type')?.split(';')[0] ?? '';
  const coding = fieldValue(response.fields, 'content-encoding') ?? '';
  const resumed = resumes === undefined ? '' : `resumes #${resumes}`;
  return [response.status, response.status === 101 ? response.reason : type, coding, resumed]
    .filter(Boolean)
    .join(' ');
}

/** Exactly `columns` wide; what does not fit is cut in the middle, as the end of a path tells most. */
function fitted(text: string, columns: number): string {
  if (text.length <= columns) return text.padEnd(columns);
  const end = Math.floor(columns / 2);
  return `${text.slice(0, columns - end - 1)}…${text.slice(-end)}`;
}
