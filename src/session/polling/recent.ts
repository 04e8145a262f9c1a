import { textHash } from './hash.ts';

/** Characters of a key that are kept; of a longer one, a request target of 60 kB say, a part and a hash stand for all. */
const MAX_KEY = 400;

/**
 * A map that remembers what was used last: at most `limit` values, and at least half as many. It keeps two generations and
 * forgets the older one as a whole. (Deleting the oldest key of one map each time took 12 us with 10,000 keys: a search
 * for the first key runs over all that were deleted before it.)
 */
export class RecentlyUsed<Value> {
  readonly #generation: number;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();

  constructor(limit: number) {
    this.#generation = limit >> 1;
  }

  get(key: string): Value | undefined {
    const short = bounded(key);
    const young = this.#young.get(short);
    if (young !== undefined) return young;
    const old = this.#old.get(short);
    if (old !== undefined) this.#add(short, old);
    return old;
  }

  set(key: string, value: Value): void {
    this.#add(bounded(key), value);
  }

  delete(key: string): void {
    const short = bounded(key);
    this.#young.delete(short);
    this.#old.delete(short);
  }

  #add(short: string, value: Value): void {
    if (this.#young.size >= this.#generation && !this.#young.has(short)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(short, value);
  }
}

function bounded(key: string): string {
  if (key.length <= MAX_KEY) return key;
  return `${key.slice(0, MAX_KEY)} ${key.length} ${textHash(key)}`;
}
