import type { Bytes } from '../tap.ts';
import type { LentBytes } from './lent-bytes.ts';

const LF = 0x0a;
const NOTHING: Bytes = new Uint8Array();

/**
 * The data of one event: its lines, joined by LF. A single line stays where it is, borrowed, as long as the push
 * that brought it; more of them are copied into one buffer that doubles. Past the limit nothing is kept.
 */
export class SseData {
  readonly #limit: number;
  #line: Bytes | undefined;
  #isBorrowed = false;
  #joined: Uint8Array | undefined;
  #length = 0;
  #isDropped = false;
  #isUtf8 = true;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether the data so far is UTF-8. */
  get isUtf8(): boolean {
    return this.#isUtf8;
  }

  /** Adds a line that is lent; false when that is one too much. */
  add(lent: LentBytes, from: number, to: number): boolean {
    if (this.#isDropped) return true;
    const isFirst = this.#line === undefined;
    if ((isFirst ? 0 : this.#length + 1) + to - from > this.#limit) {
      this.drop();
      return false;
    }
    this.#isUtf8 &&= lent.isUtf8(from, to);
    if (isFirst) this.#begin(lent.view(from, to));
    else this.#append(lent.view(from, to));
    return true;
  }

  /** Gives up on this event's data. */
  drop(): void {
    this.take();
    this.#isDropped = true;
  }

  /** Copies what is borrowed: the loan ends with the push. */
  keep(): void {
    if (!this.#isBorrowed || this.#line === undefined) return;
    this.#line = new Uint8Array(this.#line); // a Buffer's own `slice` does not copy
    this.#isBorrowed = false;
  }

  /** All lines, joined, and begins anew. */
  take(): Bytes {
    const data = this.#joined?.subarray(0, this.#length) ?? this.#line ?? NOTHING;
    this.#line = undefined;
    this.#isBorrowed = false;
    this.#joined = undefined;
    this.#length = 0;
    this.#isDropped = false;
    this.#isUtf8 = true;
    return data;
  }

  #begin(line: Bytes): void {
    this.#line = line;
    this.#isBorrowed = true;
    this.#length = line.length;
  }

  #append(line: Bytes): void {
    const end = this.#length + 1 + line.length;
    const joined = this.#withRoom(end);
    joined[this.#length] = LF;
    joined.set(line, this.#length + 1);
    this.#length = end;
  }

  #withRoom(length: number): Uint8Array {
    if (this.#joined && this.#joined.length >= length) return this.#joined;
    const joined = Buffer.allocUnsafe(2 * length);
    joined.set(this.#joined ?? this.#line ?? NOTHING);
    this.#line = NOTHING;
    this.#isBorrowed = false;
    this.#joined = joined;
    return joined;
  }
}
