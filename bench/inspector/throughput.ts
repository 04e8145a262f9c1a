import { http } from '../loads/http.ts';
import type { Load } from '../loads/load.ts';
import { sseFlood } from '../loads/sse-flood.ts';
import { wsEcho } from '../loads/ws-echo.ts';
import { wsFloodFromClient, wsFloodFromServer } from '../loads/ws-flood.ts';
import { markdownTable } from '../markdown-table.ts';
import { measured } from '../measuring.ts';
import { costsOf, type Outcome } from '../outcome.ts';
import { type Spread, spreadOf } from '../spread.ts';
import type { Site, SubjectName } from '../subjects/command.ts';

const LOADS: readonly Load[] = [wsFloodFromServer, wsFloodFromClient, wsEcho, sseFlood, http];
const HEADINGS = [
  'load',
  'unit',
  'headless',
  'inspector',
  'CPU ratio (min..max)',
  'pace ratio (min..max)',
  'met',
];
const SUBJECTS = ['tare', 'inspector'] as const;

/** With the inspector open tare does at least so much of what it does without. */
const AIM = 0.85;

/**
 * The pace and CPU time of tare with the inspector on a terminal beside tare without, as a Markdown table. Each round has
 * processes of its own. The pace counts; where origin and client keep the machine busy it is the CPU time that tells more: a proxy
 * on a core of its own that takes 1/0.85 of the time a message does 0.85 of the messages.
 */
export async function throughputTable(site: Site, rounds: number): Promise<string> {
  const rows: string[][] = [];
  for (const load of LOADS) {
    console.error(`inspector ${load.name} ...`);
    rows.push(await row(load, site, rounds));
  }
  return markdownTable(HEADINGS, rows);
}

async function row(load: Load, site: Site, rounds: number): Promise<string[]> {
  const outcomes: Outcome[] = [];
  for (let round = 0; round < rounds; round++) {
    const outcome = await measured(load, round % 2 === 0 ? SUBJECTS : SUBJECTS.toReversed(), 1, site);
    if (outcome.failure !== undefined) throw new Error(outcome.failure);
    outcomes.push(outcome);
  }
  const costs = (name: SubjectName) => outcomes.flatMap((outcome) => costsOf(outcome, name));
  const cost = ratios(costs('inspector'), costs('tare'));
  const pace = ratios(rates(outcomes, 'inspector'), rates(outcomes, 'tare'));
  return [
    load.name,
    load.unit,
    spreadOf(costs('tare'))!.median.toFixed(2),
    spreadOf(costs('inspector'))!.median.toFixed(2),
    ratioCell(cost),
    ratioCell(pace),
    Math.max(pace.median, 1 / cost.median) >= AIM ? 'yes' : 'no',
  ];
}

function rates(outcomes: readonly Outcome[], name: SubjectName): number[] {
  return outcomes.flatMap(({ samples }) => samples.get(name)!.flatMap(({ rate }) => rate ?? []));
}

function ratios(ours: readonly number[], others: readonly number[]): Spread {
  return spreadOf(ours.map((one, round) => one / others[round]!))!;
}

function ratioCell({ median, least, most }: Spread): string {
  return `${median.toFixed(2)} (${least.toFixed(2)}..${most.toFixed(2)})`;
}
