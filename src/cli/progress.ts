import { byteCount } from '../views/byte-count.ts';

/** How long something takes before its progress is shown, and how often that changes, in milliseconds. */
const PATIENCE = 1000;
const PACE = 200;

/** One line on a terminal's stderr that tells how much of a file has been read, when that takes more than a second. */
export class Progress {
  readonly #file: string;
  readonly #isHidden: boolean;
  readonly #startedAt = performance.now();
  #shownAt = 0;

  /** Where stdout is a terminal a view is there already, if nothing else is said. */
  constructor(file: string, hasView = process.stdout.isTTY) {
    this.#file = file;
    this.#isHidden = hasView || !process.stderr.isTTY;
  }

  /** So many bytes have been read, of so many where that is known. */
  readonly told = (read: number, total: number | undefined): void => {
    const now = performance.now();
    if (this.#isHidden) return;
    if (now - this.#startedAt < PATIENCE || now - this.#shownAt < PACE) return;
    this.#shownAt = now;
    process.stderr.write(`\r\u001b[K${this.#words(read, total, (now - this.#startedAt) / 1000)}`);
  };

  /** Leaves nothing behind. */
  end(): void {
    if (this.#shownAt > 0) process.stderr.write('\r\u001b[K');
  }

  #words(read: number, total: number | undefined, seconds: number): string {
    const rate = read / seconds;
    if (total === undefined) return `${this.#file}: ${byteCount(read)}, ${byteCount(rate)}/s`;
    const left = Math.ceil((total - read) / rate);
    return `${this.#file}: ${Math.floor((100 * read) / total)}% of ${byteCount(total)}, ${byteCount(rate)}/s, ${left} s left`;
  }
}
