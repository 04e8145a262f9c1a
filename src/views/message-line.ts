import type { Exchange } from '../session/exchange.ts';
import { fieldValue } from '../session/exchange.ts';
import { emptyWeight } from '../session/ledger.ts';
import type { MessageRow } from '../session/message-table.ts';
import type { Session } from '../session/session.ts';
import { byteCount } from './byte-count.ts';
import { beginning, displayWidth, withoutMiddle } from './display-width.ts';
import { harmless } from './harmless.ts';
import { addressOf, isRoomy, kindColumn, lineStart, roomBehind, weightColumns } from './line-columns.ts';
import { messagePreview } from './message-preview.ts';
import { piece, type StyledLine } from './styled-line.ts';

/**
 * One message as one line: time, exchange, protocol, who sent it, what, gross = overhead + payload, and in the columns
 * that are left what it is about and how it begins.
 */
export function messageLine(
  session: Session,
  number: number,
  exchange: Exchange,
  columns: number,
): StyledLine {
  const row = session.messages.row(number);
  const { head, framing, control, payload } = row;
  const missing = session.messages.missing(number);
  const facts = [
    ...lineStart(session, row.at, exchange),
    piece(row.from === 'client' ? '▲ ' : '▼ ', row.from),
    ...kindColumn(kind(row, exchange), columns),
    ...weightColumns({ ...emptyWeight(), head, framing, control, payload }),
    ...(row.complete ? [] : [piece('(cut off) ', 'fault')]),
    ...(missing ? [piece(`(${byteCount(missing.length)} missing) `, 'fault')] : []),
  ];
  const preview = row.kind === 'close' ? '' : messagePreview(session, number).trimStart();
  const subject = harmless(about(session, row, exchange, isRoomy(columns)));
  return [...facts, ...said(subject, preview, roomBehind(facts, columns))];
}

/** What it is about, cut if there is too little room, and the preview, which has half of the room at least. */
function said(about: string, preview: string, room: number): StyledLine {
  if (about === '') return [piece(preview)];
  const previewColumns = Math.min(displayWidth(beginning(preview, room)), Math.floor(room / 2));
  const gap = previewColumns > 0 ? 1 : 0;
  return [
    piece(withoutMiddle(about, room - previewColumns - gap), 'dim'),
    piece(' '.repeat(gap)),
    piece(preview),
  ];
}

function kind({ kind, name }: MessageRow, { request, response }: Exchange): string {
  switch (kind) {
    case 'request':
      return request?.method ?? '?';
    case 'response':
      return name || String(response?.status ?? '?');
    case 'event':
      return name;
    case 'comment':
      return name || ':';
    default:
      return kind;
  }
}

function about(session: Session, { kind, name }: MessageRow, exchange: Exchange, isRoomy: boolean): string {
  switch (kind) {
    case 'request':
      return addressOf(session, exchange);
    case 'response':
      return name === '' ? responseWords(exchange, isRoomy) : 'interim, the response follows';
    case 'close':
      return name;
    default:
      return '';
  }
}

function responseWords({ response, resumes }: Exchange, isRoomy: boolean): string {
  if (!response) return '';
  const mediaType = fieldValue(response.fields, 'content-type')?.split(';')[0] ?? '';
  const type = isRoomy ? mediaType : mediaType.replace(/^.*\//, '');
  const coding = fieldValue(response.fields, 'content-encoding') ?? '';
  const resumed = resumes === undefined ? '' : `resumes #${resumes}`;
  return [response.status === 101 ? response.reason : type, coding, resumed].filter(Boolean).join(' ');
}
