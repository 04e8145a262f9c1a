import type { Bytes } from '../../tap.ts';

/** How formats begin that compress: gzip (RFC 1952), zstd (RFC 8878), zip, and zlib (RFC 1950) at the levels that are in use. */
const BEGINNINGS: readonly Buffer[] = ['1f8b08', '28b52ffd', '504b0304', '7801', '785e', '789c', '78da'].map(
  (digits) => Buffer.from(digits, 'hex'),
);
const LONGEST = 4;
const FIRST_BYTES = new Set(BEGINNINGS.map(([first]) => first));
const NONE: readonly Buffer[] = [];

/**
 * Notices payloads that are compressed though nothing says so: files, and messages of who compresses on their own. One stream
 * of zlib may go through many messages, so that behind one that begins it none can be read.
 */
export class OwnCompression {
  readonly #lasts: boolean;
  #isFound = false;
  /** Those which the payload begins like so far. */
  #candidates: readonly Buffer[] = [];

  /** `lasts` makes what was found hold for later payloads as well. */
  constructor(lasts = false) {
    this.#lasts = lasts;
  }

  /** How many of the bytes can be read, which are at `place` of their payload. */
  begin(bytes: Bytes, place: number): number {
    if (place === 0 && !this.#lasts) this.#isFound = false;
    if (this.#isFound) return 0;
    if (place === 0) this.#candidates = FIRST_BYTES.has(bytes[0]) ? BEGINNINGS : NONE;
    if (this.#candidates.length === 0) return bytes.length;
    const end = Math.min(bytes.length, LONGEST - place);
    for (let at = 0; at < end && this.#candidates.length > 0; at++) {
      this.#match(bytes[at]!, place + at);
      if (this.#isFound) return at + 1;
    }
    return bytes.length;
  }

  #match(byte: number, place: number): void {
    this.#candidates = this.#candidates.filter((beginning) => beginning[place] === byte);
    this.#isFound = this.#candidates.some(({ length }) => length === place + 1);
  }
}
