import type { Arrangement } from './arrangement.ts';
import type { SubjectCode } from './subject-code.ts';

/** A row of the list: what stands for traffic, or the header of a group. */
export type ListRow =
  | { readonly type: 'subject'; readonly code: SubjectCode }
  | { readonly type: 'group'; readonly group: number; readonly count: number; readonly isFolded: boolean };

/** An arrangement as rows: where it is grouped with a header above each group, and those of folded groups left out. */
export class GroupedRows {
  readonly arrangement: Arrangement;
  readonly #folded: ReadonlySet<number>;
  /** Where each group's header is, and the number of all rows. */
  readonly #headers: Int32Array;

  constructor(arrangement: Arrangement, folded: ReadonlySet<number>) {
    this.arrangement = arrangement;
    this.#folded = folded;
    const { groups, starts } = arrangement;
    this.#headers = new Int32Array(groups.length + 1);
    for (let place = 0; place < groups.length; place++) {
      const rows = folded.has(groups[place]!) ? 0 : starts[place + 1]! - starts[place]!;
      this.#headers[place + 1] = this.#headers[place]! + 1 + rows;
    }
  }

  get length(): number {
    return this.#isFlat ? this.arrangement.codes.length : this.#headers.at(-1)!;
  }

  at(index: number): ListRow | undefined {
    const { codes, groups, starts } = this.arrangement;
    if (index < 0 || index >= this.length) return undefined;
    if (this.#isFlat) return { type: 'subject', code: codes[index]! };
    const place = lastUpTo(this.#headers, index);
    const behind = index - this.#headers[place]!;
    if (behind > 0) return { type: 'subject', code: codes[starts[place]! + behind - 1]! };
    const group = groups[place]!;
    const count = starts[place + 1]! - starts[place]!;
    return { type: 'group', group, count, isFolded: this.#folded.has(group) };
  }

  /** Where a row is, or, in a folded group, the header above it; -1 where it is not. */
  indexOf(row: ListRow): number {
    const { codes, groups, starts } = this.arrangement;
    if (row.type === 'group') {
      const place = groups.indexOf(row.group);
      return place < 0 ? -1 : this.#headers[place]!;
    }
    const index = codes.indexOf(row.code);
    if (index < 0 || this.#isFlat) return index;
    const place = lastUpTo(starts, index);
    const header = this.#headers[place]!;
    return this.#folded.has(groups[place]!) ? header : header + 1 + index - starts[place]!;
  }

  get #isFlat(): boolean {
    return this.arrangement.grouping === 'none';
  }
}

/** The last index whose number is `most` or less; the list rises, and begins with 0. */
function lastUpTo(numbers: Int32Array, most: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (numbers[middle]! <= most) low = middle;
    else high = middle - 1;
  }
  return low;
}
