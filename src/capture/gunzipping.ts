import { constants, createGunzip } from 'node:zlib';

/** What is unpacked comes in pieces of at most this. */
const PIECE_LENGTH = 256 * 1024;

/** Packed bytes given to zlib at a time: they can unpack to a thousand times as many, and a fault loses what they hold. */
const SLICE_LENGTH = 16 * 1024;

const MAGIC = [0x1f, 0x8b];

/** Whether bytes are the beginning of a gzip file (RFC 1952 section 2.3.1). */
export function isGzip(bytes: Readonly<Uint8Array>): boolean {
  return bytes[0] === MAGIC[0] && (bytes.length === 1 || bytes[1] === MAGIC[1]);
}

/** Unpacks a gzip file off the main thread, piece by piece. Where it is damaged an error is thrown, after what lies before. */
export class Gunzipping implements Disposable {
  readonly #gunzip = createGunzip({ chunkSize: PIECE_LENGTH });
  #pieces: Buffer[] = [];

  constructor() {
    this.#gunzip.on('data', (piece: Buffer) => this.#pieces.push(piece));
    this.#gunzip.on('error', () => {}); // whoever waits then is told
  }

  /** What the next packed bytes hold. They are borrowed until this is over. */
  async *push(bytes: Uint8Array): AsyncGenerator<Buffer> {
    for (let start = 0; start < bytes.length; start += SLICE_LENGTH) {
      await this.#done((done) => this.#gunzip.write(bytes.subarray(start, start + SLICE_LENGTH), done));
      yield* this.#taken();
    }
  }

  /** Throws where the file is cut short. */
  async end(): Promise<void> {
    await this.#done((done) => this.#gunzip.flush(constants.Z_FINISH, done));
  }

  [Symbol.dispose](): void {
    this.#gunzip.destroy();
  }

  #taken(): Buffer[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  /** Waits for zlib, which does not call back after an error. */
  #done(start: (done: () => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#gunzip.once('error', reject);
      start(() => {
        this.#gunzip.off('error', reject);
        resolve();
      });
    });
  }
}
