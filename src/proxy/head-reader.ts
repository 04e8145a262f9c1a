import { BlankLineSearch } from '../decoders/http1/blank-line-search.ts';
import { HTTP1_LIMITS } from '../decoders/http1/limits.ts';

/** A head, whole, and what came behind it. */
export interface ReadHead {
  readonly head: Buffer;
  readonly rest: Buffer;
}

/** Collects the bytes of one head after another, however they are cut. A head in one piece is not copied. */
export class HeadReader {
  #search = new BlankLineSearch(true);
  #waiting: Buffer[] = [];
  #length = 0;

  /** Bytes of a head that is not whole yet. */
  get waiting(): Buffer {
    return Buffer.concat(this.#waiting);
  }

  /** The head that `bytes` completes; 'more' when it does not; 'too-long' past the limit. */
  read(bytes: Buffer): ReadHead | 'more' | 'too-long' {
    const all = this.#length === 0 ? bytes : Buffer.concat([...this.#waiting, bytes]);
    const length = this.#search.length(all);
    if (length === undefined) {
      this.#waiting = [all];
      this.#length = all.length;
      return all.length > HTTP1_LIMITS.head ? 'too-long' : 'more';
    }
    this.#search = new BlankLineSearch(true);
    this.#waiting = [];
    this.#length = 0;
    if (length > HTTP1_LIMITS.head) return 'too-long';
    return { head: all.subarray(0, length), rest: all.subarray(length) };
  }
}
