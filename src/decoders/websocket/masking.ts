import type { Bytes } from '../../tap.ts';

/**
 * A borrowed chunk, and the copy of it in which payloads are unmasked, each where it lies in the chunk.
 *
 * One copy a chunk and not one a frame, because making the buffer and the views of it costs more than the unmasking:
 * 95 ns for a frame of 125 bytes, of which 43 are the result's view; 270 ns with buffers of its own.
 */
export class MaskedChunk {
  readonly bytes: Bytes;
  /** Where it is, in bytes from the start of the direction. */
  readonly start: number;
  #source: DataView | undefined;
  #copy: Buffer | undefined;
  #target: DataView | undefined;

  constructor(bytes: Bytes, start: number) {
    this.bytes = bytes;
    this.start = start;
  }

  /**
   * What the bytes from `start` to `end` are without their mask (RFC 6455 section 5.3), in fresh memory.
   * `key` is the header's, `position` where in the payload the first of these bytes is.
   */
  unmasked(start: number, end: number, key: number, position: number): Bytes {
    this.#source ??= viewOf(this.bytes);
    this.#copy ??= Buffer.allocUnsafe(this.bytes.length);
    this.#target ??= viewOf(this.#copy);
    unmask(this.#source, this.#target, start, end, turned(key, position));
    return this.#copy.subarray(start, end);
  }
}

function viewOf(bytes: Bytes): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The key as it applies from `position` on. */
function turned(key: number, position: number): number {
  const bits = (position & 3) * 8;
  return bits === 0 ? key : (key >>> bits) | (key << (32 - bits));
}

/** Four words a turn: 8.7 us for 64 KiB and 22 ns for 125 bytes; word by word 12.1 us and 32 ns, by bytes 200 ns. */
function unmask(source: DataView, target: DataView, start: number, end: number, key: number): void {
  let at = start;
  for (const stop = end - 15; at < stop; at += 16) {
    target.setInt32(at, source.getInt32(at, true) ^ key, true);
    target.setInt32(at + 4, source.getInt32(at + 4, true) ^ key, true);
    target.setInt32(at + 8, source.getInt32(at + 8, true) ^ key, true);
    target.setInt32(at + 12, source.getInt32(at + 12, true) ^ key, true);
  }
  for (const stop = end - 3; at < stop; at += 4) {
    target.setInt32(at, source.getInt32(at, true) ^ key, true);
  }
  for (let bits = 0; at < end; at++, bits += 8) target.setUint8(at, source.getUint8(at) ^ (key >>> bits));
}
