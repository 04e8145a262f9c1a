import type { Bytes } from '../tap.ts';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * A text that is often the same as the last one, like the type of an event, or short and ASCII, like its id: 5 ns where it
 * is the same, 70 where it is ASCII, 200 else.
 */
export class RepeatedText {
  /** A copy of the last one. */
  #bytes = Buffer.alloc(64);
  #length = 0;
  #text = '';

  /** The text from `from` to `to` of `bytes`. */
  read(bytes: Bytes, from: number, to: number): string {
    if (!this.#isSame(bytes, from, to)) this.#text = this.#newText(bytes, from, to);
    return this.#text;
  }

  #isSame(bytes: Bytes, from: number, to: number): boolean {
    if (this.#length !== to - from) return false;
    const last = this.#bytes;
    for (let index = 0; index < this.#length; index++) {
      if (last[index] !== bytes[from + index]) return false;
    }
    return true;
  }

  #newText(bytes: Bytes, from: number, to: number): string {
    this.#length = to - from;
    if (this.#length > this.#bytes.length) this.#bytes = Buffer.alloc(2 * this.#length);
    const copy = this.#bytes;
    let all = 0;
    for (let index = 0; index < this.#length; index++) {
      const byte = bytes[from + index]!;
      copy[index] = byte;
      all |= byte;
    }
    return all < 0x80
      ? copy.toString('latin1', 0, this.#length)
      : utf8.decode(copy.subarray(0, this.#length));
  }
}
