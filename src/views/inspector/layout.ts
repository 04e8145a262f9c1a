import type { StyledLine } from '../styled-line.ts';
import { piece } from '../styled-line.ts';
import type { Area } from './pane.ts';
import { inColumns } from './title-line.ts';

/** The panes of the main screen. */
export type PaneName = 'exchanges' | 'messages' | 'detail';

/** Where a pane stands; rows and columns count from 0. */
export interface Place extends Area {
  readonly pane: PaneName;
  readonly row: number;
  readonly column: number;
}

/** From here on messages and detail stand side by side. */
const WIDE = 100;

/** Fewer rows show one pane at a time. */
const TALL = 28;

/** The exchanges have this share of the rows at most, and as few as they need; fewer than that many never. */
const UPPER_SHARE = 0.42;
const FEWEST_UPPER = 6;

/** Where the panes stand on a screen that has one of them in focus, where the exchanges would need `wanted` rows. */
export function placesOf({ columns, rows }: Area, focus: PaneName, wanted: number): Place[] {
  if (rows < TALL && columns < WIDE) return [{ pane: focus, row: 0, column: 0, columns, rows }];
  const upper = Math.max(FEWEST_UPPER, Math.min(Math.floor(rows * UPPER_SHARE), wanted));
  const lower = { row: upper, rows: rows - upper };
  const top: Place = { pane: 'exchanges', row: 0, column: 0, columns, rows: upper };
  if (columns < WIDE) {
    const pane = focus === 'detail' ? 'detail' : 'messages';
    return [top, { pane, column: 0, columns, ...lower }];
  }
  const left = Math.floor(columns * 0.52);
  return [
    top,
    { pane: 'messages', column: 0, columns: left, ...lower },
    { pane: 'detail', column: left + 1, columns: columns - left - 1, ...lower },
  ];
}

/** Lines side by side, with a border between them. */
export function beside(
  left: readonly StyledLine[],
  right: readonly StyledLine[],
  { leftColumns, rows }: { readonly leftColumns: number; readonly rows: number },
): StyledLine[] {
  return Array.from({ length: rows }, (_, row) => [
    ...inColumns(left[row] ?? [], leftColumns),
    piece(row === 0 ? '┬' : '│', 'dim'),
    ...(right[row] ?? []),
  ]);
}
