import type { Session } from '../session/session.ts';
import { harmless } from './harmless.ts';
import { changeJson, summaryJson } from './json-lines.ts';
import { LineWriter } from './line-writer.ts';
import { changeLine } from './lines.ts';
import { chalkPainter } from './paint-chalk.ts';
import { piece, type StyledLine } from './styled-line.ts';
import { summaryTable } from './summary-table.ts';

export type ViewName = 'lines' | 'json' | 'none';

/** Something that shows a session while it runs, and what it came to at its end. */
export interface View {
  /** Shows the summary; resolves once all is written. */
  finish(at: number): Promise<void>;
}

/** Starts to show `session` on `output`. */
export async function openView(name: ViewName, session: Session, output: NodeJS.WriteStream): Promise<View> {
  return name === 'json' ? jsonView(session, output) : linesView(session, output, name === 'lines');
}

function jsonView(session: Session, output: NodeJS.WriteStream): View {
  const writer = new LineWriter(output, (lines) => JSON.stringify({ v: 1, type: 'left-out', lines }));
  session.watch((change) => {
    const line = changeJson(session, change);
    if (line) writer.write(JSON.stringify(line));
  });
  return {
    finish: async (at) => {
      writer.write(JSON.stringify(summaryJson(session, at)));
      await writer.flush();
    },
  };
}

async function linesView(
  session: Session,
  output: NodeJS.WriteStream,
  showsMessages: boolean,
): Promise<View> {
  const { default: chalk, Chalk } = await import('chalk');
  const paint = chalkPainter(
    output.isTTY && process.env.NO_COLOR === undefined ? chalk : new Chalk({ level: 0 }),
  );
  const writer = new LineWriter(output, (lines) =>
    paint([piece(`… ${lines} lines left out: this output is slower than the traffic`, 'fault')]),
  );
  const columns = () => (output.isTTY ? output.columns : PIPE_COLUMNS);
  if (showsMessages) {
    session.watch((change) => {
      const line = changeLine(session, change);
      if (line) writer.write(paint(cut(line, columns())));
    });
  }
  return {
    finish: async () => {
      writer.write('');
      for (const line of summaryTable(session)) writer.write(paint(line));
      if (session.faultCount > 0) writer.write(paint([piece(faultCount(session), 'fault')]));
      await writer.flush();
    },
  };
}

/** Where nobody says how wide a line may be. */
const PIPE_COLUMNS = 200;

function faultCount({ faultCount, faults }: Session): string {
  const first = faults[0];
  return `${faultCount} fault${faultCount === 1 ? '' : 's'}, the first: ${harmless(first?.detail ?? '')} (${first?.rule ?? ''})`;
}

/** The pieces that fit, the last of them cut. Faults are never cut: they tell what to do. */
function cut(line: StyledLine, columns: number): StyledLine {
  let room = columns;
  return line.flatMap((part) => {
    if (part.tone === 'fault') return part;
    const text = shortened(part.text, room);
    room -= displayWidth(text);
    return text === '' ? [] : { ...part, text };
  });
}

/** The beginning of `text` that is at most `columns` wide. */
function shortened(text: string, columns: number): string {
  if (text.length * 2 <= columns) return text;
  let width = 0;
  let end = 0;
  for (const character of text) {
    width += displayWidth(character);
    if (width > columns) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** Terminal columns: East Asian wide characters and emoji take two, combining marks none. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text)
    width += NARROW.test(character) ? 1 : ZERO.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

const NARROW = /[\x20-\x7e]/;
const ZERO = /\p{M}/u;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
