import { markdownTable } from './markdown-table.ts';
import { costsOf, isMet, type Outcome, ratiosOf } from './outcome.ts';
import { spreadOf } from './spread.ts';
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

/** The outcomes as a Markdown table. */
export function tableOf(outcomes: readonly Outcome[]): string {
  return markdownTable(HEADINGS, outcomes.map(cells));
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
