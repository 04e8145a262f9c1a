import { crc32 } from 'node:zlib';

/** Writes a stream in a content coding without compressing it: each block can be read as soon as it is there. */
export interface StoredCoding {
  /** What comes before the first block. */
  readonly opening: Buffer;
  block(bytes: Buffer): Buffer;
  /** What comes behind the last block. */
  closing(): Buffer;
}

/** Undefined for a coding that is not known here. */
export function storedCoding(name: string): StoredCoding | undefined {
  switch (name) {
    case 'gzip':
    case 'x-gzip':
      return new StoredGzip();
    case 'deflate':
      return new StoredZlib();
    case 'br':
      return STORED_BROTLI;
    case 'zstd':
      return STORED_ZSTD;
    default:
      return undefined;
  }
}

/** All of a body at once. */
export function stored(coding: StoredCoding, bytes: Buffer): Buffer {
  return Buffer.concat([coding.opening, coding.block(bytes), coding.closing()]);
}

/** RFC 1952 around stored blocks. */
class StoredGzip implements StoredCoding {
  readonly opening = Buffer.from('1f8b08000000000000ff', 'hex');
  #checksum = 0;
  #length = 0;

  block(bytes: Buffer): Buffer {
    this.#checksum = crc32(bytes, this.#checksum);
    this.#length += bytes.length;
    return deflateBlocks(bytes);
  }

  closing(): Buffer {
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(this.#checksum);
    trailer.writeUInt32LE(this.#length % 2 ** 32, 4);
    return Buffer.concat([LAST_DEFLATE_BLOCK, trailer]);
  }
}

/** RFC 1950 around stored blocks. */
class StoredZlib implements StoredCoding {
  readonly opening = Buffer.from('7801', 'hex');
  #low = 1;
  #high = 0;

  /** Counts Adler-32 (RFC 1950 section 8.2). */
  block(bytes: Buffer): Buffer {
    for (const byte of bytes) {
      this.#low = (this.#low + byte) % 65_521;
      this.#high = (this.#high + this.#low) % 65_521;
    }
    return deflateBlocks(bytes);
  }

  closing(): Buffer {
    const trailer = Buffer.alloc(4);
    trailer.writeUInt16BE(this.#high);
    trailer.writeUInt16BE(this.#low, 2);
    return Buffer.concat([LAST_DEFLATE_BLOCK, trailer]);
  }
}

/** RFC 1951 section 3.2.4. */
function deflateBlocks(bytes: Buffer): Buffer {
  return blocks(bytes, 0xffff, (length) => {
    const header = Buffer.alloc(5);
    header.writeUInt16LE(length, 1);
    header.writeUInt16LE(0xffff - length, 3);
    return header;
  });
}

/** A final one of no bytes. */
const LAST_DEFLATE_BLOCK = Buffer.from('010000ffff', 'hex');

/** RFC 7932 section 9.2: uncompressed meta-blocks behind a window of 16 bits, whose code is a bit that is 0. */
const STORED_BROTLI: StoredCoding = {
  // An empty block of metadata fills the first byte, so that each block begins with one.
  opening: Buffer.from([0b0000_1100]),
  block: (bytes) =>
    blocks(bytes, 0x1_0000, (length) => {
      const header = Buffer.alloc(3);
      header.writeUIntLE(((length - 1) << 3) | (1 << 19), 0, 3);
      return header;
    }),
  closing: () => Buffer.from([0b11]),
};

/** RFC 8878 section 3.1.1: raw blocks in a frame with a window of 128 KiB. */
const STORED_ZSTD: StoredCoding = {
  opening: Buffer.from('28b52ffd0038', 'hex'),
  block: (bytes) =>
    blocks(bytes, 0x1_0000, (length) => {
      const header = Buffer.alloc(3);
      header.writeUIntLE(length << 3, 0, 3);
      return header;
    }),
  closing: () => Buffer.from([1, 0, 0]),
};

function blocks(bytes: Buffer, most: number, header: (length: number) => Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += most) {
    const part = bytes.subarray(at, at + most);
    parts.push(header(part.length), part);
  }
  return Buffer.concat(parts);
}
