import type { Bytes } from '../tap.ts';

/** The longest a frame header gets: magic, descriptor, window, dictionary, content size. */
export const MAX_ZSTD_HEADER = 18;

/** What stands before a Zstandard frame's blocks (RFC 8878 section 3.1.1.1), or a skippable frame (3.1.2). */
export type ZstdHeader =
  | {
      readonly type: 'frame';
      readonly length: number;
      /** Bytes of history that the frame may refer to. */
      readonly window: number;
      /** 0 for none. */
      readonly dictionary: number;
      /** A checksum of 4 bytes follows the last block. */
      readonly checksum: boolean;
    }
  | { readonly type: 'skippable'; readonly length: number; readonly contentLength: number };

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;

/** Reads the header `bytes` begins with; undefined when it is not all there, a sentence when it is none. */
export function readZstdHeader(bytes: Bytes): ZstdHeader | string | undefined {
  if (bytes.length < 5) return undefined;
  const magic = littleEndian(bytes, 0, 4);
  if (magic === MAGIC) return readFrameHeader(bytes);
  if (magic - (magic & 0x0f) !== SKIPPABLE_MAGIC) return 'no Zstandard frame begins here';
  if (bytes.length < 8) return undefined;
  return { type: 'skippable', length: 8, contentLength: littleEndian(bytes, 4, 4) };
}

function readFrameHeader(bytes: Bytes): ZstdHeader | string | undefined {
  const descriptor = bytes[4]!;
  if (descriptor & 0x08) return 'a reserved bit of the frame header is set';
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const windowAt = 5;
  const dictionaryAt = isSingleSegment ? windowAt : windowAt + 1;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const sizeAt = dictionaryAt + dictionaryBytes;
  const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const length = sizeAt + sizeBytes;
  if (bytes.length < length) return undefined;

  return {
    type: 'frame',
    length,
    window: isSingleSegment ? contentSize(bytes, sizeAt, sizeBytes) : windowSize(bytes[windowAt]!),
    dictionary: littleEndian(bytes, dictionaryAt, dictionaryBytes),
    checksum: (descriptor & 0x04) !== 0,
  };
}

/** Two bytes count from 256 on (RFC 8878 section 3.1.1.1.4). */
function contentSize(bytes: Bytes, start: number, length: number): number {
  return littleEndian(bytes, start, length) + (length === 2 ? 256 : 0);
}

/** RFC 8878 section 3.1.1.1.2. */
function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function littleEndian(bytes: Bytes, start: number, length: number): number {
  let value = 0;
  for (let index = start + length - 1; index >= start; index--) value = value * 256 + bytes[index]!;
  return value;
}
