import { AllBuckets, type Buckets, RecentBuckets } from './buckets.ts';

/** What passed in one span of time, in bytes. */
interface Traffic {
  readonly gross: number;
  readonly payload: number;
}

/** Spans of time of one length, the newest last. */
export interface Course {
  /** Bytes a second. */
  readonly gross: readonly number[];
  readonly payload: readonly number[];
  /** Connections that were open, at most. */
  readonly open: readonly number[];
}

const SECOND = 1_000_000_000;

/** How much passed when, and how many connections were open. Fed with sums so far. */
export class TrafficHistory {
  readonly #all = new AllBuckets();
  readonly #recent = new RecentBuckets();
  #last: Traffic = { gross: 0, payload: 0 };
  /** The last time that was noted: the newest buckets are not full. */
  #newest = 0;

  /** Nanoseconds between two looks at the sums that are worth it. */
  get step(): number {
    return Math.min(this.#all.span, this.#recent.span);
  }

  /**
   * Sums so far, at `at` nanoseconds of the session, and how many connections were open at most since the last time. What passed
   * since then is booked to this time.
   */
  note(at: number, sums: Traffic, open: number): void {
    const gross = Math.max(0, sums.gross - this.#last.gross);
    const payload = Math.max(0, sums.payload - this.#last.payload);
    for (const buckets of [this.#all, this.#recent]) {
      const bucket = buckets.take(Math.max(0, at - 1)); // it passed before that
      bucket.gross += gross;
      bucket.payload += payload;
      bucket.open = Math.max(bucket.open, open);
    }
    this.#last = sums;
    this.#newest = Math.max(this.#newest, at);
  }

  /** `count` spans of equal length up to `at`, of `seconds` all together; of all there was where that is undefined. */
  course(at: number, seconds: number | undefined, count: number): Course {
    const whole = seconds === undefined ? Math.max(1, at) : seconds * SECOND;
    const buckets = this.#finest(at, whole);
    const step = whole / count;
    const gross: number[] = [];
    const payload: number[] = [];
    const open: number[] = [];
    for (let index = 0; index < count; index++) {
      const end = at - (count - 1 - index) * step;
      const span = spanOf(buckets, end - step, end, this.#newest);
      gross.push(span.gross);
      payload.push(span.payload);
      open.push(span.open);
    }
    return { gross, payload, open };
  }

  /** The recent ones where they reach back far enough and are finer. */
  #finest(at: number, whole: number): Buckets {
    const first = Math.floor(Math.max(0, at - whole) / this.#recent.span);
    const isFiner = this.#recent.span < this.#all.span;
    return isFiner && this.#recent.at(first) !== undefined ? this.#recent : this.#all;
  }
}

/** Rates between two times, buckets that stand half inside counted by halves; nothing before the beginning. */
function spanOf(buckets: Buckets, from: number, to: number, newest: number) {
  const { span } = buckets;
  const sum = { gross: 0, payload: 0, open: 0 };
  const last = Math.floor((to - 1) / span);
  for (let index = Math.max(0, Math.floor(from / span)); index <= last; index++) {
    const bucket = buckets.at(index);
    if (!bucket) continue;
    const start = index * span;
    const end = Math.max(start + 1, Math.min(start + span, newest));
    const inside = Math.max(0, Math.min(to, end) - Math.max(from, start)) / (end - start);
    sum.gross += bucket.gross * inside;
    sum.payload += bucket.payload * inside;
    sum.open = Math.max(sum.open, bucket.open);
  }
  const seconds = Math.max(1, to - from) / SECOND;
  return { gross: sum.gross / seconds, payload: sum.payload / seconds, open: sum.open };
}
