/** Where in a HAR's bytes an entry stands. */
export interface EntryRange {
  readonly start: number;
  readonly end: number;
}

/** Where the bytes are no HAR any more, and why. */
export interface HarDamage {
  readonly offset: number;
  readonly detail: string;
}

/**
 * Finds the entries of a HAR without reading them, so that neither all of them are in memory at once nor a file that was cut
 * off, or is damaged inside one of them, loses the others. Returns what is wrong with the file, if anything is.
 */
export function* entryRanges(bytes: Buffer): Generator<EntryRange, HarDamage | undefined> {
  const cursor = new JsonCursor(bytes);
  if (!cursor.take(OPEN_OBJECT)) return { offset: cursor.at, detail: 'this is not a JSON object' };
  if (!cursor.findMember('log')) return missing(cursor, 'log');
  if (!cursor.take(OPEN_OBJECT)) return { offset: cursor.at, detail: 'its log is not an object' };
  if (!cursor.findMember('entries')) return missing(cursor, 'log.entries');
  if (!cursor.take(OPEN_LIST)) return { offset: cursor.at, detail: 'its entries are not a list' };
  if (cursor.take(CLOSE_LIST)) return undefined;
  for (;;) {
    const start = cursor.skipSpace();
    if (!cursor.skipValue()) return cutOff(start);
    yield { start, end: cursor.at };
    if (cursor.take(CLOSE_LIST)) return undefined;
    if (!cursor.take(COMMA)) return { offset: cursor.at, detail: 'the list of entries is damaged' };
  }
}

function missing(cursor: JsonCursor, what: string): HarDamage {
  return { offset: cursor.at, detail: `there is no ${what} in it` };
}

function cutOff(offset: number): HarDamage {
  return { offset, detail: 'the file ends inside an entry' };
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/** Steps over JSON without reading it, at some 500 MB/s. What stands between brackets is for JSON.parse to judge. */
class JsonCursor {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#at = bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  }

  get at(): number {
    return this.#at;
  }

  /** Returns where the next thing is. */
  skipSpace(): number {
    while ((this.#bytes[this.#at] ?? OPEN_LIST) <= SPACE) this.#at++;
    return this.#at;
  }

  /** Steps over a byte and what white space is before it, if it is the next. */
  take(byte: number): boolean {
    this.skipSpace();
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }

  /** Goes on to the value of the member `name` of the object it is in; false where there is none. */
  findMember(name: string): boolean {
    const key = JSON.stringify(name);
    for (;;) {
      const start = this.skipSpace();
      if (this.#bytes[start] !== QUOTE || !this.#skipString()) return false;
      const isIt = this.#bytes.toString('latin1', start, this.#at) === key;
      if (!this.take(COLON)) return false;
      if (isIt) return true;
      if (!this.skipValue() || !this.take(COMMA)) return false;
    }
  }

  /** False when the bytes end before the value does. */
  skipValue(): boolean {
    this.skipSpace();
    let depth = 0;
    while (this.#at < this.#bytes.length) {
      const byte = this.#bytes[this.#at]!;
      if (byte === QUOTE) {
        if (!this.#skipString()) return false;
        if (depth === 0) return true;
        continue;
      }
      const isOpening = byte === OPEN_OBJECT || byte === OPEN_LIST;
      const isClosing = byte === CLOSE_OBJECT || byte === CLOSE_LIST;
      if (depth === 0 && (isClosing || byte === COMMA)) return true; // behind a number or a word
      if (isOpening) depth++;
      if (isClosing) depth--;
      this.#at++;
      if (isClosing && depth === 0) return true;
    }
    return false;
  }

  #skipString(): boolean {
    let end = this.#at;
    for (;;) {
      end = this.#bytes.indexOf(QUOTE, end + 1);
      if (end < 0) {
        this.#at = this.#bytes.length;
        return false;
      }
      let backslashes = 0;
      while (this.#bytes[end - 1 - backslashes] === BACKSLASH) backslashes++;
      if (backslashes % 2 === 0) break;
    }
    this.#at = end + 1;
    return true;
  }
}
