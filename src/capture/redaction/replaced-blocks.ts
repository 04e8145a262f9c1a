import { replacedText, type Words } from './replaced-text.ts';
import type { Replacement } from './replacement.ts';

/** A coding whose blocks say how long they are. */
interface Blocks {
  readonly before: Buffer;
  /** Bytes that must be left for the end. */
  readonly last: number;
  /** The header of a block of so many characters. */
  header(characters: number, isFirst: boolean): Buffer;
  /** The last blocks, in so many bytes, for whose characters it asks. */
  ending(length: number, isFirst: boolean, characters: (count: number) => Buffer): Buffer;
}

/** Characters of a block: what the smallest window of zstd holds, and a little less. */
const CHARACTERS = 760;
const HEADER = 3;
const UNIT = HEADER + CHARACTERS;

/** zstd: a magic number, a window of 1 KiB, and raw blocks (RFC 8878 sections 3.1.1.1 and 3.1.1.2). */
export const ZSTD: Blocks = {
  before: Buffer.from('28b52ffd0000', 'hex'),
  last: HEADER,
  header: (characters) => zstdHeader(characters, false),
  ending: (length, _, characters) =>
    Buffer.concat([zstdHeader(length - HEADER, true), characters(length - HEADER)]),
};

function zstdHeader(characters: number, isLast: boolean): Buffer {
  return threeBytes(characters * 8 + (isLast ? 1 : 0));
}

/** Metablocks that are not compressed (RFC 7932 section 9.2), the first behind the bit that says: a window of 64 KiB. */
export const BROTLI: Blocks = {
  before: Buffer.alloc(0),
  last: 1,
  header: brotliHeader,
  ending: (length, isFirst, characters) => {
    if (length > HEADER + 1) {
      const count = length - HEADER - 1;
      return Buffer.concat([brotliHeader(count, isFirst), characters(count), Buffer.of(3)]);
    }
    // Metadata of no bytes, and the last metablock, which is empty.
    const bytes = Buffer.alloc(length, 0x06);
    if (length > 1) bytes[length - 1] = 3;
    if (isFirst && length > 1) bytes[0] = 0x0c;
    else if (!isFirst && length === 1) bytes[0] = 3;
    return bytes;
  },
};

function brotliHeader(characters: number, isFirst: boolean): Buffer {
  const bits = (characters - 1) * 8 + 2 ** 19;
  return threeBytes(isFirst ? bits * 2 : bits);
}

function threeBytes(value: number): Buffer {
  const bytes = Buffer.alloc(HEADER);
  bytes.writeUIntLE(value, 0, HEADER);
  return bytes;
}

/** Blocks of one length, until it is known how much is left for the last one. */
export class ReplacedBlocks implements Replacement {
  readonly #blocks: Blocks;
  readonly #words: Words;
  #written = 0;

  constructor(blocks: Blocks, words: Words) {
    this.#blocks = blocks;
    this.#words = words;
  }

  ready(waiting: number): number {
    const { before, last } = this.#blocks;
    const place = this.#written + waiting - last - before.length;
    if (place < UNIT) return 0;
    return before.length + place - (place % UNIT) - this.#written;
  }

  next(length: number): Buffer {
    const start = this.#written;
    this.#written += length;
    const { before } = this.#blocks;
    const parts = [before.subarray(start, start + length)];
    let place = start + parts[0]!.length - before.length;
    for (let left = length - parts[0]!.length; left > 0; ) {
      const part = this.#block(Math.floor(place / UNIT)).subarray(place % UNIT, (place % UNIT) + left);
      parts.push(part);
      place += part.length;
      left -= part.length;
    }
    return Buffer.concat(parts);
  }

  end(length: number): Buffer {
    const { before, last, ending } = this.#blocks;
    const isFirst = this.#written <= before.length;
    const head = before.subarray(this.#written, this.#written + length);
    const rest = length - head.length;
    const start = (Math.max(0, this.#written - before.length) / UNIT) * CHARACTERS;
    if (rest < last) return replacedText(this.#written, length);
    return Buffer.concat([head, ending(rest, isFirst, (count) => this.#words(start, count))]);
  }

  #block(number: number): Buffer {
    return Buffer.concat([
      this.#blocks.header(CHARACTERS, number === 0),
      this.#words(number * CHARACTERS, CHARACTERS),
    ]);
  }
}
