import { gross, overheadRatio, type Weight } from '../../session/ledger.ts';
import { byteCount, percentage } from '../byte-count.ts';
import { harmless } from '../harmless.ts';
import { piece, type StyledLine } from '../styled-line.ts';
import type { Controls } from './controls.ts';
import type { Sums } from './paced-sums.ts';
import { inColumns, onGround, widthOf } from './title-line.ts';

/** What the top line tells besides the session. */
export interface Status {
  readonly controls: Controls;
  readonly isPaused: boolean;
  /** A sparkline of the traffic of late, and bytes a second now; empty for files. */
  readonly rate: string;
}

/** The top line: where, what is open, what it all came to, how much passes now. What there is no room for is left out. */
export function statusLine({ weight, open }: Sums, status: Status, columns: number): StyledLine {
  const left = [piece(' tare ', 'strong'), ...where(status)];
  const rate = piece(status.rate === '' ? ' ' : `  ${status.rate} `);
  const parts = fitting(
    [
      [left, openOnes(open), [...totals(weight), rate]],
      [left, totals(weight)],
      [left, ratio(weight)],
    ],
    columns,
  );
  const room = Math.max(0, columns - parts.reduce((sum, part) => sum + widthOf(part), 0));
  const gap = piece(' '.repeat(room));
  const line = [...parts.slice(0, -1).flat(), gap, ...parts.at(-1)!];
  return onGround(inColumns(line, columns), 'bar');
}

/** The first that fits; the last of them where none does. */
function fitting(choices: readonly (readonly StyledLine[])[], columns: number): readonly StyledLine[] {
  const fits = (parts: readonly StyledLine[]) =>
    parts.reduce((sum, part) => sum + widthOf(part), 0) <= columns;
  return choices.find(fits) ?? choices.at(-1)!;
}

function where({ controls, isPaused }: Status): StyledLine {
  const recording = controls.recording?.state();
  const reading = controls.reading?.();
  return [
    piece(` ${harmless(controls.title)} `),
    ...(recording === undefined
      ? []
      : [piece('● ', 'fault'), piece(`${harmless(recording.file)} ${byteCount(recording.bytes)} `)]),
    ...(recording?.problem === undefined ? [] : [piece(`${harmless(recording.problem)} `, 'fault')]),
    ...(reading === undefined ? [] : [piece('reading ', 'dim')]),
    ...(isPaused ? [piece('paused ', 'fault')] : []),
  ];
}

const SHORT: Readonly<Record<string, string>> = { websocket: 'ws', http1: 'h1', http2: 'h2' };

function openOnes(open: Sums['open']): StyledLine {
  let count = 0;
  for (const number of open.values()) count += number;
  const words = Array.from(open, ([protocol, number]) => `${number} ${SHORT[protocol] ?? protocol}`).join(
    '  ',
  );
  return count === 0 ? [] : [piece(`  ${count} open  `), piece(`${words} `, 'dim')];
}

function totals(weight: Weight): StyledLine {
  return [
    piece('  gross ', 'dim'),
    piece(byteCount(gross(weight))),
    piece('  payload ', 'dim'),
    piece(byteCount(weight.payload), 'payload'),
    ...ratio(weight),
  ];
}

function ratio(weight: Weight): StyledLine {
  return [piece('  overhead ', 'dim'), piece(`${percentage(overheadRatio(weight))} `)];
}
