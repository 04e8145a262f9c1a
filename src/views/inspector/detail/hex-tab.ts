import type { Session } from '../../../session/session.ts';
import { byteCount } from '../../byte-count.ts';
import { piece, type StyledLine, type Tone } from '../../styled-line.ts';
import { exchangeOf, messageOf } from './subject-message.ts';
import type { DetailSubject, Tab } from './tab.ts';

/** Bytes that are read at a time, around those that are seen. */
const WINDOW = 64 << 10;

/** A run of bytes of one class that can be read anywhere. */
interface Part {
  readonly tone: Tone;
  readonly length: number;
  /** Bytes from an offset on, at most so many; undefined when they are no longer kept. */
  read(offset: number, length: number): Uint8Array | undefined;
}

/** The bytes of a message, each in the colour of its class: of a request or response its head first. */
export const hexTab: Tab = {
  name: 'Hex',
  lines(session, about, columns) {
    const parts = partsOf(session, about);
    const width = columns >= 140 ? 32 : columns >= 76 ? 16 : 8;
    const captions = caption(session, about);
    const rows = parts.flatMap((part) => rowsOf(part, width));
    const total = rows.reduce((sum, { count }) => sum + count, 0);
    return {
      length: captions.length + total,
      line: (index) => captions[index] ?? hexLine(rows, index - captions.length, width),
    };
  },
};

interface PartRows {
  readonly part: Part;
  readonly count: number;
}

function rowsOf(part: Part, width: number): PartRows[] {
  return part.length === 0 ? [] : [{ part, count: Math.ceil(part.length / width) }];
}

function partsOf(session: Session, about: DetailSubject): Part[] {
  const number = messageOf(session, about);
  if (number === undefined) return [];
  const row = session.messages.row(number);
  const which = row.kind === 'request' || row.kind === 'response' ? row.kind : undefined;
  const head = which && session.exchanges.head(row.exchange, which);
  return [...(head ? [ofBytes(head, 'head')] : []), ofPayload(session, number, row.payload)];
}

function ofBytes(bytes: Uint8Array, tone: Tone): Part {
  return { tone, length: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** Payload is read a window at a time: it may be larger than memory. */
function ofPayload(session: Session, number: number, length: number): Part {
  let window: Uint8Array | undefined;
  let windowAt = -1;
  return {
    tone: 'payload',
    length,
    read(offset, wanted) {
      const at = Math.floor(offset / WINDOW) * WINDOW;
      if (at !== windowAt) {
        windowAt = at;
        window = session.messages.part(number, at, WINDOW);
      }
      return window?.subarray(offset - at, offset - at + wanted);
    },
  };
}

/** What of the message is not kept as bytes: its framing, its pings' headers. */
function caption(session: Session, about: DetailSubject): StyledLine[] {
  const number = messageOf(session, about);
  if (number === undefined) return [[piece('There is no message yet.', 'dim')]];
  const { head, framing, control, payload, from } = session.messages.row(number);
  const isMasked = exchangeOf(session, about)?.protocol === 'websocket' && from === 'client';
  const sizes: readonly (readonly [Tone & string, number])[] = [
    ['head', head],
    ['framing', framing],
    ['control', control],
    ['payload', payload],
  ];
  const shown = sizes.filter(([, size]) => size > 0);
  return [
    [
      ...shown.flatMap(([tone, size]) => [piece(`${tone} ${byteCount(size)}  `, tone)]),
      piece(isMasked ? 'payload without its mask; ' : '', 'dim'),
      piece(framing + control > 0 ? 'framing is weighed, not kept' : '', 'dim'),
    ],
    [],
  ];
}

function hexLine(rows: readonly PartRows[], index: number, width: number): StyledLine {
  let first = 0;
  for (const { part, count } of rows) {
    if (index < first + count) return hexRow(part, (index - first) * width, width);
    first += count;
  }
  return [];
}

function hexRow(part: Part, offset: number, width: number): StyledLine {
  const bytes = part.read(offset, Math.min(width, part.length - offset));
  const place = piece(`${offset.toString(16).padStart(6, '0')}  `, 'dim');
  if (!bytes) return [place, piece('no longer kept', 'dim')];
  const hex = Array.from({ length: width }, (_, index) => {
    const byte = bytes[index];
    const gap = index % 8 === 7 ? '  ' : ' ';
    return (byte === undefined ? '  ' : byte.toString(16).padStart(2, '0')) + gap;
  });
  return [place, piece(hex.join(''), part.tone), piece(` ${ascii(bytes)}`, part.tone)];
}

function ascii(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join(
    '',
  );
}
