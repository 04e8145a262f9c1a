/** What a `RecentlyUsed` holds at most. */
export interface RecentLimits<Value> {
  /** Values. */
  readonly count: number;
  /** What they weigh together, by `weightOf`. */
  readonly weight: number;
  readonly weightOf: (value: Value) => number;
}

/**
 * A map that remembers what was used last: at most so many values and so much weight, and at least half of one of the two.
 * It keeps two generations and forgets the older one as a whole. (Deleting the oldest key of one map each time took 12 us
 * with 10,000 keys: a search for the first key runs over all that were deleted before it.) Keys are `textsKey`s.
 */
export class RecentlyUsed<Value> {
  readonly #limits: RecentLimits<Value>;
  #young = new Map<number, Value>();
  #old = new Map<number, Value>();
  /** Of the young ones. */
  #weight = 0;

  constructor(limits: RecentLimits<Value>) {
    this.#limits = limits;
  }

  get(key: number): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: number, value: Value): void {
    if (this.#young.size >= this.#limits.count >> 1 && !this.#young.has(key)) this.#age();
    this.#young.set(key, value);
    this.grow(this.#limits.weightOf(value));
  }

  delete(key: number): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  /** Takes down that a value which was just used weighs so much more. */
  grow(weight: number): void {
    this.#weight += weight;
    if (this.#weight > this.#limits.weight / 2) this.#age();
  }

  #age(): void {
    this.#old = this.#young;
    this.#young = new Map();
    this.#weight = 0;
  }
}
