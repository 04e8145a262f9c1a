/** What passed in one span of time, in bytes. */
export interface Traffic {
  readonly gross: number;
  readonly payload: number;
}

/** Buckets that are kept; when all are full, each two of them become one that is twice as long. */
const MAX_BUCKETS = 1200;

const SECOND = 1_000_000_000;

/**
 * How much passed when, from the session's beginning on: in buckets of a second, that grow longer as the session does, so
 * that a day takes no more room than an hour. Fed with sums so far, whenever somebody looks.
 */
export class TrafficHistory {
  #gross: number[] = [];
  #payload: number[] = [];
  /** Nanoseconds that a bucket stands for. */
  #span = SECOND;
  #last: Traffic = { gross: 0, payload: 0 };

  /** Sums so far, at `at` nanoseconds of the session. What passed since the last time is booked to this time. */
  note(at: number, sums: Traffic): void {
    const bucket = this.#bucketAt(Math.max(0, at));
    while (this.#gross.length <= bucket) {
      this.#gross.push(0);
      this.#payload.push(0);
    }
    this.#gross[bucket]! += Math.max(0, sums.gross - this.#last.gross);
    this.#payload[bucket]! += Math.max(0, sums.payload - this.#last.payload);
    this.#last = sums;
  }

  /** `count` spans of equal length up to `at`, of `seconds` all together, in bytes a second; fewer where less is known. */
  rates(
    at: number,
    seconds: number,
    count: number,
  ): { readonly gross: number[]; readonly payload: number[] } {
    const step = Math.max(this.#span, (seconds * SECOND) / count);
    const gross: number[] = [];
    const payload: number[] = [];
    for (let index = 0; index < count; index++) {
      const end = at - (count - 1 - index) * step;
      if (end <= 0) continue;
      gross.push(this.#rate(this.#gross, end - step, end));
      payload.push(this.#rate(this.#payload, end - step, end));
    }
    return { gross, payload };
  }

  /** Bytes a second between two times, buckets that stand half inside counted by halves. */
  #rate(buckets: readonly number[], from: number, to: number): number {
    let bytes = 0;
    const first = Math.max(0, Math.floor(from / this.#span));
    const last = Math.min(buckets.length - 1, Math.floor((to - 1) / this.#span));
    for (let bucket = first; bucket <= last; bucket++) {
      const start = bucket * this.#span;
      const inside = Math.min(to, start + this.#span) - Math.max(from, start);
      bytes += (buckets[bucket]! * inside) / this.#span;
    }
    return (bytes * SECOND) / Math.max(1, to - from);
  }

  #bucketAt(at: number): number {
    while (at / this.#span >= MAX_BUCKETS) {
      this.#gross = inPairs(this.#gross);
      this.#payload = inPairs(this.#payload);
      this.#span *= 2;
    }
    return Math.floor(at / this.#span);
  }
}

function inPairs(buckets: readonly number[]): number[] {
  return Array.from(
    { length: Math.ceil(buckets.length / 2) },
    (_, index) => buckets[2 * index]! + (buckets[2 * index + 1] ?? 0),
  );
}
