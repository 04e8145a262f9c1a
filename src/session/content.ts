import { inflaterFor } from '../decoders/content-encoding.ts';
import { fieldValues } from '../decoders/http1/fields.ts';
import type { Exchange } from './exchange.ts';
import type { MessageRow } from './message-table.ts';
import type { Session } from './session.ts';

/**
 * The beginning of what the application received as message `number`: its payload, decompressed where it was compressed
 * and that is possible. About `limit` bytes at most; undefined when they could not be kept.
 */
export function contentOf(session: Session, number: number, limit: number): Buffer | undefined {
  const row = session.messages.row(number);
  if (row.contentLength > 0) return session.messages.content(number, limit);
  const bytes = session.messages.bytes(number, limit);
  const coding = bytes && contentEncoding(session.exchanges.get(row.exchange), row);
  if (!bytes || !coding) return bytes;
  const inflated = inflaterFor(coding, INFLATED_LIMIT)?.push(bytes);
  return inflated
    ? Buffer.from(inflated.buffer, inflated.byteOffset, Math.min(inflated.length, limit))
    : bytes;
}

/** A beginning of a few kilobytes may inflate a thousandfold. */
const INFLATED_LIMIT = 256 << 10;

function contentEncoding(exchange: Exchange | undefined, { kind }: MessageRow): string {
  const head = kind === 'request' ? exchange?.request : kind === 'response' ? exchange?.response : undefined;
  return head ? fieldValues(head.fields, 'content-encoding').join(', ') : '';
}
