import { markdownTable } from '../markdown-table.ts';
import { megabytes } from '../verdict.ts';
import { quarter, rate, type Stretch, strandsOf } from './sample.ts';
import type { Strand } from './strand.ts';

/** One moment of a run as a line. `samples` are those so far. */
export function progressLine(samples: Stretch, connections: number): string {
  const { at, rss, descriptors } = samples.at(-1)!;
  const recent = samples.slice(-2);
  const rates = strandsOf(recent).map((strand) => `${strand} ${perSecond(rate(recent, strand))}`);
  return `${clock(at)}  ${megabytes(rss)}, ${descriptors} descriptors, ${connections} clients | ${rates.join(', ')} /s`;
}

/** What arrived of each kind, and how fast: in the second quarter and in the last. */
export function strandTable(strands: readonly Strand[], samples: Stretch): string {
  const [second, last] = [quarter(samples, 'second'), quarter(samples, 'last')];
  const rows = strands.map(({ name, unit, clients }) => {
    const [before, after] = [rate(second, name), rate(last, name)];
    const total = samples.at(-1)!.units.get(name)!.toLocaleString('en');
    return [
      name,
      String(clients),
      `${total} ${unit}`,
      perSecond(before),
      perSecond(after),
      before === 0 ? '-' : (after / before).toFixed(2),
    ];
  });
  return markdownTable(['kind', 'at once', 'in all', '2nd quarter/s', 'last quarter/s', 'ratio'], rows);
}

function perSecond(units: number): string {
  return units.toLocaleString('en', { maximumFractionDigits: units < 10 ? 1 : 0 });
}

function clock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
