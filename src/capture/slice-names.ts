import type { NamesRecord } from './record.ts';

type Entry = NamesRecord['entries'][number];

/** As many as readers remember. */
const MOST_HELD = 100_000;

/** Of all names that a capture tells, gives those that the packets of a slice need: where they stood, or when they are first needed. */
export class SliceNames {
  /** Addresses in the slice. */
  readonly #used = new Set<string>();
  /** What was told of others, in its order: the last that was told counts. */
  readonly #held = new Map<string, Entry[]>();
  #heldCount = 0;

  /** Takes what the capture tells, and gives what of it belongs in the slice here. */
  told(entries: readonly Entry[]): readonly Entry[] {
    const needed = entries.filter(({ address }) => this.#used.has(address));
    if (needed.length < entries.length) for (const entry of entries) this.#hold(entry);
    return needed;
  }

  /** The slice's next packet has this address: gives the names that were told of it, the first time. */
  use(address: string): readonly Entry[] {
    if (this.#used.has(address)) return [];
    this.#used.add(address);
    const entries = this.#held.get(address) ?? [];
    this.#held.delete(address);
    this.#heldCount -= entries.length;
    return entries;
  }

  #hold(entry: Entry): void {
    if (this.#used.has(entry.address) || this.#heldCount === MOST_HELD) return;
    const held = this.#held.get(entry.address) ?? [];
    if (held.at(-1)?.names.join(' ') === entry.names.join(' ')) return; // recordings tell it again in each file
    if (held.length === 0) this.#held.set(entry.address, held);
    held.push(entry);
    this.#heldCount++;
  }
}
