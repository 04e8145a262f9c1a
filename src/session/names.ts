import type { OnLost } from './page-store.ts';
import { Spool } from './spool.ts';

/** Characters of a name that are kept. */
const MAX_NAME = 200;

/** Names that are kept once; of a stream that makes each of its events a new one, the others lie in a spool. */
const MAX_KNOWN = 4096;

/** A name of MAX_NAME characters has fewer bytes than this. */
const MAX_BYTES = 1024;

const SPOOL_MEMORY = 2 << 20;

/** Names of messages, each as a number: they repeat, a handful of event types. */
export class Names {
  readonly #known: string[] = [''];
  readonly #numbers = new Map<string, number>([['', 0]]);
  readonly #rest: Spool;

  constructor(onLost: OnLost) {
    this.#rest = new Spool(SPOOL_MEMORY, onLost);
  }

  /** Bytes of names that could not be kept, the room between them included. */
  get lost(): number {
    return this.#rest.lost;
  }

  /** The number of a name, which is cut where it is too long. */
  number(whole: string): number {
    const name = whole.length > MAX_NAME ? `${whole.slice(0, MAX_NAME)}…` : whole;
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    if (this.#known.length >= MAX_KNOWN) return this.#numberInSpool(name);
    const number = this.#known.push(name) - 1;
    this.#numbers.set(name, number);
    return number;
  }

  /** The name with a number that was given out; empty when it was lost. */
  name(number: number): string {
    if (number < MAX_KNOWN) return this.#known[number] ?? '';
    const place = number - MAX_KNOWN;
    return this.#rest.read(Math.floor(place / MAX_BYTES), place % MAX_BYTES)?.toString() ?? '';
  }

  /** Forgets everything. */
  close(): void {
    this.#rest.close();
  }

  #numberInSpool(name: string): number {
    const bytes = Buffer.from(name);
    return MAX_KNOWN + this.#rest.append(bytes) * MAX_BYTES + bytes.length;
  }
}
