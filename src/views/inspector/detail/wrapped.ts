import { beginning, displayWidth } from '../../display-width.ts';
import type { Piece, StyledLine } from '../../styled-line.ts';

/** A line as so many lines of at most `columns`, cut where it is full; those behind the first begin with `indent` columns. */
export function wrapped(line: StyledLine, columns: number, indent = 0): StyledLine[] {
  const lines: Piece[][] = [[]];
  let room = columns;
  for (const part of line) {
    let { text } = part;
    while (text !== '') {
      const fits = beginning(text, room);
      if (fits === '') {
        const margin = Math.min(indent, Math.max(0, columns - 8));
        lines.push(margin > 0 ? [{ text: ' '.repeat(margin), tone: 'plain' }] : []);
        room = columns - margin;
        if (beginning(text, room) === '') return lines; // not even one character
        continue;
      }
      lines.at(-1)!.push({ ...part, text: fits });
      room -= displayWidth(fits);
      text = text.slice(fits.length);
    }
  }
  return lines;
}
