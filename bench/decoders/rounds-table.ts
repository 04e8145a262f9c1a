import { markdownTable } from '../markdown-table.ts';
import { spreadOf } from '../spread.ts';
import type { CaseOutcome, Round } from './round.ts';

const HEADINGS = ['messages', 'decoder', 'ns/message (min..max)', 'CPU ns', 'MB/s', 'time beside tare'];

/** The outcomes as a Markdown table: medians, and ratios taken round for round. */
export function roundsTable(outcomes: readonly CaseOutcome[]): string {
  return markdownTable(HEADINGS, outcomes.flatMap(rows));
}

function rows({ name, messages, rounds }: CaseOutcome): string[][] {
  const [tare = []] = rounds.values();
  return [...rounds].map(([contender, own]) => [
    name,
    contender,
    spreadCell(own.map(({ wall }) => wall / messages)),
    Math.round(medianOf(own.map(({ cpu }) => cpu / messages))).toLocaleString('en'),
    Math.round(medianOf(own.map(({ bytes, wall }) => (bytes / wall) * 1000))).toLocaleString('en'),
    `${medianOf(ratios(own, tare)).toFixed(2)} x`,
  ]);
}

function ratios(own: readonly Round[], tare: readonly Round[]): number[] {
  return own.map(({ wall }, round) => wall / tare[round]!.wall);
}

function spreadCell(numbers: readonly number[]): string {
  const { median, least, most } = spreadOf(numbers)!;
  const [middle, low, high] = [median, least, most].map((ns) => Math.round(ns).toLocaleString('en'));
  return `${middle} (${low}..${high})`;
}

function medianOf(numbers: readonly number[]): number {
  return spreadOf(numbers)!.median;
}
