import type { Bytes, Side } from '../../tap.ts';
import type { HeldEvents } from './held-events.ts';
import type { RedactedNames } from './redacted-names.ts';

/** What all layers of a connection work with. */
export interface Redacting {
  readonly held: HeldEvents;
  readonly names: RedactedNames;
}

/** Where each direction of a protocol begins. */
export type Beginning = Readonly<Record<Side, number>>;

/**
 * Reads one protocol of a connection, changes what is held of it, and settles what it has decided on. What it leaves unsettled at the
 * end is replaced whole.
 */
export interface RedactingLayer {
  /** The next bytes, which are held already; borrowed. */
  push(from: Side, bytes: Bytes): void;
  /** The next bytes are missing. */
  lose(from: Side, length: number): void;
  /** `isCutOff`: without an end that this side sent. */
  end(from: Side, isCutOff: boolean): void;
  /** To be asked after each of these: what reads on, once that is not this layer. */
  next?(): NextLayer | undefined;
}

export interface NextLayer {
  readonly layer: RedactingLayer;
  /** Bytes that the layer before did not decide on: the first of the next one. */
  readonly rest: Readonly<Record<Side, Bytes>>;
}
