import { inflaterFor } from '../decoders/content-encoding.ts';
import type { Bytes } from '../tap.ts';
import { contentEncoding, type Kept } from './content.ts';

/** Bytes of a slice as it is kept. */
const SLICE = 64 << 10;

/** What a slice may inflate to: deflate gives a thousandfold at most, the others more. */
const INFLATED_LIMIT = 128 << 20;

/**
 * All that the application received as message `number`, decompressed where that is possible, in slices: it is never in memory as
 * a whole. What is missing is left out; of what is compressed nothing behind that, or behind what is broken, can be read. What
 * cannot be decompressed at all comes as it was carried.
 */
export function* contentSlices({ messages, exchanges }: Kept, number: number): Generator<Bytes> {
  const row = messages.row(number);
  if (row.contentLength > 0) return yield* messages.contentSlices(number, SLICE);
  const isHttp = row.kind === 'request' || row.kind === 'response';
  const coding = isHttp ? contentEncoding(exchanges.get(row.exchange), row) : '';
  const inflater = inflaterFor(coding, INFLATED_LIMIT);
  if (!inflater) return yield* messages.slices(number, SLICE);
  let left = messages.missing(number)?.at ?? Number.POSITIVE_INFINITY;
  let isFirst = true;
  for (const slice of messages.slices(number, SLICE)) {
    const content = inflater.push(slice.subarray(0, left));
    if (!content && isFirst) return yield* messages.slices(number, SLICE);
    if (content) yield content;
    left -= slice.length;
    if (!content || left <= 0) return;
    isFirst = false;
  }
}
