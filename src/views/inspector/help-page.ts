import { fitted } from '../display-width.ts';
import { piece, type StyledLine, type Tone } from '../styled-line.ts';
import { wrapped } from './detail/wrapped.ts';
import type { KeyHint } from './key.ts';
import type { VirtualLines } from './pane.ts';
import { inColumns } from './title-line.ts';

/** Keys that belong together. */
export interface KeyGroup {
  readonly title: string;
  readonly hints: readonly KeyHint[];
}

/** From here on the groups stand in two columns. */
const WIDE = 150;
const KEY_COLUMNS = 7;

/** All keys in full, then what the colours and signs mean. */
export function helpPage(groups: readonly KeyGroup[], columns: number): VirtualLines {
  const width = columns >= WIDE ? Math.floor(columns / 2) : columns;
  const blocks = [...groups.map((group) => groupLines(group, width)), LEGEND];
  const lines = columns >= WIDE ? inTwo(blocks, width) : blocks.flat();
  return { length: lines.length, line: (index) => lines[index] ?? [] };
}

function groupLines({ title, hints }: KeyGroup, columns: number): StyledLine[] {
  return [
    [piece(` ${title}`, 'strong')],
    ...hints.flatMap(({ key, tells }) => {
      const line = [piece(`   ${fitted(key, KEY_COLUMNS)} `, 'number'), piece(tells)];
      return wrapped(line, columns, KEY_COLUMNS + 4);
    }),
    [],
  ];
}

/** Blocks beside each other: the left column ends where half of all lines are. */
function inTwo(blocks: readonly StyledLine[][], columns: number): StyledLine[] {
  const half = blocks.flat().length / 2;
  const left: StyledLine[] = [];
  const right: StyledLine[] = [];
  for (const block of blocks) (left.length < half ? left : right).push(...block);
  return Array.from({ length: Math.max(left.length, right.length) }, (_, row) => [
    ...inColumns(left[row] ?? [], columns),
    ...(right[row] ?? []),
  ]);
}

const SIGNS: readonly (readonly [sign: string, tone: Tone, tells: string])[] = [
  ['█', 'payload', 'payload: what the application sent, as carried'],
  ['▒', 'head', 'head: start lines and fields'],
  ['▓', 'framing', 'framing: frame headers, chunk sizes, field names of event streams'],
  ['░', 'control', 'control: pings, pongs, closes, comments'],
  ['░', 'tls', 'TLS: handshakes and records'],
  ['□', 'undecoded', 'undecoded: bytes that nobody here understood'],
  ['▲', 'client', 'from the client'],
  ['▼', 'server', 'from the server'],
  ['♥', 'plain', 'the interval of pings'],
  ['!', 'fault', 'a fault: a rule that a peer broke, and where it is written'],
];

const LEGEND: StyledLine[] = [
  [piece(' Colours and signs', 'strong')],
  ...SIGNS.map(([sign, tone, tells]) => [piece(`   ${sign}`, tone), piece(`       ${tells}`)]),
  [],
  [
    piece(
      '   gross = overhead (head, framing, control, TLS) + payload + undecoded; the ratio is overhead to what was understood',
      'dim',
    ),
  ],
];
