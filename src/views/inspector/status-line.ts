import { gross, overheadRatio, type Weight } from '../../session/ledger.ts';
import type { Session } from '../../session/session.ts';
import { sumOfTotals } from '../../session/totals.ts';
import { byteCount, percentage } from '../byte-count.ts';
import { harmless } from '../harmless.ts';
import { piece, type StyledLine } from '../styled-line.ts';
import type { Controls } from './controls.ts';
import { inColumns, onGround, widthOf } from './title-line.ts';

/** What the top line tells besides the session. */
export interface Status {
  readonly controls: Controls;
  readonly isPaused: boolean;
  /** A sparkline of the traffic of late, and bytes a second now; empty for files. */
  readonly rate: string;
}

/** The top line: where, what is open, what it all came to, how much passes now. What there is no room for is left out. */
export function statusLine(session: Session, status: Status, columns: number): StyledLine {
  const left = [piece(' tare ', 'strong'), ...where(status)];
  const { weight } = sumOfTotals(session.totals());
  const rate = piece(status.rate === '' ? ' ' : `  ${status.rate} `);
  const parts = fitting(
    [
      [left, openOnes(session), [...totals(weight), rate]],
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

function openOnes(session: Session): StyledLine {
  const open = new Map<string, number>();
  let count = 0;
  for (const { protocol } of session.exchanges.open()) {
    count++;
    if (count > MOST_COUNTED) return [piece(`  over ${MOST_COUNTED} open `, 'dim')];
    const name = SHORT[protocol] ?? protocol;
    open.set(name, (open.get(name) ?? 0) + 1);
  }
  const words = Array.from(open, ([name, number]) => `${number} ${name}`).join('  ');
  return count === 0 ? [] : [piece(`  ${count} open  `), piece(`${words} `, 'dim')];
}

/** Each frame counts them anew. */
const MOST_COUNTED = 20_000;

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
