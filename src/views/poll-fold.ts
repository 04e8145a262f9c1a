import type { PollSeries } from '../session/polling/series.ts';

const SECOND = 1_000_000_000;

/** How long the line of a series stands before it is told anew, in nanoseconds. */
const REPEAT = { terminal: 5 * SECOND, pipe: 10 * SECOND } as const;

/** What is to be done with the line of a series that has something new: over its last one, below all others, or not now. */
export type Folding = 'replace' | 'append' | 'skip';

/** Decides when the line of a poll series is shown: in place on a terminal, while nothing came below it; else every so often. */
export class PollFold {
  readonly #isTerminal: boolean;
  /** When each series was last told below what was there. */
  readonly #toldAt = new Map<number, number>();
  /** The series whose line is the last one; undefined where another line is. */
  #last: number | undefined;

  constructor(isTerminal: boolean) {
    this.#isTerminal = isTerminal;
  }

  /** Another line was written below. */
  covered(): void {
    this.#last = undefined;
  }

  polled({ number }: PollSeries, at: number): Folding {
    if (this.#isTerminal && this.#last === number) return 'replace';
    const toldAt = this.#toldAt.get(number);
    const repeat = this.#isTerminal ? REPEAT.terminal : REPEAT.pipe;
    if (toldAt !== undefined && at - toldAt < repeat) return 'skip';
    this.#toldAt.set(number, at);
    this.#last = number;
    return 'append';
  }
}
