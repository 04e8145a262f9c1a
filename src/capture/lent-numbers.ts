import type { Bytes } from '../tap.ts';

/** Borrowed bytes of a capture file, read as numbers, views and text. */
export class LentNumbers {
  readonly length: number;
  /** The byte order of what is read from here on; it may change within a file. */
  littleEndian: boolean;
  readonly #view: DataView;
  readonly #memory: ArrayBufferLike;
  readonly #offset: number;

  constructor(bytes: Bytes, littleEndian: boolean) {
    this.length = bytes.length;
    this.littleEndian = littleEndian;
    this.#memory = bytes.buffer;
    this.#offset = bytes.byteOffset;
    this.#view = new DataView(this.#memory, this.#offset, bytes.length);
  }

  /** The 32-bit number at `at`. */
  long(at: number, littleEndian = this.littleEndian): number {
    return this.#view.getUint32(at, littleEndian);
  }

  /** The 16-bit number at `at`. */
  short(at: number): number {
    return this.#view.getUint16(at, this.littleEndian);
  }

  /** The byte at `at`. */
  byte(at: number): number {
    return this.#view.getUint8(at);
  }

  /** The signed 64-bit number at `at`. */
  signed(at: number): bigint {
    return this.#view.getBigInt64(at, this.littleEndian);
  }

  /** The `length` bytes from `start`: in 25 ns, where `subarray` takes 40 to 65. */
  view(start: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory, this.#offset + start, length);
  }

  /** The UTF-8 text of `length` bytes from `start`; what is none becomes U+FFFD. */
  text(start: number, length: number): string {
    return Buffer.from(this.#memory, this.#offset + start, length).toString();
  }
}
