import type { OnLost } from './page-store.ts';
import { Spool } from './spool.ts';

/** Characters of an id that are kept. */
const MAX_ID = 200;

/** An id of MAX_ID characters has fewer bytes than this. */
const MAX_BYTES = 1024;

const SPOOL_MEMORY = 2 << 20;

/** Digits that a double has for sure. */
const MAX_DIGITS = 15;

/**
 * Ids of events, each as a number. A counter is its own number and costs nothing; any other id lies in a spool, once for all events
 * in a row that have it.
 */
export class EventIds {
  readonly #spool: Spool;
  /** The last one that went to the spool. */
  #last = { id: '', number: 0 };

  constructor(onLost: OnLost) {
    this.#spool = new Spool(SPOOL_MEMORY, onLost);
  }

  /** Bytes of ids that could not be kept, the room between them included. */
  get lost(): number {
    return this.#spool.lost;
  }

  /** The number of an id, which is cut where it is too long; 0 of none. */
  number(whole: string): number {
    if (whole === '') return 0;
    if (isCounter(whole)) return Number(whole) + 1;
    const id = whole.length > MAX_ID ? `${whole.slice(0, MAX_ID)}…` : whole;
    if (id !== this.#last.id) this.#last = { id, number: this.#numberInSpool(id) };
    return this.#last.number;
  }

  /** The id with a number that was given out; empty when it was lost. */
  id(number: number): string {
    if (number === 0) return '';
    if (number > 0) return String(number - 1);
    const place = -number;
    return this.#spool.read(Math.floor(place / MAX_BYTES), place % MAX_BYTES)?.toString() ?? '';
  }

  /** Forgets everything. */
  close(): void {
    this.#spool.close();
  }

  #numberInSpool(id: string): number {
    const bytes = Buffer.from(id);
    return -(this.#spool.append(bytes) * MAX_BYTES + bytes.length);
  }
}

/** A number as counters write it: 0.02 us, where a pattern takes 0.04. */
function isCounter(id: string): boolean {
  if (id.length > MAX_DIGITS || (id.length > 1 && id.charCodeAt(0) === ZERO)) return false;
  for (let index = 0; index < id.length; index++) {
    const character = id.charCodeAt(index);
    if (character < ZERO || character > NINE) return false;
  }
  return true;
}

const ZERO = 0x30;
const NINE = 0x39;
