import type { Bytes } from '../../tap.ts';
import type { LentBytes } from '../lent-bytes.ts';
import type { WireEvent } from '../wire-event.ts';
import type { ResponseHead } from './head.ts';

/** A slice of a body where it lies, from `from` to `to` of what was lent. */
export interface BodySlice {
  /** Where its framing begins. */
  readonly start: number;
  /** Chunk-size lines right before it. */
  readonly framing: number;
  readonly lent: LentBytes;
  readonly from: number;
  readonly to: number;
}

/** Tells a response's body as something else than `body` events; each byte of it is counted once, as before. */
export interface BodyReader {
  /** Tells what the next slice completes. */
  body(slice: BodySlice, told: WireEvent[]): void;
  /** The next `length` bytes, at `start`, are missing. */
  lose(start: number, length: number, told: WireEvent[]): void;
  /** Tells what the end cuts off, and the end. */
  end(end: Extract<WireEvent, { readonly type: 'body-end' }>, told: WireEvent[]): void;
}

/** What reads the body of the response with this head; undefined for a body that is told as it is. */
export type OpenBody = (exchange: number, head: ResponseHead, told: WireEvent[]) => BodyReader | undefined;

/** The slice by itself: a view, made only where it is not the whole. */
export function viewOf({ lent, from, to }: BodySlice): Bytes {
  return from === 0 && to === lent.bytes.length ? lent.bytes : lent.view(from, to);
}
