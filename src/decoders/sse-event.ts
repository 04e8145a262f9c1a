import type { Bytes } from '../tap.ts';
import type { Fault } from './decoder.ts';

/**
 * What an event stream tells. Each byte pushed is counted in exactly one message or in the rest, in one class:
 * `payload` are the values of event, id and data fields; `control` are whole comment lines and whole retry lines;
 * `framing` is all else: field names, colons, spaces, line ends, a BOM, and lines that clients ignore.
 */
export type SseEvent = SseMessage | SseRest | Fault;

/** An event or comment (WHATWG HTML section 9.2.6). */
export interface SseMessage {
  readonly type: 'message';
  /** A `comment` with the name 'retry' is a block of nothing but retry fields: it sets a time and is no event. */
  readonly kind: 'event' | 'comment';
  /** Where its first line is. */
  readonly start: number;
  readonly framing: number;
  readonly control: number;
  readonly payload: number;
  /** The event's type, 'message' where it names none; '' of a comment. */
  readonly name: string;
  /** The last event id that the client knows after this event; '' of a comment. */
  readonly id: string;
  /** Data lines joined by LF, the comment's text, or the retry time; empty where a limit was passed. Borrowed. */
  readonly data: Bytes;
  /** False for a block without a data field: clients take its id, and dispatch nothing. */
  readonly dispatched: boolean;
  /** False when the stream ended before its blank line, or before a comment's line end. */
  readonly complete: boolean;
}

/** Blank and ignored lines behind the last message, told at the end of the stream. */
interface SseRest {
  readonly type: 'rest';
  readonly framing: number;
}

/** Bounds in bytes. What is longer is counted, not kept. */
export interface SseLimits {
  readonly line: number;
  /** Of an event's data. */
  readonly event: number;
}

export const SSE_LIMITS: SseLimits = { line: 1 << 20, event: 16 << 20 };
