import { BlankLineSearch } from '../decoders/http1/blank-line-search.ts';
import { HTTP1_LIMITS } from '../decoders/http1/limits.ts';

/** A head, whole, and what came behind it. */
export interface ReadHead {
  /** The very same object as the last time when its bytes are: what was made of it can be used again. */
  readonly head: Buffer;
  readonly rest: Buffer;
}

const NOTHING = Buffer.alloc(0);

/** Collects the bytes of one head after another, however they are cut. */
export class HeadReader {
  #search = new BlankLineSearch(true);
  /** Of a head that is not whole yet; room for more behind `#length`. */
  #waiting = NOTHING;
  #length = 0;
  /** A poll repeats its head byte for byte: comparing takes 0.06 us where looking for its end and reading it takes 2. */
  #last = NOTHING;

  /** The first bytes of a head that is not whole yet, enough to tell that it is none. */
  get beginning(): Buffer {
    return this.#waiting.subarray(0, Math.min(this.#length, 64));
  }

  /** Bytes of a head that is not whole yet. */
  get waiting(): number {
    return this.#length;
  }

  /** The head that `bytes` completes; 'more' when it does not; 'too-long' past the limit. */
  read(bytes: Buffer): ReadHead | 'more' | 'too-long' {
    if (this.#length === 0 && beginsWith(bytes, this.#last)) return this.#split(bytes, this.#last);
    const all = this.#length === 0 ? bytes : this.#joined(bytes);
    const length = this.#search.length(all);
    if (length === undefined) return this.#wait(all);
    this.#search = new BlankLineSearch(true);
    this.#waiting = NOTHING;
    this.#length = 0;
    if (length > HTTP1_LIMITS.head) return 'too-long';
    this.#last = Buffer.from(all.subarray(0, length)); // a copy: the view would keep its whole chunk
    return this.#split(all, this.#last);
  }

  #split(bytes: Buffer, head: Buffer): ReadHead {
    return { head, rest: bytes.length === head.length ? NOTHING : bytes.subarray(head.length) };
  }

  #wait(all: Buffer): 'more' | 'too-long' {
    if (this.#length === 0) this.#joined(all);
    return all.length > HTTP1_LIMITS.head ? 'too-long' : 'more';
  }

  /** All that waits, with `bytes` behind it; the room doubles, so that a drip is not copied over and over. */
  #joined(bytes: Buffer): Buffer {
    const length = this.#length + bytes.length;
    if (length > this.#waiting.length) {
      const room = Buffer.allocUnsafe(2 * length);
      this.#waiting.copy(room, 0, 0, this.#length);
      this.#waiting = room;
    }
    bytes.copy(this.#waiting, this.#length);
    this.#length = length;
    return this.#waiting.subarray(0, length);
  }
}

function beginsWith(bytes: Buffer, head: Buffer): boolean {
  const { length } = head;
  return length > 0 && bytes.length >= length && bytes.compare(head, 0, length, 0, length) === 0;
}
