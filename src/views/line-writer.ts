import type { Writable } from 'node:stream';

/** Text that may wait for a slow reader, in bytes. */
const MOST_WAITING = 4 << 20;

/** ECMA-48: the cursor to the beginning of the line so many above, and everything from there on cleared. */
function up(lines: number): string {
  return lines === 0 ? '' : `\u001b[${lines}F\u001b[J`;
}

/**
 * Writes lines to a stream that may be slower than the traffic, or gone: what it cannot take is left out and counted,
 * never waited for, and `leftOut` makes the line that says so.
 */
export class LineWriter {
  /** Resolves, with the reason, when the stream takes no more: mostly as its reader has closed the pipe (EPIPE). */
  readonly gone: Promise<Error>;
  readonly #stream: Writable;
  readonly #leftOut: (lines: number) => string;
  #missing = 0;
  /** Lines that stay below all others, on a terminal. */
  #footer: readonly string[] = [];
  #isGone = false;

  constructor(stream: Writable, leftOut: (lines: number) => string) {
    this.#stream = stream;
    this.#leftOut = leftOut;
    this.gone = new Promise((resolve) => {
      stream.on('error', (error) => {
        this.#isGone = true;
        resolve(error);
      });
    });
  }

  write(line: string): void {
    if (this.#isGone) return;
    if (this.#stream.writableLength > MOST_WAITING) this.#missing++;
    else this.#writeAll([line]);
  }

  /** Changes the lines that stay at the bottom of a terminal; what is written comes above them. */
  setFooter(lines: readonly string[]): void {
    if (this.#isGone || this.#stream.writableLength > MOST_WAITING) return;
    this.#stream.write(`${up(this.#footer.length)}${asText(lines)}`);
    this.#footer = lines;
  }

  /** Writes the last lines, however slow the reader is; resolves once all is written, or nobody reads any more. */
  async finish(lines: readonly string[]): Promise<void> {
    if (this.#isGone) return;
    this.setFooter([]);
    this.#writeAll(lines);
    await new Promise<void>((resolve) => {
      this.#stream.write('', () => resolve());
    });
  }

  #writeAll(lines: readonly string[]): void {
    const told = this.#missing > 0 ? [this.#leftOut(this.#missing), ...lines] : lines;
    this.#missing = 0;
    this.#stream.write(`${up(this.#footer.length)}${asText(told)}${asText(this.#footer)}`);
  }
}

function asText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
