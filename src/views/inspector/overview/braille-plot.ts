/** Dots of a braille character by column and by row from the bottom (Unicode 16, Braille Patterns). */
const DOTS: readonly (readonly number[])[] = [
  [0x40, 0x04, 0x02, 0x01],
  [0x80, 0x20, 0x10, 0x08],
];
const BLANK = 0x2800;

/** Dots of a character, across and up. */
const ACROSS = 2;
const UP = 4;

/**
 * Values as a filled plot of braille characters, the newest on the right: two values a character, `rows` lines from the top,
 * as high as `largest`.
 */
export function braillePlot(
  values: readonly number[],
  columns: number,
  rows: number,
  largest: number,
): string[] {
  const shown = values.slice(-columns * ACROSS);
  const blank = columns * ACROSS - shown.length;
  const heights = shown.map((value) => height(value, largest, rows * UP));
  return Array.from({ length: rows }, (_, row) => {
    const floor = (rows - 1 - row) * UP;
    const characters = Array.from({ length: columns }, (_, column) =>
      character([0, 1].map((dot) => (heights[column * ACROSS + dot - blank] ?? 0) - floor)),
    );
    return characters.join('');
  });
}

/** A value that is not nothing is one dot high at least. */
function height(value: number, largest: number, most: number): number {
  if (value <= 0 || largest <= 0) return 0;
  return Math.max(1, Math.min(most, Math.round((value / largest) * most)));
}

function character(heights: readonly number[]): string {
  let dots = BLANK;
  for (const [column, dotHeight] of heights.entries()) {
    for (let row = 0; row < Math.min(UP, dotHeight); row++) dots |= DOTS[column]![row]!;
  }
  return String.fromCharCode(dots);
}

const BLOCKS = '▁▂▃▄▅▆▇█';

/** Values as one line of blocks, as high as the largest of them; a space where nothing was. */
export function sparkline(values: readonly number[]): string {
  const largest = Math.max(0, ...values);
  return values
    .map((value) =>
      value <= 0 ? ' ' : BLOCKS[Math.min(BLOCKS.length - 1, Math.floor((value / largest) * BLOCKS.length))]!,
    )
    .join('');
}
