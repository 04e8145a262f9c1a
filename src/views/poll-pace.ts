import type { PollSeries } from '../session/polling/series.ts';

/** How long the line of a series stands before it is told anew, in nanoseconds. */
const REPEAT = 10_000_000_000;

/** Decides when the line of a poll series is told where no line can be replaced: every so often. */
export class PollPace {
  readonly #toldAt = new Map<number, number>();

  /** A series has something new: whether it is to be told. */
  isDue({ number }: PollSeries, at: number): boolean {
    const toldAt = this.#toldAt.get(number);
    if (toldAt !== undefined && at - toldAt < REPEAT) return false;
    this.#toldAt.set(number, at);
    return true;
  }
}
