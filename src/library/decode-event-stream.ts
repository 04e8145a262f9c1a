import { LentBytes } from '../decoders/lent-bytes.ts';
import { EventStreamBody } from '../decoders/sse-body.ts';
import type { WireEvent } from '../decoders/wire-event.ts';
import { checkBytes } from './checked-bytes.ts';
import { type DecodedMessages, MessageCollector } from './decoded-messages.ts';

/** There is a bound on what a slice may inflate to, 16 MiB: with gzip, which makes 1,032 bytes of one at most, none reaches it. */
const SLICE = 8 << 10;

/** What a body does not say itself. */
export interface EventStreamOptions {
  /** The Content-Encoding of the response: 'gzip', 'br'. */
  readonly contentEncoding?: string | undefined;
}

/**
 * Decodes and weighs the body of an event stream (WHATWG HTML section 9.2.6), without what HTTP puts around it. No bytes make it
 * throw: what is broken is told as a fault.
 */
export function decodeEventStream(
  bytes: Uint8Array,
  { contentEncoding }: EventStreamOptions = {},
): DecodedMessages {
  checkBytes('decodeEventStream', bytes);
  const place = { exchange: 1, from: 'server' } as const;
  const body = new EventStreamBody({ ...place, contentEncoding });
  const told: WireEvent[] = [];
  const lent = new LentBytes(bytes);
  for (let from = 0; from < bytes.length; from += SLICE) {
    const to = Math.min(from + SLICE, bytes.length);
    body.body({ start: from, framing: 0, lent, from, to }, told);
  }
  body.end(
    { ...place, type: 'body-end', start: bytes.length, framing: 0, payload: 0, head: 0, complete: true },
    told,
  );
  const collector = new MessageCollector('sse', 'server');
  collector.add(told);
  return collector.result();
}
