import type { Bytes } from '../tap.ts';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** A text that many events of a stream have in common: decoded anew only where it differs, 5 ns instead of 150. */
export class RepeatedText {
  #bytes: Bytes = new Uint8Array();
  #text = '';

  /** The text from `from` to `to` of `bytes`. */
  read(bytes: Bytes, from: number, to: number): string {
    if (!this.#isSame(bytes, from, to)) {
      this.#bytes = new Uint8Array(bytes.subarray(from, to));
      this.#text = utf8.decode(this.#bytes);
    }
    return this.#text;
  }

  #isSame(bytes: Bytes, from: number, to: number): boolean {
    const last = this.#bytes;
    if (last.length !== to - from) return false;
    for (let index = 0; index < last.length; index++) {
      if (last[index] !== bytes[from + index]) return false;
    }
    return true;
  }
}
