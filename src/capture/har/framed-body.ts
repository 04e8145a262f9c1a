import { isChunked } from './content-codings.ts';
import { type Field, fieldValues } from './fields.ts';
import { type CarriedBody, contentLength } from './told-body.ts';

/** Bytes to write, or how many were carried that are missing. */
export type Written = Buffer | number;

/** A body and the fields of its head, in accord with each other (RFC 9112 section 6). */
export interface FramedBody {
  readonly fields: readonly Field[];
  readonly written: readonly Written[];
  /** The body has no other end than its stream's. */
  readonly endsWithStream: boolean;
  readonly changed: string | undefined;
}

/** What of a message decides on its framing. */
export interface Framing {
  readonly fields: readonly Field[];
  readonly isResponse: boolean;
  /** False where the stream ended inside it. */
  readonly isWhole: boolean;
  /** Nothing follows on the connection, so that the end of the stream may be the body's. */
  readonly isLast: boolean;
}

/** A body behind its head. Fields are changed only where the two do not fit, as nothing could be read then. */
export function framedBody(framing: Framing, { bytes, missing }: CarriedBody): FramedBody {
  const { fields, isResponse, isWhole, isLast } = framing;
  const length = bytes.length + missing;
  const parts: Written[] = [...(bytes.length > 0 ? [bytes] : []), ...(missing > 0 ? [missing] : [])];
  const plain = { fields, written: parts, endsWithStream: false, changed: undefined };
  if (isChunked(fields)) return { ...plain, written: inChunks(parts, length, isWhole) };
  const declares = fieldValues(fields, 'content-length').length > 0;
  if (declares) {
    const isTrue = contentLength(fields) === length || !isWhole;
    return isTrue ? plain : { ...plain, ...withLength(fields, length) };
  }
  if (isResponse && isLast) return { ...plain, endsWithStream: isWhole };
  return length === 0 && !isResponse ? plain : { ...plain, ...withLength(fields, length) };
}

/** A body that comes in pieces over time, and its head. */
export interface FramedStream {
  readonly fields: readonly Field[];
  readonly endsWithStream: boolean;
  readonly changed: string | undefined;
  piece(bytes: Buffer): Buffer;
  readonly closing: Buffer;
}

const NOTHING = Buffer.alloc(0);

/** The framing of a stream that is `length` bytes in all, which may only be found out when it is needed. */
export function framedStream(framing: Framing, length: () => number): FramedStream {
  const { fields, isWhole, isLast } = framing;
  const plain = { fields, endsWithStream: false, changed: undefined, piece: asItIs, closing: NOTHING };
  const chunked = { ...plain, piece: chunk, closing: isWhole ? LAST_CHUNK : NOTHING };
  if (isChunked(fields)) return chunked;
  if (fieldValues(fields, 'content-length').length > 0) {
    const total = length();
    const isTrue = contentLength(fields) === total || !isWhole;
    return isTrue ? plain : { ...plain, ...withLength(fields, total) };
  }
  if (isLast) return { ...plain, endsWithStream: isWhole };
  const coding = { name: 'Transfer-Encoding', value: 'chunked' };
  return { ...chunked, fields: [...fields, coding], changed: 'Transfer-Encoding: chunked was added' };
}

const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/** RFC 9112 section 7.1. */
function chunk(bytes: Buffer): Buffer {
  if (bytes.length === 0) return bytes;
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

/** One chunk, and the last one: how many there were nobody tells. */
function inChunks(parts: readonly Written[], length: number, isWhole: boolean): Written[] {
  const closing = isWhole ? [LAST_CHUNK] : [];
  if (length === 0) return closing;
  return [Buffer.from(`${length.toString(16)}\r\n`), ...parts, Buffer.from('\r\n'), ...closing];
}

function withLength(fields: readonly Field[], length: number): Pick<FramedBody, 'fields' | 'changed'> {
  const told = fields.filter(({ name }) => name.toLowerCase() === 'content-length');
  const value = String(length);
  if (told.length === 0) {
    const added = { name: 'Content-Length', value };
    return { fields: [...fields, added], changed: `Content-Length: ${value} was added` };
  }
  const changed = fields.map((field) => (told.includes(field) ? { name: field.name, value } : field));
  return { fields: changed, changed: `Content-Length: ${told[0]!.value} was changed to ${value}` };
}

function asItIs(bytes: Buffer): Buffer {
  return bytes;
}
