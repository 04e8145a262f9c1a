import type { Bytes } from '../tap.ts';
import type { LentBytes } from './lent-bytes.ts';

/** A line that is not blank: what is lent from `start` to `end`, without its line end. */
export interface SseLine {
  readonly lent: LentBytes;
  readonly start: number;
  readonly end: number;
  /** Bytes behind `end` that a limit kept from being kept; what is there tells the field. */
  readonly missing: number;
  /** Bytes of its line end; 0 when the stream stopped before it. */
  readonly ending: number;
  /** Where it is in the stream. */
  readonly at: number;
}

/** What a line can be (WHATWG HTML section 9.2.6); clients ignore all others. */
export type SseField = 'data' | 'event' | 'id' | 'retry' | 'comment' | 'ignored';

const COLON = 0x3a;
const SPACE = 0x20;
const DATA = Buffer.from('data');
const EVENT = Buffer.from('event');
const ID = Buffer.from('id');
const RETRY = Buffer.from('retry');

/** Bytes that suffice to tell a line's field and where its value begins. */
export const LONGEST_FIELD_START = 'retry: '.length;

/** The field of a line, by name; what its value must be is for the reader of the value. */
export function fieldOf(line: SseLine): SseField {
  switch (line.lent.bytes[line.start]) {
    case COLON:
      return 'comment';
    case DATA[0]:
      return isNamed(line, DATA) ? 'data' : 'ignored';
    case EVENT[0]:
      return isNamed(line, EVENT) ? 'event' : 'ignored';
    case ID[0]:
      return isNamed(line, ID) ? 'id' : 'ignored';
    case RETRY[0]:
      return isNamed(line, RETRY) ? 'retry' : 'ignored';
    default:
      return 'ignored';
  }
}

/** Where that begins which stands behind a name of `nameLength`; the colon and one space are no part of it. */
export function valueStart({ lent, start, end }: SseLine, nameLength: number): number {
  const value = start + nameLength + 1;
  return Math.min(value < end && lent.bytes[value] === SPACE ? value + 1 : value, end);
}

/** Bytes of the whole line. */
export function lineLength(line: SseLine): number {
  return line.end - line.start + line.missing + line.ending;
}

/** Its first letter is known to be right. */
function isNamed(line: SseLine, name: Bytes): boolean {
  const { start, end } = line;
  const { bytes } = line.lent;
  const nameEnd = start + name.length;
  if (nameEnd > end) return false;
  for (let index = 1; index < name.length; index++) {
    if (bytes[start + index] !== name[index]) return false;
  }
  return nameEnd === end || bytes[nameEnd] === COLON;
}
