import stringWidth from 'string-width';

// Yargs loads string-width at every start (of the command line's views it is the smallest part), so it costs nothing more.

/**
 * What takes a column each, whatever stands beside it: ASCII, and the signs that our own lines are drawn with, of which a screen
 * is full (to measure it took a fifth of a frame).
 */
const NARROW = /^[\x20-\x7e…↑↓─-▟▲▼●⠀-⣿]*$/;

/** Of a terminal's grapheme clusters, which are never cut. */
const segmenter = new Intl.Segmenter();

/** UTF-16 units looked at for each column: a letter may carry many marks, and a whole page of them is not measured. */
const UNITS_A_COLUMN = 8;

/** Terminal columns: East Asian wide characters and emoji take two, combining marks none. */
export function displayWidth(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text);
}

/** The longest beginning of `text` that is at most `columns` wide. */
export function beginning(text: string, columns: number): string {
  if (columns <= 0) return '';
  const looked = text.slice(0, columns * UNITS_A_COLUMN);
  if (NARROW.test(looked)) return looked.slice(0, columns);
  let width = 0;
  for (const { segment, index } of segmenter.segment(looked)) {
    width += displayWidth(segment);
    if (width > columns) return looked.slice(0, index);
  }
  return looked;
}

/** The longest end of `text` that is at most `columns` wide. */
function ending(text: string, columns: number): string {
  if (columns <= 0) return '';
  const looked = text.slice(-columns * UNITS_A_COLUMN);
  if (NARROW.test(looked)) return looked.slice(-columns);
  const segments = Array.from(segmenter.segment(looked)).reverse();
  let width = 0;
  for (const { segment, index } of segments) {
    width += displayWidth(segment);
    if (width > columns) return looked.slice(index + segment.length);
  }
  return looked;
}

/** `text` in at most `columns`; what does not fit is cut in the middle, as the end of a path tells most. */
export function withoutMiddle(text: string, columns: number): string {
  if (beginning(text, columns) === text) return text;
  const end = Math.floor(columns / 2);
  return `${beginning(text, columns - end - 1)}…${ending(text, end)}`;
}

/** `text` in exactly `columns`, on the left. */
export function fitted(text: string, columns: number): string {
  const cut = withoutMiddle(text, columns);
  return cut + ' '.repeat(Math.max(0, columns - displayWidth(cut)));
}
