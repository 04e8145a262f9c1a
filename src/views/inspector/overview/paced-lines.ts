import type { StyledLine } from '../../styled-line.ts';

/** Milliseconds that they may take in each frame. */
const CHEAP = 1;

/** What takes longer is made seldom: this many times what it took lies between two times. */
const REST = 20;

/** Lines that tell of all that is open: made in each frame while that is little, else as often as a twentieth of the time allows. */
export class PacedLines {
  readonly #make: (columns: number) => readonly StyledLine[];
  #lines: readonly StyledLine[] = [];
  #columns = -1;
  #dueAt = 0;

  constructor(make: (columns: number) => readonly StyledLine[]) {
    this.#make = make;
  }

  at(columns: number): readonly StyledLine[] {
    const begun = performance.now();
    if (columns === this.#columns && begun < this.#dueAt) return this.#lines;
    this.#lines = this.#make(columns);
    this.#columns = columns;
    const end = performance.now();
    this.#dueAt = end - begun < CHEAP ? 0 : end + (end - begun) * REST;
    return this.#lines;
  }
}
