import type { Bytes } from '../tap.ts';

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

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds a borrowed line; false when that is one too much. */
  add(line: Bytes): boolean {
    if (this.#isDropped) return true;
    const isFirst = this.#line === undefined;
    if ((isFirst ? 0 : this.#length + 1) + line.length > this.#limit) {
      this.drop();
      return false;
    }
    if (isFirst) this.#begin(line);
    else this.#append(line);
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
    this.#line = this.#line.slice();
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
