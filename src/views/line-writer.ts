import type { Writable } from 'node:stream';

/** Text that may wait for a slow reader, in bytes. */
const MOST_WAITING = 4 << 20;

/**
 * Writes lines to a stream that may be slower than the traffic, or gone: what it cannot take is left out and counted,
 * never waited for, and `leftOut` makes the line that says so.
 */
export class LineWriter {
  readonly #stream: Writable;
  readonly #leftOut: (lines: number) => string;
  #missing = 0;
  #isGone = false;

  constructor(stream: Writable, leftOut: (lines: number) => string) {
    this.#stream = stream;
    this.#leftOut = leftOut;
    stream.on('error', () => {
      this.#isGone = true; // a closed pipe: nobody reads any more, and the traffic goes on
    });
  }

  write(line: string): void {
    if (this.#isGone) return;
    if (this.#stream.writableLength > MOST_WAITING) {
      this.#missing++;
      return;
    }
    if (this.#missing > 0) this.#stream.write(`${this.#leftOut(this.#missing)}\n`);
    this.#missing = 0;
    this.#stream.write(`${line}\n`);
  }

  /** Resolves once all is written, or nobody reads any more. */
  async flush(): Promise<void> {
    if (this.#isGone) return;
    if (this.#missing > 0) this.#stream.write(`${this.#leftOut(this.#missing)}\n`);
    this.#missing = 0;
    await new Promise<void>((resolve) => {
      this.#stream.write('', () => resolve());
    });
  }
}
