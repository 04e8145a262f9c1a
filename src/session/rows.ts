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
  /** What takes the writes to rows that were lost, and gives zeros for them. */
  readonly #blank: Float64Array;
  #length = 0;

  /** `width` in numbers, `memory` in bytes; `onLost` is told each time a page of rows is forgotten, and why. */
  constructor(width: number, memory: number, onLost: OnLost) {
    this.#width = width;
    this.#store = new PageStore(PAGE_ROWS * width * 8, memory, onLost);
    this.#blank = new Float64Array(PAGE_ROWS * width);
  }

  get length(): number {
    return this.#length;
  }

  /** Rows that could not be kept; they read as zeros. */
  get lost(): number {
    return this.#store.lost * PAGE_ROWS;
  }

  /** Makes a row of any content, all of which is to be written at once, and returns its number, from 0. */
  add(): number {
    const number = this.#length++;
    if (number % PAGE_ROWS === 0) this.#store.add();
    return number;
  }

  /** Where in its page a row begins. */
  offset(number: number): number {
    return (number % PAGE_ROWS) * this.#width;
  }

  /** The page that holds a row, to be read before anything else is asked of these rows. */
  page(number: number): Readonly<Float64Array> {
    return this.#store.page(Math.floor(number / PAGE_ROWS))?.numbers ?? this.#blank.fill(0);
  }

  /** The page that holds a row, to be written to before anything else is asked of these rows. */
  pageToChange(number: number): Float64Array {
    return this.#store.pageToChange(Math.floor(number / PAGE_ROWS))?.numbers ?? this.#blank;
  }

  /** Forgets everything. */
  close(): void {
    this.#store.close();
  }
}
