import type { PollSeries } from '../session/polling/series.ts';

/** Lines at the bottom of a terminal: more would leave too little for the traffic. */
const MAX_LINES = 4;

/** How long a series that is not heard of stays there, in nanoseconds. */
const STALE = 60_000_000_000;

/** Which poll series have a line at the bottom of a terminal: those that were heard of last, in the order they came there. */
export class PollFooter {
  /** When each was heard of last. */
  readonly #shown = new Map<PollSeries, number>();

  /** A series has something new; returns those that go, to be shown for the last time. */
  polled(series: PollSeries, at: number): PollSeries[] {
    this.#shown.set(series, at);
    const gone = [...this.#shown].filter(([, heardAt]) => at - heardAt > STALE).map(([stale]) => stale);
    if (this.#shown.size - gone.length > MAX_LINES) gone.push(this.#quietest());
    for (const one of gone) this.#shown.delete(one);
    return gone;
  }

  /** Those that are shown, and when they were heard of last. */
  get shown(): Iterable<readonly [PollSeries, number]> {
    return this.#shown;
  }

  #quietest(): PollSeries {
    return [...this.#shown].reduce((least, one) => (one[1] < least[1] ? one : least))[0];
  }
}
