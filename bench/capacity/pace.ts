import { spreadOf } from '../spread.ts';

const SLICES = 50;
const TENTH = SLICES / 10;

/** How fast a known number of units arrive, from the first to the last. */
export class Pace {
  readonly #sliceUnits: number;
  readonly #marks: { readonly units: number; readonly at: number }[];

  /** Begins at `at`, in milliseconds of any clock. */
  constructor(total: number, at: number) {
    this.#sliceUnits = total / SLICES;
    this.#marks = [{ units: 0, at }];
  }

  /** Takes note that so many have arrived in all. */
  mark(units: number, at: number): void {
    if (units >= this.#marks.length * this.#sliceUnits) this.#marks.push({ units, at });
  }

  /** Units a second in the middle of the first tenth and of the last: medians, so that one pause decides nothing. */
  tenths(): { readonly first: number; readonly last: number } {
    const rates = this.#rates();
    return {
      first: spreadOf(rates.slice(0, TENTH))!.median,
      last: spreadOf(rates.slice(-TENTH))!.median,
    };
  }

  #rates(): number[] {
    return this.#marks.slice(1).map(({ units, at }, index) => {
      const before = this.#marks[index]!;
      return ((units - before.units) / (at - before.at)) * 1000;
    });
  }
}
