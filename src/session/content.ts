import { inflaterFor } from '../decoders/content-encoding.ts';
import { fieldValues } from '../decoders/http1/fields.ts';
import type { Inflater } from '../decoders/inflater.ts';
import type { Bytes } from '../tap.ts';
import type { Exchange } from './exchange.ts';
import type { ExchangeStore } from './exchange-store.ts';
import type { MessageStore } from './message-store.ts';
import type { MessageRow } from './message-table.ts';

/** What content is read from: a session. */
export interface Kept {
  readonly messages: MessageStore;
  readonly exchanges: Pick<ExchangeStore, 'get'>;
}

/**
 * The beginning of what the application received as message `number`, `limit` bytes of it at most: its payload, decompressed where
 * it was compressed and that is possible. What is missing of it is left out; of what is compressed, nothing behind that can be
 * read. Undefined where it could not be kept.
 */
export function contentOf({ messages, exchanges }: Kept, number: number, limit: number): Buffer | undefined {
  const row = messages.row(number);
  if (row.contentLength > 0) return messages.content(number, limit);
  const coding = isHttp(row) ? contentEncoding(exchanges.get(row.exchange), row) : '';
  const readable = coding === '' ? limit : Math.min(limit, messages.missing(number)?.at ?? limit);
  const bytes = messages.bytes(number, readable);
  if (!bytes || !coding) return bytes;
  const content = inflaterFor(coding, INFLATED_LIMIT)?.push(bytes);
  return content ? Buffer.from(content.buffer, content.byteOffset, Math.min(content.length, limit)) : bytes;
}

/**
 * All that the application received as message `number`, up to a hole where it was compressed. Undefined where it could not be kept
 * or cannot be decompressed, and where that gives more than `limit` bytes.
 */
export function wholeContent(
  { messages, exchanges }: Kept,
  number: number,
  limit = WHOLE_LIMIT,
): Buffer | undefined {
  const row = messages.row(number);
  if (row.contentLength > 0) return messages.content(number);
  const coding = isHttp(row) ? contentEncoding(exchanges.get(row.exchange), row) : '';
  const inflater = inflaterFor(coding, SLICE_LIMIT);
  if (!inflater) return messages.bytes(number);
  const bytes = messages.bytes(number, messages.missing(number)?.at);
  return bytes && inflated(bytes, inflater, limit);
}

/** In slices: what one gives is bounded, and so is what all of them give. */
function inflated(bytes: Buffer, inflater: Inflater, limit: number): Buffer | undefined {
  const parts: Bytes[] = [];
  let length = 0;
  for (let start = 0; start < bytes.length; start += SLICE) {
    const part = inflater.push(bytes.subarray(start, start + SLICE));
    if (!part) return undefined;
    length += part.length;
    if (length > limit) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts as readonly Uint8Array[]);
}

const SLICE = 64 << 10;
/** Deflate gives a thousandfold at most, the others more. */
const SLICE_LIMIT = 128 << 20;
const WHOLE_LIMIT = 256 << 20;

/** A beginning of a few kilobytes may inflate a thousandfold. */
const INFLATED_LIMIT = 256 << 10;

function isHttp({ kind }: MessageRow): boolean {
  return kind === 'request' || kind === 'response';
}

/** What the Content-Encoding of a request or response lists; empty where there is none. */
export function contentEncoding(exchange: Exchange | undefined, { kind }: MessageRow): string {
  const head = kind === 'request' ? exchange?.request : exchange?.response;
  return head ? fieldValues(head.fields, 'content-encoding').join(', ') : '';
}
