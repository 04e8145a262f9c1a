import type { Bytes } from '../tap.ts';
import type { Inflater } from './inflater.ts';
import { ZlibInflater } from './zlib-inflater.ts';
import { ZstdInflater } from './zstd-inflater.ts';

/** What can be inflated: the content codings of RFC 9110 section 8.4.1 and their kin, and deflate with no wrapper. */
export type Coding = 'gzip' | 'deflate' | 'deflate-raw' | 'br' | 'zstd';

/** More codings than this, one in the other, nobody applies. */
const MAX_CODINGS = 3;

/** Names in a Content-Encoding; `x-gzip` is gzip's old one (RFC 9110 section 8.4.1.3). */
const CONTENT_CODINGS: ReadonlyMap<string, Coding> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
  ['zstd', 'zstd'],
]);

/**
 * An inflater for one coding. `limit` is in bytes out of one `push`, not of the whole stream, which may be endless;
 * past it the inflater is broken, `broken` is 'limit', and no more than `limit` and one block (128 KiB) was held.
 * `windowBits` is for `deflate-raw`: what was agreed, 15 if nothing was.
 */
export function openInflater(coding: Coding, limit: number, windowBits?: number): Inflater {
  switch (coding) {
    case 'gzip':
    case 'br':
      return new ZlibInflater(coding, limit);
    case 'deflate-raw':
      return new ZlibInflater(coding, limit, windowBits);
    case 'deflate':
      return new DeflateInflater(limit);
    case 'zstd':
      return new ZstdInflater(limit);
  }
}

/**
 * An inflater for what a Content-Encoding lists (RFC 9110 section 8.4); undefined where it lists no coding. For a
 * coding that nobody here knows, it is one that is broken from the start and says so.
 */
export function inflaterFor(contentEncoding: string, limit: number): Inflater | undefined {
  const names = contentEncoding
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
  if (names.length === 0) return undefined;
  if (names.length > MAX_CODINGS) return new BrokenInflater(`more than ${MAX_CODINGS} content codings`);
  const inflaters = names.map((name) => inflaterNamed(name, limit));
  return inflaters.length === 1 ? inflaters[0] : new InflaterChain(inflaters.reverse());
}

function inflaterNamed(name: string, limit: number): Inflater {
  const coding = CONTENT_CODINGS.get(name);
  return coding ? openInflater(coding, limit) : new BrokenInflater(`unknown content coding ${name}`);
}

/** Codings that were applied one after the other, the last one first. */
class InflaterChain implements Inflater {
  readonly #inflaters: readonly Inflater[];

  constructor(inflaters: readonly Inflater[]) {
    this.#inflaters = inflaters;
  }

  get broken(): string | undefined {
    return this.#inflaters.find(({ broken }) => broken !== undefined)?.broken;
  }

  push(bytes: Bytes): Bytes | undefined {
    let inflated: Bytes | undefined = bytes;
    for (const inflater of this.#inflaters) {
      if (inflated === undefined) return undefined;
      inflated = inflater.push(inflated);
    }
    return inflated;
  }
}

/** `deflate` is zlib's wrapper (RFC 9110 section 8.4.1.2), yet some servers send none, and browsers take both. */
class DeflateInflater implements Inflater {
  readonly #limit: number;
  #inflater: Inflater | undefined;
  #first: number | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get broken(): string | undefined {
    return this.#inflater?.broken;
  }

  push(bytes: Bytes): Bytes | undefined {
    if (this.#inflater) return this.#inflater.push(bytes);
    const start = this.#first === undefined ? bytes : Buffer.concat([Uint8Array.of(this.#first), bytes]);
    const [first, second] = start;
    this.#first = first;
    if (first === undefined || second === undefined) return new Uint8Array();
    const isWrapped = (first & 0x0f) === 8 && first >> 4 <= 7 && (first * 256 + second) % 31 === 0;
    this.#inflater = new ZlibInflater(isWrapped ? 'zlib' : 'deflate-raw', this.#limit);
    return this.#inflater.push(start);
  }
}

/** Gives nothing and says why. */
class BrokenInflater implements Inflater {
  readonly broken: string;

  constructor(broken: string) {
    this.broken = broken;
  }

  push(): undefined {
    return undefined;
  }
}
