import type { Session } from '../session/session.ts';
import { changeLine } from '../views/lines.ts';
import { cutLine, type StyledLine } from '../views/styled-line.ts';

/** The lines view of a session, as it grows: styled, and cut to `columns`. */
export function styledLines(session: Session, columns: number): StyledLine[] {
  const lines: StyledLine[] = [];
  session.watch((change) => {
    const line = changeLine(session, change, columns);
    if (line) lines.push(cutLine(line, columns));
  });
  return lines;
}

export function textOf(line: StyledLine): string {
  return line.map(({ text }) => text).join('');
}
