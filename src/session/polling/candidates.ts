import { textHash } from './hash.ts';
import { RecentlyUsed } from './recent.ts';
import type { Poll } from './request.ts';
import { MAX_BEATS } from './rhythm.ts';
import type { PollSeries } from './series.ts';

/** Resources that are remembered, the most recent: 1 kB each, 4 kB where one was asked for six times and more in vain. */
const MAX_RESOURCES = 10_000;

/** Values of one resource that are remembered once another followed them. */
const MAX_LEFT = 32;

/** The same once there is a series: its counter may well begin again, after a reload. */
const MAX_LEFT_IN_SERIES = 4;

/** Returns in a row that make a value part of what is asked for. */
const RETURNS = 2;

/** A resource that one client asks for, and what may become a series of it. */
export class PollCandidate {
  /** The last requests, of which none is in a series. */
  readonly recent: Poll[] = [];
  series: PollSeries | undefined;
  /** Whether the loose values have changed. */
  isVaried = false;
  /** `isVaried` as the series shows it. */
  isShownVaried: boolean | undefined;
  /** Whether the loose values are part of what is asked for: then each has a candidate of its own. */
  isSplit = false;
  #value = -1;
  readonly #left: number[] = [];
  #returns = 0;

  add(poll: Poll): void {
    this.recent.push(poll);
    if (this.recent.length > MAX_BEATS) this.recent.shift();
  }

  remove(poll: Poll): void {
    const index = this.recent.indexOf(poll);
    if (index >= 0) this.recent.splice(index, 1);
  }

  /**
   * Takes down the loose values of the next request. A cursor or a counter goes on to values it never had; one that goes
   * to and fro between some (`room=1`, `room=2`) is no cursor, and splits the candidate. One return alone does not:
   * a cursor may be asked for again.
   */
  vary(loose: string): void {
    const value = textHash(loose);
    if (value === this.#value) return;
    if (this.#value >= 0) this.#leave(value);
    this.#value = value;
  }

  #leave(value: number): void {
    this.isVaried = true;
    while (this.#left.length >= (this.series ? MAX_LEFT_IN_SERIES : MAX_LEFT)) this.#left.shift();
    const index = this.#left.indexOf(value);
    if (index >= 0) this.#left.splice(index, 1);
    this.#returns = index >= 0 ? this.#returns + 1 : 0;
    this.isSplit = this.#returns >= RETURNS;
    this.#left.push(this.#value);
  }
}

/** The candidates of all clients. */
export class PollCandidates {
  readonly #byKey = new RecentlyUsed<PollCandidate>(MAX_RESOURCES);

  /** The candidate that a request belongs to: `key` stands for the client and the resource without its loose values. */
  of(key: string, loose: string): PollCandidate {
    const candidate = this.#at(key);
    if (loose === '') return candidate;
    if (!candidate.isSplit) {
      candidate.vary(loose);
      if (!candidate.isSplit) return candidate;
      this.#split(candidate, key, loose);
    }
    return this.#at(exactly(key, loose));
  }

  /** What was begun goes on with the value that came back. */
  #split(candidate: PollCandidate, key: string, loose: string): void {
    for (const poll of candidate.recent) this.#at(exactly(key, poll.loose)).add(poll);
    candidate.recent.length = 0;
    this.#at(exactly(key, loose)).series = candidate.series;
    candidate.series = undefined;
  }

  #at(key: string): PollCandidate {
    const known = this.#byKey.get(key);
    if (known) return known;
    const candidate = new PollCandidate();
    this.#byKey.set(key, candidate);
    return candidate;
  }
}

function exactly(key: string, loose: string): string {
  return `${key} ${loose}`;
}
