/** Numbers that are kept, half of them dropped when there are as many. */
const MOST_KEPT = 1 << 16;

/** The median of numbers as they come: exact up to 65,536 of them, from then on that of every second, fourth, eighth. */
export class RunningMedian {
  #kept: number[] = [];
  #every = 1;
  #count = 0;

  add(value: number): void {
    if (this.#count++ % this.#every > 0) return;
    this.#kept.push(value);
    if (this.#kept.length < MOST_KEPT) return;
    this.#kept = this.#kept.filter((_, index) => index % 2 === 0);
    this.#every *= 2;
  }

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  /** Undefined where there was none. */
  value(): number | undefined {
    const sorted = Float64Array.from(this.#kept).sort();
    const middle = sorted.length >> 1;
    const upper = sorted[middle];
    const lower = sorted[middle - 1];
    if (upper === undefined) return undefined;
    return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2;
  }
}
