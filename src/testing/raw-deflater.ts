import { constants, deflateRawSync } from 'node:zlib';

const WINDOW = 1 << 15;

/**
 * Compresses one raw DEFLATE stream piece by piece, synchronously: what went before is the next piece's dictionary, which
 * to who inflates them is the same as one compressor that was flushed.
 */
export class RawDeflater {
  readonly #windowBits: number;
  #before = Buffer.alloc(0);

  constructor(windowBits = 15) {
    this.#windowBits = windowBits;
  }

  /** The piece, ended by the empty block of a sync flush: 00 00 ff ff. */
  flushed(piece: Uint8Array): Buffer {
    const bytes = this.#deflated(piece, constants.Z_SYNC_FLUSH);
    this.#before = Buffer.concat([this.#before, piece]).subarray(-WINDOW);
    return bytes;
  }

  /** The piece, ended by a final block; the next one begins anew. */
  finished(piece: Uint8Array): Buffer {
    const bytes = this.#deflated(piece, constants.Z_FINISH);
    this.forget();
    return bytes;
  }

  /** The next piece refers to none before it. */
  forget(): void {
    this.#before = Buffer.alloc(0);
  }

  #deflated(piece: Uint8Array, finishFlush: number): Buffer {
    const dictionary = this.#before.length > 0 ? { dictionary: this.#before } : {};
    return deflateRawSync(piece, { finishFlush, windowBits: this.#windowBits, ...dictionary });
  }
}
