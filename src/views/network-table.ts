import type { NetworkTotals } from '../session/network-totals.ts';
import type { SessionSums } from '../session/session-sums.ts';
import { byteCount } from './byte-count.ts';
import { piece, type StyledLine } from './styled-line.ts';

const SIDES = ['client', 'server'] as const;

/** Title, and what it shows of one side. */
const COLUMNS = [
  ['packets', 'packets', String],
  ['headers', 'headers', byteCount],
  ['sent again', 'retransmitted', byteCount],
  ['missing', 'missing', byteCount],
] as const;

const NAME_COLUMNS = 14;

/** What the connections took of TCP and IP, by who sent it; nothing where no packet capture tells it. */
export function networkTable(session: SessionSums): StyledLine[] {
  const network = session.network();
  if (!network) return [];
  const titles = COLUMNS.map(([title]) => piece(`  ${title.padStart(7)}`, 'dim'));
  return [
    [piece('TCP/IP, exact'.padEnd(NAME_COLUMNS), 'strong'), ...titles],
    ...SIDES.map((side) => [
      piece(`  ${side}`.padEnd(NAME_COLUMNS), side),
      ...COLUMNS.map(([title, sum, show]) =>
        piece(`  ${show(network[sum][side]).padStart(Math.max(7, title.length))}`),
      ),
    ]),
    [piece(scopeWords(network), 'dim')],
  ];
}

function scopeWords({ connections, roundTrip }: NetworkTotals): string {
  const of = `of ${connections} connection${connections === 1 ? '' : 's'} that closed`;
  if (!roundTrip) return `  ${of}`;
  return `  ${of}; handshakes took ${Number(roundTrip.median.toPrecision(3))} ms there and back (median of ${roundTrip.count})`;
}
