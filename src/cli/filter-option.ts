import { type Filter, type FilterProblem, isProblem, parseFilter } from '../analysis/filter/filter.ts';
import { displayWidth } from '../views/display-width.ts';
import { harmless } from '../views/harmless.ts';
import { UsageError } from './usage-error.ts';

/** `--filter`, of each command that has it. */
export const FILTER_OPTION = {
  type: 'string',
  requiresArg: true,
  describe: "Only what fits: 'host:chat opcode:ping -from:client'; docs/filters.md has all of it",
} as const;

/** Reads `--filter`. Throws a UsageError that shows the place which cannot be read. */
export function filterOption(text: string | undefined): Filter | undefined {
  if (text === undefined) return undefined;
  const filter = parseFilter(text);
  if (isProblem(filter)) throw new UsageError(`--filter: ${harmless(filter.problem)}`, placed(text, filter));
  return filter;
}

/** The text, and a line below it that marks a place in it. */
function placed(text: string, { at, length }: FilterProblem): string {
  const widthOf = (from: number, to: number) => displayWidth(harmless(text.slice(from, to)));
  return `  ${harmless(text)}\n  ${' '.repeat(widthOf(0, at))}${'^'.repeat(Math.max(1, widthOf(at, at + length)))}\n`;
}
