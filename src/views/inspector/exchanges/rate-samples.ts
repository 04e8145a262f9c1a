/** Seconds that are shown. */
const SECONDS = 16;
const SECOND = 1e9;

/** Rows whose rates are remembered: those that are seen, and some that were. */
const MAX_ROWS = 500;

interface Samples {
  /** Bytes of each of the last seconds, by the second modulo their number. */
  readonly bytes: Float64Array;
  gross: number;
  second: number;
}

/** How many bytes passed in each of the last seconds, of rows that somebody looks at. */
export class RateSamples {
  readonly #rows = new Map<number, Samples>();

  /** Notes what a row came to by now (nanoseconds), and returns its last seconds, the oldest first. */
  note(row: number, gross: number, now: number): number[] {
    const second = Math.floor(now / SECOND);
    const samples = this.#rows.get(row) ?? { bytes: new Float64Array(SECONDS), gross, second };
    this.#rows.delete(row); // and put at the end: those that were not seen for long go first
    this.#rows.set(row, samples);
    this.#forget();
    const passed = Math.min(SECONDS, second - samples.second);
    for (let ago = 0; ago < passed; ago++) samples.bytes[(second - ago) % SECONDS] = 0;
    samples.bytes[second % SECONDS]! += Math.max(0, gross - samples.gross);
    samples.gross = gross;
    samples.second = Math.max(second, samples.second);
    return Array.from(samples.bytes, (_, index) => samples.bytes[(second + 1 + index) % SECONDS]!);
  }

  #forget(): void {
    if (this.#rows.size <= MAX_ROWS) return;
    for (const oldest of this.#rows.keys()) {
      this.#rows.delete(oldest);
      return;
    }
  }
}
