/** What numbers may be skipped at once: a file may say anything, and the numbers behind all others must not run out. */
const LARGEST_LEAP = 1 << 20;
const MAX_GAPS = 1_000;

/** Numbers that were passed over, both ends included. */
interface Gap {
  readonly from: number;
  readonly to: number;
}

/** Gives numbers to connections, from 1, none twice; the number that a recording has for one where that is free. */
export class ConnectionNumbers {
  #highest = 0;
  readonly #gaps: Gap[] = [];

  /** The number behind all that were given. */
  next(): number {
    return ++this.#highest;
  }

  /** `wanted`, or another where that was given already or is too far off. */
  claim(wanted: number): number {
    if (wanted > this.#highest + LARGEST_LEAP) return this.next();
    if (wanted > this.#highest) return this.#leap(wanted);
    const index = this.#gaps.findIndex(({ from, to }) => from <= wanted && wanted <= to);
    if (index < 0) return this.next();
    const { from, to } = this.#gaps[index]!;
    const rest = [
      { from, to: wanted - 1 },
      { from: wanted + 1, to },
    ].filter((gap) => gap.from <= gap.to);
    this.#gaps.splice(index, 1, ...rest);
    return wanted;
  }

  #leap(wanted: number): number {
    if (wanted > this.#highest + 1) this.#gaps.push({ from: this.#highest + 1, to: wanted - 1 });
    if (this.#gaps.length > MAX_GAPS) this.#gaps.shift();
    this.#highest = wanted;
    return wanted;
  }
}
