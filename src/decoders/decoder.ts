import type { Bytes } from '../tap.ts';

/**
 * What every decoder is: one direction of one connection, bytes in, events out.
 * A decoder does no I/O, reads no clock, starts no timer, and never throws on what a peer sent:
 * a broken rule is a `fault` event, because showing it is the product.
 *
 * Events that use up bytes carry `start` and `length`: their place in the direction's stream. Every byte pushed is in
 * exactly one such place, in order, except those still waiting for more. (Two plain fields and not a span object:
 * an allocation less for each event of a flood.)
 */
export interface Decoder<Event> {
  /** Reads the next bytes, wherever the network cut them, and returns what they completed. */
  push(bytes: Bytes): Event[];

  /** Reads the end of the stream: what was left half-read becomes a fault, and its bytes `undecoded`. */
  end(): Event[];
}

/** A rule the peer broke. It uses no bytes of its own. */
export interface Fault {
  readonly type: 'fault';
  /** Where, in bytes from the start of the direction. */
  readonly start: number;
  /** The rule's paragraph ('RFC 6455 section 5.5'), or 'limit' for a bound of ours. */
  readonly rule: string;
  /** What happened, in words; may quote bytes off the wire, so a view makes it harmless before it shows it. */
  readonly detail: string;
}

/** Bytes that no decoder understood: counted, never guessed. */
export interface Undecoded {
  readonly type: 'undecoded';
  readonly start: number;
  readonly length: number;
}
