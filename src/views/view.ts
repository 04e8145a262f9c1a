import type { Session } from '../session/session.ts';
import { harmless } from './harmless.ts';
import { changeJson, jsonText, summaryJson } from './json-lines.ts';
import { LineWriter } from './line-writer.ts';
import { changeLine } from './lines.ts';
import { chalkPainter } from './paint-chalk.ts';
import { cutLine, piece, type StyledLine } from './styled-line.ts';
import { summaryTable } from './summary-table.ts';

export type ViewName = 'lines' | 'json' | 'none';

/** Something that shows a session while it runs, and what it came to at its end. */
export interface View {
  /** Resolves, with the reason, when its output can be written no more: mostly as nobody reads it. */
  readonly gone: Promise<Error>;
  /** Shows the summary; resolves once all is written. */
  finish(at: number): Promise<void>;
}

/** Starts to show `session` on `output`. */
export async function openView(name: ViewName, session: Session, output: NodeJS.WriteStream): Promise<View> {
  if (output.isTTY) neverBlock(output);
  return name === 'json' ? jsonView(session, output) : linesView(session, output, name === 'lines');
}

function jsonView(session: Session, output: NodeJS.WriteStream): View {
  let at: unknown;
  const writer = new LineWriter(output, (lines) => jsonText({ v: 1, type: 'left-out', at, lines }));
  session.watch((change) => {
    const line = changeJson(session, change);
    if (!line) return;
    at = line.at;
    writer.write(jsonText(line));
  });
  return {
    gone: writer.gone,
    finish: (now) => writer.finish([jsonText(summaryJson(session, now))]),
  };
}

async function linesView(
  session: Session,
  output: NodeJS.WriteStream,
  showsMessages: boolean,
): Promise<View> {
  const { default: chalk, Chalk } = await import('chalk');
  const paint = chalkPainter(output.isTTY && !process.env.NO_COLOR ? chalk : new Chalk({ level: 0 }));
  const writer = new LineWriter(output, (lines) =>
    paint([piece(`… ${lines} lines left out: this output is slower than the traffic`, 'fault')]),
  );
  const columns = () => (output.isTTY ? output.columns || TERMINAL_COLUMNS : PIPE_COLUMNS);
  if (showsMessages) {
    session.watch((change) => {
      const line = changeLine(session, change, columns());
      if (line) writer.write(paint(cutLine(line, columns())));
    });
  }
  return {
    gone: writer.gone,
    finish: () => writer.finish([...(showsMessages ? [''] : []), ...summary(session, columns()).map(paint)]),
  };
}

/** Of a terminal that does not know its width: some report 0. */
const TERMINAL_COLUMNS = 80;

/** Where nobody says how wide a line may be. */
const PIPE_COLUMNS = 200;

function summary(session: Session, columns: number): StyledLine[] {
  const table = summaryTable(session, columns);
  return session.faultCount > 0 ? [...table, [piece(faultCount(session), 'fault')]] : table;
}

function faultCount({ faultCount, faults }: Session): string {
  const first = faults[0];
  return `${faultCount} fault${faultCount === 1 ? '' : 's'}, the first: ${harmless(first?.detail ?? '')} (${first?.rule ?? ''})`;
}

/**
 * Node waits for a terminal at each write, and all traffic with it where somebody pressed ctrl-S. There is no public way
 * to have it not wait.
 */
function neverBlock(terminal: NodeJS.WriteStream): void {
  const { _handle: handle } = terminal as { _handle?: { setBlocking?(isBlocking: boolean): void } };
  handle?.setBlocking?.(false);
}
