import { http } from '../loads/http.ts';
import type { Load } from '../loads/load.ts';
import { sseFlood } from '../loads/sse-flood.ts';
import { wsEcho } from '../loads/ws-echo.ts';
import { wsFloodFromClient, wsFloodFromServer } from '../loads/ws-flood.ts';
import { markdownTable } from '../markdown-table.ts';
import { measured } from '../measuring.ts';
import { costsOf } from '../outcome.ts';
import { type Spread, spreadOf } from '../spread.ts';
import type { Site } from '../subjects/command.ts';

const LOADS: readonly Load[] = [wsFloodFromServer, wsFloodFromClient, wsEcho, sseFlood, http];
const HEADINGS = ['load', 'unit', 'tare', 'recording', 'ratio (min..max)', 'aim', 'met'];
/** Recording costs at most 10 % more. */
const AIM = 1.1;

const SUBJECTS = ['tare', 'recording'] as const;

/**
 * The CPU time of tare with `--record` beside tare without, as a Markdown table. Each round has processes of its own, as two
 * that run the same code differ by up to 20 %. Throws where bytes were lost or changed.
 */
export async function recordingTable(site: Site, rounds: number): Promise<string> {
  const rows: string[][] = [];
  for (const load of LOADS) {
    console.error(`recording ${load.name} ...`);
    rows.push(await row(load, site, rounds));
  }
  return markdownTable(HEADINGS, rows);
}

async function row(load: Load, site: Site, rounds: number): Promise<string[]> {
  const costs = { tare: [] as number[], recording: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const outcome = await measured(load, round % 2 === 0 ? SUBJECTS : SUBJECTS.toReversed(), 1, site);
    if (outcome.failure !== undefined) throw new Error(outcome.failure);
    for (const name of SUBJECTS) costs[name].push(...costsOf(outcome, name));
  }
  const ratio = spreadOf(costs.recording.map((cost, round) => cost / costs.tare[round]!))!;
  return [
    load.name,
    load.unit,
    spreadOf(costs.tare)!.median.toFixed(2),
    spreadOf(costs.recording)!.median.toFixed(2),
    ratioCell(ratio),
    `${AIM} x`,
    ratio.median <= AIM ? 'yes' : 'no',
  ];
}

function ratioCell({ median, least, most }: Spread): string {
  return `${median.toFixed(2)} (${least.toFixed(2)}..${most.toFixed(2)})`;
}
