import type { Bytes } from '../../tap.ts';

const LF = 10;
const CR = 13;

/** Looks for the blank line that ends a head or a trailer section; each byte is looked at once, however it came. */
export class BlankLineSearch {
  #skipping: boolean;
  #lineStart = 0;
  #searched = 0;

  /** `skipsLeading`: blank lines before the first other line end nothing (RFC 9112 section 2.2). */
  constructor(skipsLeading: boolean) {
    this.#skipping = skipsLeading;
  }

  /** Bytes looked at so far. */
  get searched(): number {
    return this.#searched;
  }

  /** Bytes through the blank line; undefined when it is not there yet. `bytes` begins where it did the last time. */
  length(bytes: Bytes): number | undefined {
    const buffer = asBuffer(bytes);
    for (;;) {
      // Native, in a Buffer: 0.15 us for a head of 11 lines; a Uint8Array's own indexOf takes 0.37, a loop 0.25.
      const lineFeed = buffer.indexOf(LF, this.#searched);
      if (lineFeed < 0) break;
      const isBlank = this.#isBlank(buffer, lineFeed);
      this.#searched = lineFeed + 1;
      this.#lineStart = lineFeed + 1;
      if (!isBlank) this.#skipping = false;
      else if (!this.#skipping) return lineFeed + 1;
    }
    this.#searched = buffer.length;
    return undefined;
  }

  #isBlank(buffer: Buffer, lineFeed: number): boolean {
    const length = lineFeed - this.#lineStart;
    return length === 0 || (length === 1 && buffer[lineFeed - 1] === CR);
  }
}

/** The same memory as a Buffer, which is what a socket gives anyway. */
export function asBuffer(bytes: Bytes): Buffer {
  if (bytes instanceof Buffer) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
