import { crc32 } from 'node:zlib';
import { replacedText, type Words } from './replaced-text.ts';
import type { Replacement } from './replacement.ts';

/** What is around DEFLATE. */
interface Wrapper {
  readonly before: Buffer;
  /** Bytes behind it. */
  readonly after: number;
  /** Whether the block is the last one. */
  readonly isFinal: boolean;
  /** The checksum of more text, behind that of what came before it. */
  checksum(text: Buffer, before: number): number;
  readonly noChecksum: number;
  /** What is behind it, by the checksum of the text and its length. */
  trailer(checksum: number, length: number): Buffer;
}

/** RFC 1952 section 2.3. */
export const GZIP: Wrapper = {
  before: Buffer.from('1f8b08000000000000ff', 'hex'),
  after: 8,
  isFinal: true,
  checksum: crc32,
  noChecksum: 0,
  trailer: (checksum, length) => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32LE(checksum);
    bytes.writeUInt32LE(length % 2 ** 32, 4);
    return bytes;
  },
};

/** RFC 1950 section 2.2. */
export const ZLIB: Wrapper = {
  before: Buffer.from('7801', 'hex'),
  after: 4,
  isFinal: true,
  checksum: adler32,
  noChecksum: 1,
  trailer: (checksum) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(checksum);
    return bytes;
  },
};

/** A message, whose flush is cut off. */
export const MESSAGE: Wrapper = {
  before: Buffer.alloc(0),
  after: 0,
  isFinal: false,
  checksum: () => 0,
  noChecksum: 0,
  trailer: () => Buffer.alloc(0),
};

/** Bytes that a block with fixed codes has besides one for each character: its header of 3 bits, and the code that ends it. */
const BLOCK = 2;

/**
 * DEFLATE (RFC 1951): one block with fixed codes, in which each character takes 8 bits. So the text may have any length, and be
 * cut anywhere.
 */
export class ReplacedDeflate implements Replacement {
  readonly #wrapper: Wrapper;
  readonly #words: Words;
  /** Bytes that were written. */
  #written = 0;
  /** Characters that are in the checksum. */
  #summed = 0;
  #checksum: number;

  constructor(wrapper: Wrapper, words: Words) {
    this.#wrapper = wrapper;
    this.#words = words;
    this.#checksum = wrapper.noChecksum;
  }

  ready(waiting: number): number {
    return Math.max(
      0,
      waiting - BLOCK - this.#wrapper.after - Math.max(0, this.#wrapper.before.length - this.#written),
    );
  }

  next(length: number): Buffer {
    const { before } = this.#wrapper;
    const start = this.#written;
    this.#written += length;
    const head = before.subarray(start, start + length);
    const first = Math.max(0, start + head.length - before.length);
    this.#sum(first + length - head.length);
    return Buffer.concat([head, this.#codes(first, length - head.length)]);
  }

  end(length: number): Buffer {
    const { before, after, trailer, isFinal } = this.#wrapper;
    const total = this.#written + length;
    const characters = total - before.length - BLOCK - after;
    if (characters < 0) return shortest(this.#written, length, isFinal);
    const codes = this.next(length - BLOCK - after);
    this.#sum(characters);
    const rest = Buffer.of(this.#bits(characters), 0);
    return Buffer.concat([codes, rest, trailer(this.#checksum, characters)]);
  }

  /** The bytes from `first` on in which the characters from there on begin. */
  #codes(first: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    const text = this.#words(first, length);
    let rest = this.#bits(first);
    for (let index = 0; index < length; index++) {
      const code = CODES[text[index]!]!;
      bytes[index] = rest | (code << 3);
      rest = code >>> 5;
    }
    return bytes;
  }

  /** What of its byte comes before the character there: the end of the one before, or the header of the block. */
  #bits(character: number): number {
    if (character > 0) return CODES[this.#words(character - 1, 1)[0]!]! >>> 5;
    return this.#wrapper.isFinal ? 3 : 2;
  }

  #sum(characters: number): void {
    if (characters <= this.#summed) return;
    const text = this.#words(this.#summed, characters - this.#summed);
    this.#summed = characters;
    this.#checksum = this.#wrapper.checksum(text, this.#checksum);
  }
}

/** A message of one byte is an empty block that is not compressed; no other payload of so few bytes is a whole one. */
function shortest(start: number, length: number, isFinal: boolean): Buffer {
  return isFinal ? replacedText(start, length) : Buffer.alloc(length);
}

/** The fixed codes of characters below 144 (RFC 1951 section 3.2.6), turned as they are packed. */
const CODES = Uint8Array.from({ length: 144 }, (_, character) => {
  let turned = 0;
  for (let bit = 0; bit < 8; bit++) turned |= (((0x30 + character) >>> bit) & 1) << (7 - bit);
  return turned;
});

/** RFC 1950 section 8.2. */
function adler32(text: Buffer, before: number): number {
  let low = before & 0xffff;
  let high = before >>> 16;
  for (const byte of text) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return high * 0x1_0000 + low;
}
