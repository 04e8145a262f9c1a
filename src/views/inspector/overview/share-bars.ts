import type { Weight } from '../../../session/ledger.ts';
import { gross } from '../../../session/ledger.ts';
import { byteCount, percentage } from '../../byte-count.ts';
import { piece, type StyledLine } from '../../styled-line.ts';

/** The classes of bytes in the order in which they are told, each with the sign of its bar. */
export const CLASSES = [
  { name: 'payload', sign: '█' },
  { name: 'head', sign: '▒' },
  { name: 'framing', sign: '▓' },
  { name: 'control', sign: '░' },
  { name: 'tls', sign: '░' },
  { name: 'undecoded', sign: '□' },
] as const;

const NAME_COLUMNS = 10;
const NUMBER_COLUMNS = 12;

/** What of a weight belongs to which class, a bar each. */
export function shareBars(weight: Readonly<Weight>, columns: number): StyledLine[] {
  const all = gross(weight);
  const room = Math.max(4, columns - NAME_COLUMNS - NUMBER_COLUMNS);
  return CLASSES.map(({ name, sign }) => {
    const share = all === 0 ? 0 : weight[name] / all;
    const length = share > 0 ? Math.max(1, Math.round(share * room)) : 0;
    return [
      piece(name.padEnd(NAME_COLUMNS), weight[name] > 0 ? name : 'dim'),
      piece(byteCount(weight[name]).padStart(5)),
      piece(percentage(all === 0 ? undefined : share).padStart(5), 'dim'),
      piece('  '),
      piece(sign.repeat(length), name),
    ];
  });
}
