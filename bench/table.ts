import { costsOf, isMet, type Outcome, ratiosOf, spreadOf } from './outcome.ts';
import type { SubjectName } from './subjects/command.ts';

const HEADINGS = [
  'load',
  'unit',
  'beside',
  'relay',
  'tare',
  'ratio (min..max)',
  'aim',
  'met',
  'relay/s',
  'tare/s',
];
const NOTHING = '-';

/** The outcomes as a Markdown table whose columns also line up in a terminal. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const rows = [HEADINGS, ...outcomes.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(HEADINGS), rule, ...rows.slice(1).map(line)].join('\n');
}

function cells(outcome: Outcome): string[] {
  const { load, failure } = outcome;
  return [
    load.name,
    load.unit,
    load.beside,
    medianCell(costsOf(outcome, load.beside)),
    medianCell(costsOf(outcome, 'tare')),
    ratioCell(ratiosOf(outcome)),
    'ratio' in load.aim ? `${load.aim.ratio} x` : `${load.aim.cost} ${load.unit}`,
    failure === undefined ? metCell(isMet(outcome)) : 'failed',
    rateCell(outcome, load.beside),
    rateCell(outcome, 'tare'),
  ];
}

function medianCell(costs: readonly number[]): string {
  const spread = spreadOf(costs);
  return spread ? rounded(spread.median) : NOTHING;
}

function ratioCell(ratios: readonly number[]): string {
  const spread = spreadOf(ratios);
  if (!spread) return NOTHING;
  return `${spread.median.toFixed(2)} (${spread.least.toFixed(2)}..${spread.most.toFixed(2)})`;
}

function metCell(met: boolean | undefined): string {
  if (met === undefined) return NOTHING;
  return met ? 'yes' : 'no';
}

function rateCell({ samples }: Outcome, name: SubjectName): string {
  const spread = spreadOf((samples.get(name) ?? []).flatMap(({ rate }) => rate ?? []));
  return spread ? Math.round(spread.median).toLocaleString('en') : NOTHING;
}

function rounded(cost: number): string {
  return cost.toFixed(cost < 10 ? 3 : cost < 100 ? 1 : 0);
}
