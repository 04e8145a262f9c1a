import { inflaterFor } from '../decoders/content-encoding.ts';
import { fieldValues } from '../decoders/http1/fields.ts';
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
 * The beginning of what the application received as message `number`: its payload, decompressed where it was compressed
 * and that is possible. About `limit` bytes at most; undefined when they could not be kept.
 */
export function contentOf({ messages, exchanges }: Kept, number: number, limit: number): Buffer | undefined {
  const row = messages.row(number);
  if (row.contentLength > 0) return messages.content(number, limit);
  const bytes = messages.bytes(number, limit);
  const coding = bytes && isHttp(row) ? contentEncoding(exchanges.get(row.exchange), row) : '';
  if (!bytes || !coding) return bytes;
  const inflated = inflaterFor(coding, INFLATED_LIMIT)?.push(bytes);
  return inflated
    ? Buffer.from(inflated.buffer, inflated.byteOffset, Math.min(inflated.length, limit))
    : bytes;
}

/** A beginning of a few kilobytes may inflate a thousandfold. */
const INFLATED_LIMIT = 256 << 10;

function isHttp({ kind }: MessageRow): boolean {
  return kind === 'request' || kind === 'response';
}

function contentEncoding(exchange: Exchange | undefined, { kind }: MessageRow): string {
  const head = kind === 'request' ? exchange?.request : exchange?.response;
  return head ? fieldValues(head.fields, 'content-encoding').join(', ') : '';
}
