import { type OnLost, PageStore } from './page-store.ts';

const PAGE_ROWS = 4096;

/**
 * A table of numbers: rows of one width, side by side, so that writing one touches two or three lines of cache where a
 * column each would touch as many as there are columns. Past a budget of memory the rows used longest ago lie on disk, and
 * come back when they are looked at.
 */
export class Rows {
  readonly #width: number;
  readonly #store: PageStore;
  /** A row that is not in memory, as numbers and as bytes: read from disk to be changed, or zeros for one that was lost. */
  readonly #row: Float64Array;
  readonly #rowBytes: Buffer;
  /** Number of the row that is being changed there; -1: none. */
  #patched = -1;
  #offset = 0;
  #length = 0;

  /** `width` in numbers, `memory` in bytes; `onLost` is told each time a page of rows is forgotten, and why. */
  constructor(width: number, memory: number, onLost: OnLost) {
    this.#width = width;
    this.#store = new PageStore(PAGE_ROWS * width * 8, memory, onLost);
    this.#row = new Float64Array(width);
    this.#rowBytes = Buffer.from(this.#row.buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** Rows that could not be kept; they read as zeros. */
  get lost(): number {
    return this.#store.lost * PAGE_ROWS;
  }

  /** Makes a row of any content and returns its number, from 0. It is to be changed at once, all of it. */
  add(): number {
    const number = this.#length++;
    if (number % PAGE_ROWS === 0) this.#store.add();
    return number;
  }

  /** Where in what `page` or `change` gave last the row begins. */
  get offset(): number {
    return this.#offset;
  }

  /** What a row is in, from `offset` on; to be read before anything else is asked of these rows. */
  page(number: number): Readonly<Float64Array> {
    this.#offset = (number % PAGE_ROWS) * this.#width;
    const page = this.#store.page(Math.floor(number / PAGE_ROWS));
    if (page) return page.numbers;
    this.#offset = 0;
    return this.#row.fill(0);
  }

  /** What a row is in, from `offset` on; to be written to, and then `keep` called, before anything else is asked. */
  change(number: number): Float64Array {
    const index = Math.floor(number / PAGE_ROWS);
    this.#patched = -1;
    this.#offset = (number % PAGE_ROWS) * this.#width;
    const page = this.#store.pageToChange(index);
    if (page) return page.numbers;
    this.#patched = number;
    const isThere = this.#store.copy(index, this.#offset * 8, this.#rowBytes.length, this.#rowBytes, 0);
    if (!isThere) this.#row.fill(0);
    this.#offset = 0;
    return this.#row;
  }

  /** Keeps what was changed. Only a row that is not in memory needs it: it is written where it lies. */
  keep(): void {
    if (this.#patched >= 0) this.#patch();
  }

  #patch(): void {
    const number = this.#patched;
    this.#patched = -1;
    const offset = (number % PAGE_ROWS) * this.#rowBytes.length;
    this.#store.patch(Math.floor(number / PAGE_ROWS), offset, this.#rowBytes);
  }

  /** Forgets everything. */
  close(): void {
    this.#store.close();
  }
}
