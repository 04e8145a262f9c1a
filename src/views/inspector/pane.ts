import type { StyledLine } from '../styled-line.ts';
import type { Key, KeyHint } from './key.ts';

/** A rectangle of the screen, in columns and rows. */
export interface Area {
  readonly columns: number;
  readonly rows: number;
}

/** A part of the inspector's screen, below a title line of its own. It knows nothing of the terminal. */
export interface Pane {
  /** What its keys do now; the first ones are shown in the bottom line, all of them under `?`. */
  readonly hints: readonly KeyHint[];
  /** At most `area.rows` lines, the title first, each at most `area.columns` wide. Costs what is seen, not what there is. */
  draw(area: Area, isFocused: boolean): readonly StyledLine[];
  /** Whether the key meant something here. */
  press(key: Key): boolean;
  /** A click on a place of what was drawn last; row 0 is the title. */
  click(row: number, column: number): void;
  /** The wheel: rows down, or up where negative. */
  wheel(rows: number): void;
}

/** Lines of which those that are seen are made, no others. */
export interface VirtualLines {
  readonly length: number;
  line(index: number): StyledLine;
}
