import { gross, overheadRatio } from '../session/ledger.ts';
import type { SessionSums } from '../session/session-sums.ts';
import { sumOfTotals, type Totals } from '../session/totals.ts';
import { byteCount, percentage } from './byte-count.ts';
import { piece, type StyledLine, type Tone } from './styled-line.ts';

/** A column: its title, a shorter one where there is little room, what it shows of a row, and the colour of its class. */
interface Column {
  readonly title: string;
  readonly short: string;
  readonly tone: Tone;
  readonly show: (totals: Totals) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'conns', short: 'conn', tone: 'plain', show: ({ connections }) => String(connections) },
  { title: 'exch', short: 'exch', tone: 'plain', show: ({ exchanges }) => String(exchanges) },
  { title: 'msgs', short: 'msgs', tone: 'plain', show: ({ messages }) => String(messages) },
  { title: 'gross', short: 'gross', tone: 'strong', show: ({ weight }) => byteCount(gross(weight)) },
  { title: 'head', short: 'head', tone: 'head', show: ({ weight }) => byteCount(weight.head) },
  { title: 'framing', short: 'frame', tone: 'framing', show: ({ weight }) => byteCount(weight.framing) },
  { title: 'control', short: 'ctrl', tone: 'control', show: ({ weight }) => byteCount(weight.control) },
  { title: 'tls', short: 'tls', tone: 'tls', show: tlsCount },
  { title: 'payload', short: 'payload', tone: 'payload', show: ({ weight }) => byteCount(weight.payload) },
  {
    title: 'undecoded',
    short: 'undec',
    tone: 'undecoded',
    show: ({ weight }) => byteCount(weight.undecoded),
  },
  {
    title: 'overhead',
    short: 'over',
    tone: 'strong',
    show: ({ weight }) => percentage(overheadRatio(weight)),
  },
];

/** What is known of it. */
function tlsCount({ weight: { tls }, tlsUnknown }: Totals): string {
  if (tlsUnknown === 0) return byteCount(tls);
  return tls === 0 ? 'unknown' : `${byteCount(tls)}+?`;
}

const NAMES: Readonly<Record<string, string>> = {
  http1: 'HTTP/1',
  http2: 'HTTP/2',
  websocket: 'WebSocket',
  sse: 'SSE',
  tcp: 'TCP',
  tls: 'TLS, unopened',
  unknown: '(unknown)',
};

interface Row {
  readonly name: string;
  readonly total: Totals;
}

/** A line where it is unknown what TLS took: no sum that it belongs to has it. */
export function tlsUnknownLines(session: SessionSums): StyledLine[] {
  const { tlsUnknown } = sumOfTotals(session.totals());
  if (tlsUnknown === 0) return [];
  const connections = tlsUnknown === 1 ? '1 connection' : `${tlsUnknown} connections`;
  const words = `what TLS took of ${connections} is unknown, and in no sum: the file does not tell`;
  return [[piece(words, 'tls')]];
}

/** What the session came to: a row for each protocol and one for all; narrower where it would not fit into `columns`. */
export function summaryTable(session: SessionSums, columns: number): StyledLine[] {
  const totals = session.totals();
  const rows = [
    ...[...totals].map(([protocol, total]) => ({ name: NAMES[protocol] ?? protocol, total })),
    { name: 'all', total: sumOfTotals(totals) },
  ];
  const wide = table(rows, 2, ({ title }) => title);
  const width = wide[0]!.reduce((sum, { text }) => sum + text.length, 0);
  return width <= columns ? wide : table(rows, 1, ({ short }) => short);
}

function table(rows: readonly Row[], gap: number, titleOf: (column: Column) => string): StyledLine[] {
  const nameColumns = Math.max(...rows.map(({ name }) => name.length));
  const widths = COLUMNS.map(
    (column) => gap + Math.max(titleOf(column).length, ...rows.map(({ total }) => column.show(total).length)),
  );
  const title = COLUMNS.map((column, index) => piece(titleOf(column).padStart(widths[index]!), 'dim'));
  return [
    [piece(' '.repeat(nameColumns)), ...title],
    ...rows.map(({ name, total }) => [
      piece(name.padEnd(nameColumns), 'strong'),
      ...COLUMNS.map(({ tone, show }, index) => cell(show(total), widths[index]!, tone)),
    ]),
  ];
}

function cell(text: string, width: number, tone: Tone) {
  return piece(text.padStart(width), text === '0' ? 'dim' : tone);
}
