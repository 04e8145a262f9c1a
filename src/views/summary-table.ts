import { gross, overheadRatio } from '../session/ledger.ts';
import type { Session } from '../session/session.ts';
import { protocolTotals, sumOfTotals, type Totals } from '../session/totals.ts';
import { byteCount, percentage } from './byte-count.ts';
import { piece, type StyledLine, type Tone } from './styled-line.ts';

/** A column: its title, what it shows of a row, and the colour of its class. */
interface Column {
  readonly title: string;
  readonly tone: Tone;
  readonly show: (totals: Totals) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'conns', tone: 'plain', show: ({ connections }) => String(connections) },
  { title: 'exch', tone: 'plain', show: ({ exchanges }) => String(exchanges) },
  { title: 'msgs', tone: 'plain', show: ({ messages }) => String(messages) },
  { title: 'gross', tone: 'strong', show: ({ weight }) => byteCount(gross(weight)) },
  { title: 'head', tone: 'head', show: ({ weight }) => byteCount(weight.head) },
  { title: 'framing', tone: 'head', show: ({ weight }) => byteCount(weight.framing) },
  { title: 'control', tone: 'head', show: ({ weight }) => byteCount(weight.control) },
  { title: 'tls', tone: 'dim', show: ({ weight }) => byteCount(weight.tls) },
  { title: 'payload', tone: 'payload', show: ({ weight }) => byteCount(weight.payload) },
  { title: 'undecoded', tone: 'fault', show: ({ weight }) => byteCount(weight.undecoded) },
  { title: 'overhead', tone: 'strong', show: ({ weight }) => percentage(overheadRatio(weight)) },
];

const NAMES: Readonly<Record<string, string>> = {
  http1: 'HTTP/1',
  http2: 'HTTP/2',
  websocket: 'WebSocket',
  sse: 'SSE',
  tcp: 'TCP',
  tls: 'TLS, unopened',
  unknown: '(nothing said)',
};

/** What the session came to: a row for each protocol and one for all. */
export function summaryTable(session: Session): StyledLine[] {
  const totals = protocolTotals(session);
  const rows = [...totals].map(([protocol, total]) => ({ name: NAMES[protocol] ?? protocol, total }));
  const all = [...rows, { name: 'all', total: sumOfTotals(totals) }];
  const nameColumns = Math.max(...all.map(({ name }) => name.length));
  const widths = COLUMNS.map(({ title, show }) =>
    Math.max(title.length, ...all.map(({ total }) => show(total).length)),
  );
  const title = COLUMNS.map((column, index) => piece(`  ${column.title.padStart(widths[index]!)}`, 'dim'));
  return [
    [piece(' '.repeat(nameColumns)), ...title],
    ...all.map(({ name, total }) => [
      piece(name.padEnd(nameColumns), 'strong'),
      ...COLUMNS.map(({ tone, show }, index) => summaryCell(show(total), widths[index]!, tone)),
    ]),
  ];
}

function summaryCell(text: string, width: number, tone: Tone) {
  return piece(`  ${text.padStart(width)}`, text === '0' ? 'dim' : tone);
}
