import type { Weight } from '../../../session/ledger.ts';
import { gross } from '../../../session/ledger.ts';
import type { ProtocolTotals } from '../../../session/totals.ts';
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

const NAMES: Readonly<Record<string, string>> = {
  http1: 'HTTP/1',
  http2: 'HTTP/2',
  websocket: 'WebSocket',
  sse: 'SSE',
  tcp: 'TCP',
  tls: 'TLS',
};

/** What of all belongs to which protocol, a bar each, of its classes. */
export function protocolBars(totals: ProtocolTotals, columns: number): StyledLine[] {
  const sums = [...totals].map(([name, { weight }]) => ({ name, weight, all: gross(weight) }));
  const all = sums.reduce((sum, one) => sum + one.all, 0);
  const room = Math.max(4, columns - NAME_COLUMNS - NUMBER_COLUMNS);
  return sums
    .sort((one, other) => other.all - one.all)
    .map(({ name, weight, all: own }) => [
      piece((NAMES[name] ?? name).padEnd(NAME_COLUMNS)),
      piece(byteCount(own).padStart(5)),
      piece(percentage(all === 0 ? undefined : own / all).padStart(5), 'dim'),
      piece('  '),
      ...classBar(weight, all, room),
    ]);
}

function classBar(weight: Readonly<Weight>, all: number, room: number): StyledLine {
  let bytes = 0;
  let drawn = 0;
  return CLASSES.map(({ name, sign }) => {
    bytes += weight[name];
    const end = all === 0 ? 0 : Math.round((bytes / all) * room);
    const length = end - drawn;
    drawn = end;
    return piece(sign.repeat(length), name);
  });
}
