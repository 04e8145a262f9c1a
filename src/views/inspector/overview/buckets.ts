/** What passed in a span of time, in bytes, and how many connections were open at most. */
export interface Bucket {
  gross: number;
  payload: number;
  open: number;
}

/** Buckets that are kept; when all are full, each two of them become one that is twice as long. */
const MAX_BUCKETS = 1200;

/** Nanoseconds that a bucket stands for at first. */
const FIRST_SPAN = 50_000_000;

/** The newest of a long session are kept by themselves: ten minutes of them, and one that is being filled. */
const RECENT = 1201;
const RECENT_SPAN = 500_000_000;

/** Time in buckets of one length. */
export interface Buckets {
  /** Nanoseconds that a bucket stands for. */
  readonly span: number;
  /** The bucket at which `at` is; undefined where it is no longer kept, or not yet. */
  at(index: number): Bucket | undefined;
  /** That which `at` nanoseconds falls into, made where there is none. */
  take(at: number): Bucket;
}

/** From the beginning on: buckets grow longer as the session does, so that a day takes no more room than a minute. */
export class AllBuckets implements Buckets {
  #buckets: Bucket[] = [];
  span = FIRST_SPAN;

  at(index: number): Bucket | undefined {
    return this.#buckets[index];
  }

  take(at: number): Bucket {
    while (at / this.span >= MAX_BUCKETS) {
      this.#buckets = inPairs(this.#buckets);
      this.span *= 2;
    }
    const index = Math.floor(at / this.span);
    while (this.#buckets.length <= index) this.#buckets.push(behind(this.#buckets.at(-1)));
    return this.#buckets[index]!;
  }
}

/** The last ten minutes. */
export class RecentBuckets implements Buckets {
  readonly #buckets: (Bucket | undefined)[] = new Array(RECENT);
  readonly span = RECENT_SPAN;
  #newest = -1;

  at(index: number): Bucket | undefined {
    const isKept = index >= 0 && index <= this.#newest && index > this.#newest - RECENT;
    return isKept ? this.#buckets[index % RECENT] : undefined;
  }

  take(at: number): Bucket {
    const index = Math.max(this.#newest, Math.floor(at / this.span));
    const last = this.at(this.#newest);
    for (let next = Math.max(this.#newest + 1, index - RECENT + 1); next <= index; next++) {
      this.#buckets[next % RECENT] = behind(last);
    }
    this.#newest = index;
    return this.#buckets[index % RECENT]!;
  }
}

/** Connections stay open when nothing is said. */
function behind(last: Bucket | undefined): Bucket {
  return { gross: 0, payload: 0, open: last?.open ?? 0 };
}

function inPairs(buckets: readonly Bucket[]): Bucket[] {
  return Array.from({ length: Math.ceil(buckets.length / 2) }, (_, index) => {
    const one = buckets[2 * index]!;
    const other = buckets[2 * index + 1];
    if (!other) return one;
    return {
      gross: one.gross + other.gross,
      payload: one.payload + other.payload,
      open: Math.max(one.open, other.open),
    };
  });
}
