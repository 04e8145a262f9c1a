import type { Bytes } from '../tap.ts';

const LF = 0x0a;
const CR = 0x0d;

/** Looks for the blank line that ends an event (WHATWG HTML section 9.2.5), in a stream whose place in a line is not known. */
export class EventEnd {
  #isAtLineStart = false;
  #isBehindCr = false;

  /** Where between `from` and `to` the next event begins; undefined where the blank line is not among these bytes. */
  find(bytes: Bytes, from: number, to: number): number | undefined {
    for (let index = from; index < to; index++) {
      const byte = bytes[index];
      const isLineEnd = byte === CR || byte === LF;
      const isPart = byte === LF && this.#isBehindCr;
      this.#isBehindCr = byte === CR;
      if (isPart) continue;
      if (isLineEnd && this.#isAtLineStart) return index + 1;
      this.#isAtLineStart = isLineEnd;
    }
    return undefined;
  }
}
