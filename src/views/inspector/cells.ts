import { displayWidth } from '../display-width.ts';
import type { StyledLine } from '../styled-line.ts';
import { cellText } from './cell-text.ts';

/** What takes the first cell of a grapheme cluster that is two wide; the second is empty. */
export type PutCell = (column: number, text: string, piece: StyledLine[number]) => void;

const NARROW = /^[\x20-\x7e]*$/;
const segmenter = new Intl.Segmenter();

/**
 * Puts a line into cells, one terminal column each, up to `columns`, and returns the column behind it. A cluster that is
 * two wide takes a cell and leaves the next one empty; one that would stand half outside is left out.
 */
export function putCells(line: StyledLine, columns: number, put: PutCell): number {
  let column = 0;
  for (const piece of line) {
    const { text } = piece;
    if (NARROW.test(text)) {
      for (let index = 0; index < text.length && column < columns; index++)
        put(column++, text[index]!, piece);
    } else {
      column = putClusters(piece, column, columns, put);
    }
  }
  return column;
}

function putClusters(piece: StyledLine[number], from: number, columns: number, put: PutCell): number {
  let column = from;
  for (const { segment } of segmenter.segment(piece.text)) {
    const width = displayWidth(segment);
    if (column + width > columns) return column;
    if (width === 0) continue; // a mark that stands alone
    put(column, cellText(segment, column, width), piece);
    for (let next = 1; next < width; next++) put(column + next, '', piece);
    column += width;
  }
  return column;
}
