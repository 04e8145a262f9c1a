import { TemporaryFile } from './temporary-file.ts';

/** A piece of memory of one size, as bytes and as numbers. */
export interface Page {
  readonly bytes: Buffer;
  readonly numbers: Float64Array;
}

interface KeptPage extends Page {
  /** Holds what its place in the file does not. */
  isDirty: boolean;
  /** Has a place in the file, which can be written over whether or not the disk is full. */
  isStored: boolean;
}

/** Pages that are written at the same time: one of 1 MiB after the other a disk took 500 MB/s, four at a time 3,700. */
const MAX_WRITES = 4;

/** Told what went wrong when something is lost. */
export type OnLost = (why: string) => void;

/**
 * Pages of one size, numbered from 0: in memory up to a budget, those used longest ago in a temporary file. Nothing waits for
 * the disk, unless memory holds twice the budget: then what the file has a place for is written there at once, and of what
 * it has none for, a page is lost for each new one, and counted.
 */
export class PageStore {
  readonly #pageBytes: number;
  /** Pages that memory may hold. */
  readonly #budget: number;
  readonly #onLost: OnLost;
  readonly #file = new TemporaryFile();
  /** In the order of their use. */
  readonly #pages = new Map<number, KeptPage>();
  readonly #lost = new Set<number>();
  #length = 0;
  /** Used last; it stands at the end of `#pages`. */
  #latest = -1;
  /** Being written to the file, by one of Node's four threads each. */
  readonly #writing = new Set<number>();
  /** What the disk said last, where that was no. */
  #refusal: string | undefined;
  /** Memory of a page that was dropped, to be filled anew: touching fresh memory takes as long as filling it. */
  #spare: KeptPage | undefined;

  /** `pageBytes` is a multiple of 8; `memory` in bytes. */
  constructor(pageBytes: number, memory: number, onLost: OnLost) {
    this.#pageBytes = pageBytes;
    this.#budget = Math.max(2, Math.floor(memory / pageBytes));
    this.#onLost = onLost;
  }

  /** Pages so far, those that are lost included. */
  get length(): number {
    return this.#length;
  }

  /** Pages that could not be kept. */
  get lost(): number {
    return this.#lost.size;
  }

  /** Makes a page, of any content. It stays in memory while it is the last. */
  add(): Page {
    const page = this.#take();
    page.isDirty = true;
    page.isStored = false;
    this.#latest = this.#length++;
    this.#pages.set(this.#latest, page);
    this.#shrink(true);
    return page;
  }

  /** A page to be read until the next call, from the file if need be; undefined when it is lost. */
  page(index: number): Page | undefined {
    return this.#pageInMemory(index) ?? this.#load(index);
  }

  /** A page to be written to until the next call, if it is in memory: what is not is to be patched. */
  pageToChange(index: number): Page | undefined {
    const page = this.#pageInMemory(index);
    if (page) page.isDirty = true;
    return page;
  }

  /** Writes to a part of a page that is not in memory, where it lies: to load it would push others out. */
  patch(index: number, offset: number, bytes: Buffer): void {
    if (index >= this.#length || this.#lost.has(index)) return;
    const refusal = this.#file.writeAtOnce(bytes, index * this.#pageBytes + offset);
    if (refusal) this.#onLost(refusal.message);
  }

  /** Copies a part of a page, and leaves it where it is; false when it is lost. */
  copy(index: number, offset: number, length: number, into: Buffer, at: number): boolean {
    const page = this.#pages.get(index);
    if (page) page.bytes.copy(into, at, offset, offset + length);
    else if (this.#lost.has(index)) return false;
    else return this.#file.read(into, at, length, index * this.#pageBytes + offset);
    return true;
  }

  /** Forgets everything. */
  close(): void {
    this.#pages.clear();
    this.#spare = undefined;
    this.#latest = -1;
    this.#file.close();
  }

  #pageInMemory(index: number): KeptPage | undefined {
    const page = this.#pages.get(index);
    if (!page || index === this.#latest) return page;
    this.#pages.delete(index);
    this.#pages.set(index, page);
    this.#latest = index;
    return page;
  }

  #load(index: number): KeptPage | undefined {
    if (index >= this.#length || this.#lost.has(index)) return undefined;
    const page = this.#take();
    if (!this.#file.read(page.bytes, 0, this.#pageBytes, index * this.#pageBytes)) {
      this.#spare = page;
      this.#lose(index, 'the temporary file cannot be read');
      return undefined;
    }
    page.isDirty = false;
    page.isStored = true;
    this.#pages.set(index, page);
    this.#latest = index;
    this.#shrink(false);
    return page;
  }

  #take(): KeptPage {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare) return spare;
    const numbers = new Float64Array(this.#pageBytes / 8);
    return { numbers, bytes: Buffer.from(numbers.buffer), isDirty: true, isStored: false };
  }

  /** Drops pages from memory that holds more than the budget, the least used first: those that the file has, if any. */
  #shrink(isForNew: boolean): void {
    while (this.#pages.size > this.#budget) {
      const isDropped =
        this.#dropClean() || (this.#isOverfull() && (this.#dropStored() || (isForNew && this.#loseOne())));
      if (isDropped) continue;
      if (this.#writing.size === MAX_WRITES || !this.#writeOne() || this.#refusal !== undefined) return;
    }
  }

  #isOverfull(): boolean {
    return this.#pages.size > 2 * this.#budget;
  }

  #dropClean(): boolean {
    return this.#leastUsed(
      ({ isDirty }) => !isDirty,
      (index, page) => this.#drop(index, page),
    );
  }

  /** What the file has an older state of is written over that now. */
  #dropStored(): boolean {
    return this.#leastUsed(
      ({ isStored }) => isStored,
      (index, page) => {
        const refusal = this.#file.writeAtOnce(page.bytes, index * this.#pageBytes);
        if (refusal) this.#onLost(refusal.message);
        this.#drop(index, page);
      },
    );
  }

  #loseOne(): boolean {
    return this.#leastUsed(
      () => true,
      (index) => this.#lose(index, this.#refusal ?? 'the disk is slower than the traffic'),
    );
  }

  #writeOne(): boolean {
    return this.#leastUsed(
      () => true,
      (index, page) => this.#write(index, page),
    );
  }

  /**
   * Does `then` to the page used longest ago that `fits`; false where there is none. Neither the last counts, which goes on,
   * nor the latest, which is in use, nor the one that is being written.
   */
  #leastUsed(fits: (page: KeptPage) => boolean, then: (index: number, page: KeptPage) => void): boolean {
    for (const [index, page] of this.#pages) {
      const isUsed = index === this.#length - 1 || index === this.#latest || this.#writing.has(index);
      if (isUsed || !fits(page)) continue;
      then(index, page);
      return true;
    }
    return false;
  }

  #write(index: number, page: KeptPage): void {
    this.#writing.add(index);
    this.#refusal = undefined;
    page.isDirty = false;
    this.#file.write(page.bytes, index * this.#pageBytes, (error) => {
      this.#writing.delete(index);
      this.#refusal = error?.message;
      if (error)
        page.isDirty = true; // the next page that is added tries again
      else this.#written(page);
    });
  }

  #written(page: KeptPage): void {
    page.isStored = true;
    this.#shrink(false);
  }

  #drop(index: number, page: KeptPage): void {
    this.#pages.delete(index);
    this.#spare = page;
  }

  #lose(index: number, why: string): void {
    this.#pages.delete(index);
    this.#lost.add(index);
    this.#onLost(why);
  }
}
