import type { LentNumbers } from './lent-numbers.ts';
import { OPTION } from './pcapng-numbers.ts';

/** One option of a block (draft-ietf-opsawg-pcapng section 3.5): its number and where its value lies. */
export interface BlockOption {
  readonly code: number;
  readonly start: number;
  readonly length: number;
}

/** Bytes of an option's number and length. */
const HEADER_LENGTH = 4;

/**
 * The options between `start` and `end`, and whether all of them are whole: those before one that is not are good. Not every
 * writer ends them with `opt_endofopt`.
 */
export function readOptions(
  lent: LentNumbers,
  start: number,
  end: number,
): { readonly options: readonly BlockOption[]; readonly whole: boolean } {
  const options: BlockOption[] = [];
  while (start + HEADER_LENGTH <= end) {
    const code = lent.short(start);
    const length = lent.short(start + 2);
    if (code === OPTION.end) return { options, whole: true };
    if (start + HEADER_LENGTH + length > end) return { options, whole: false };
    options.push({ code, start: start + HEADER_LENGTH, length });
    start += HEADER_LENGTH + padded(length);
  }
  return { options, whole: true };
}

/** The texts of the comments among options. */
export function commentsOf(lent: LentNumbers, options: readonly BlockOption[]): string[] {
  return options
    .filter(({ code }) => code === OPTION.comment)
    .map(({ start, length }) => lent.text(start, length));
}

/** Bytes that `length` of them take with the padding to a multiple of 4. */
export function padded(length: number): number {
  return (length + 3) & ~3;
}
