import { UsageError } from './usage-error.ts';

/** From the first to the last, both included. */
type Range = readonly [first: number, last: number];

/** Whether a number is one of `3`, `3,7-9` and the like, of which several may be given. Throws a UsageError. */
export function numberRanges(texts: readonly string[], option: string): (number: number) => boolean {
  const ranges = texts.flatMap((text) => text.split(',').map((part) => rangeOf(part.trim(), text, option)));
  return (number) => ranges.some(([first, last]) => first <= number && number <= last);
}

function rangeOf(part: string, text: string, option: string): Range {
  const match = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(part);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (!match || first > last) {
    throw new UsageError(`--${option} ${text}: not numbers; write for example 3 or 3,7-9`);
  }
  return [first, last];
}
