import { TemporaryFile } from './temporary-file.ts';

/** A piece of memory of one size, as bytes and as numbers. */
export interface Page {
  readonly bytes: Buffer;
  readonly numbers: Float64Array;
}

interface KeptPage extends Page {
  /** Holds what its place in the file does not. */
  isDirty: boolean;
}

/** Told what went wrong when a page is lost. */
export type OnLost = (why: string) => void;

/**
 * Pages of one size, numbered from 0: in memory up to a budget, those used longest ago in a temporary file. Nothing waits for
 * the disk: what it does not take, or not in time, is lost, and counted.
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
  #writing = -1;
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
    this.#latest = this.#length++;
    this.#pages.set(this.#latest, page);
    this.#shrink(true);
    return page;
  }

  /** A page to be read until the next call, from the file if need be; undefined when it is lost. */
  page(index: number): Page | undefined {
    return this.#use(index);
  }

  /** A page to be written to until the next call; undefined when it is lost. */
  pageToChange(index: number): Page | undefined {
    const page = this.#use(index);
    if (page) page.isDirty = true;
    return page;
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

  #use(index: number): KeptPage | undefined {
    const page = this.#pages.get(index);
    if (index === this.#latest) return page;
    if (!page) return this.#load(index);
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
    this.#pages.set(index, page);
    this.#latest = index;
    this.#shrink();
    return page;
  }

  #take(): KeptPage {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare) return spare;
    const numbers = new Float64Array(this.#pageBytes / 8);
    return { numbers, bytes: Buffer.from(numbers.buffer), isDirty: true };
  }

  /**
   * Drops pages from memory that holds more than the budget, the least used first: those which the file has, or else one
   * that is written to it now. What is only looked at is never a reason to lose something.
   */
  #shrink(isForNew = false): void {
    while (this.#pages.size > this.#budget) {
      const clean = this.#leastUsed(false);
      const index = clean < 0 ? this.#leastUsed(true) : clean;
      const page = this.#pages.get(index);
      if (!page) return;
      if (!page.isDirty) this.#drop(index, page);
      else if (this.#writing < 0) return this.#write(index, page);
      else if (isForNew && this.#pages.size > 2 * this.#budget)
        this.#lose(index, 'the disk is slower than the traffic');
      else return;
    }
  }

  /** Neither the last, which goes on, nor the latest, which is in use, nor the one that is being written; -1: none. */
  #leastUsed(isDirty: boolean): number {
    for (const [index, page] of this.#pages) {
      const isUsed = index === this.#length - 1 || index === this.#latest || index === this.#writing;
      if (!isUsed && page.isDirty === isDirty) return index;
    }
    return -1;
  }

  #write(index: number, page: KeptPage): void {
    this.#writing = index;
    page.isDirty = false;
    this.#file.write(page.bytes, index * this.#pageBytes, (error) => {
      this.#writing = -1;
      if (error) this.#lose(index, error.message);
      this.#shrink();
    });
  }

  #drop(index: number, page: KeptPage): void {
    this.#pages.delete(index);
    this.#spare = page;
  }

  #lose(index: number, why: string): void {
    const page = this.#pages.get(index);
    if (page && index === this.#latest) {
      page.isDirty = true; // it could not be written while it is used
      return;
    }
    this.#pages.delete(index);
    this.#lost.add(index);
    this.#onLost(why);
  }
}
