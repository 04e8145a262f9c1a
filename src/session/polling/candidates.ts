import { RecentlyUsed } from './recent.ts';
import { NOT_LOOSE, type Poll } from './request.ts';
import { MAX_BEATS } from './rhythm.ts';
import type { PollSeries } from './series.ts';

/** Resources that are remembered, the most recent: 0.3 kB each. */
const MAX_RESOURCES = 10_000;

/** Their requests that are remembered, of all together: 0.4 kB each. With as many as there may be of both it is 10 MB. */
const MAX_POLLS = 24_000;

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
  #value = NOT_LOOSE;
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
  vary(loose: number): void {
    if (loose === this.#value) return;
    if (this.#value !== NOT_LOOSE) this.#leave(loose);
    this.#value = loose;
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
  readonly #byKey = new RecentlyUsed<PollCandidate>({
    count: MAX_RESOURCES,
    weight: MAX_POLLS,
    weightOf: ({ recent }) => recent.length,
  });

  /**
   * The candidate that a request belongs to: `key` stands for the client and the resource without its loose values, `loose`
   * for both with them.
   */
  of(key: number, loose: number): PollCandidate {
    const candidate = this.#at(key);
    if (loose === NOT_LOOSE) return candidate;
    if (!candidate.isSplit) {
      candidate.vary(loose);
      if (!candidate.isSplit) return candidate;
      this.#split(candidate, loose);
    }
    return this.#at(loose);
  }

  /** Adds a request to `candidate`, which it belongs to. */
  add(candidate: PollCandidate, poll: Poll): void {
    const before = candidate.recent.length;
    candidate.add(poll);
    this.#byKey.grow(candidate.recent.length - before);
  }

  /** What was begun goes on with the value that came back. */
  #split(candidate: PollCandidate, loose: number): void {
    for (const poll of candidate.recent) this.add(this.#at(poll.loose), poll);
    candidate.recent.length = 0;
    this.#at(loose).series = candidate.series;
    candidate.series = undefined;
  }

  #at(key: number): PollCandidate {
    const known = this.#byKey.get(key);
    if (known) return known;
    const candidate = new PollCandidate();
    this.#byKey.set(key, candidate);
    return candidate;
  }
}
