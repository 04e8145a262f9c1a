import type { Bytes, Side } from '../tap.ts';
import type { Conversation, WireEvent } from './wire-event.ts';

/** A conversation that may hand the connection on to another. */
export interface Layer extends Conversation {
  /** To be asked after each `push` and `end`: what reads on from here, once that is not this layer. */
  next?(): Succession | undefined;
}

/** How one layer follows another. */
export interface Succession {
  readonly layer: Layer;
  /** What the switch itself tells. */
  readonly events: readonly WireEvent[];
  /** Bytes that the layer before did not tell of: the next one's first. */
  readonly rest: Readonly<Record<Side, Bytes>>;
  /** The sides that have ended already. */
  readonly ended: readonly Side[];
}

/** Where a conversation begins: the number of its first exchange, and the bytes of each direction before it. */
export interface Origin {
  readonly exchange: number;
  /** Whether that exchange is open already: it was another conversation that came to this. */
  readonly isOpen: boolean;
  readonly client: number;
  readonly server: number;
  /** Bytes before it are missing: what it says may refer to something that nobody knows. */
  readonly followsHole?: boolean;
}

/** A conversation that begins with its connection. */
export const BEGINNING: Origin = { exchange: 1, isOpen: false, client: 0, server: 0 };
