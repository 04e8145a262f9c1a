import type { ScreenCell } from './screen.ts';

/** What is there to be drawn. */
export interface DrawnScreen {
  readonly columns: number;
  readonly rows: number;
  cell(row: number, column: number): ScreenCell;
}

/** Pixels of a cell, and of what surrounds the screen. */
const WIDTH = 8.4;
const HEIGHT = 18;
const MARGIN = 10;

const PAPER = '#16181d';
const INK = '#d5d8dd';

/** The sixteen that each terminal has its own shades of. */
const SIXTEEN = [
  '#16181d',
  '#e05561',
  '#6fbf73',
  '#c9a350',
  '#5a8fd8',
  '#b57bd0',
  '#4db3bf',
  '#d5d8dd',
  '#7b828e',
  '#ff7b85',
  '#8fdc8f',
  '#e8c878',
  '#82b4ff',
  '#d29bea',
  '#78d6e0',
  '#ffffff',
];

/** Cells beside each other that look the same. */
interface Run {
  readonly row: number;
  readonly column: number;
  readonly columns: number;
  readonly text: string;
  readonly look: ScreenCell;
}

/** A terminal's screen as SVG, each run of cells at its place: a font's own widths move nothing. */
export function screenSvg(screen: DrawnScreen): string {
  const width = round(screen.columns * WIDTH + 2 * MARGIN);
  const height = screen.rows * HEIGHT + 2 * MARGIN;
  const runs = Array.from({ length: screen.rows }, (_, row) => runsOf(screen, row)).flat();
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" rx="6" fill="${PAPER}"/>`,
    '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="14">',
    ...runs.flatMap((run) => [...ground(run), ...words(run)]),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function runsOf(screen: DrawnScreen, row: number): Run[] {
  const runs: Run[] = [];
  for (let column = 0; column < screen.columns; column++) {
    const look = screen.cell(row, column);
    const text = look.width === 0 ? '' : look.text || ' ';
    const last = runs.at(-1);
    if (last && looksOf(last.look) === looksOf(look)) {
      runs[runs.length - 1] = { ...last, columns: last.columns + 1, text: last.text + text };
    } else runs.push({ row, column, columns: 1, text, look });
  }
  return runs;
}

function looksOf({ front, back, isBold, isInverse, isUnderlined }: ScreenCell): string {
  return [front, back, isBold, isInverse, isUnderlined].join();
}

function ground({ row, column, columns, look }: Run): string[] {
  const color = look.isInverse ? colorOf(look.front, INK) : colorOf(look.back, PAPER);
  if (color === PAPER) return [];
  const x = round(MARGIN + column * WIDTH);
  return [
    `<rect x="${x}" y="${MARGIN + row * HEIGHT}" width="${round(columns * WIDTH)}" height="${HEIGHT}" fill="${color}"/>`,
  ];
}

function words({ row, column, columns, text, look }: Run): string[] {
  if (text.trim() === '') return [];
  const color = look.isInverse ? colorOf(look.back, PAPER) : colorOf(look.front, INK);
  const attributes = [
    `x="${round(MARGIN + column * WIDTH)}"`,
    `y="${MARGIN + row * HEIGHT + 13}"`,
    `textLength="${round(columns * WIDTH)}"`,
    `fill="${color}"`,
    ...(look.isBold ? ['font-weight="bold"'] : []),
    ...(look.isUnderlined ? ['text-decoration="underline"'] : []),
  ];
  return [`<text xml:space="preserve" ${attributes.join(' ')}>${escaped(text)}</text>`];
}

/** Colours of the 256: sixteen, a cube of six shades, and grays. */
function colorOf(color: number | undefined, own: string): string {
  if (color === undefined) return own;
  if (color < 16) return SIXTEEN[color]!;
  if (color >= 232) return rgb([0, 0, 0].map(() => 8 + (color - 232) * 10));
  const place = color - 16;
  const shades = [Math.floor(place / 36), Math.floor(place / 6) % 6, place % 6];
  return rgb(shades.map((shade) => (shade === 0 ? 0 : 55 + shade * 40)));
}

function rgb(parts: readonly number[]): string {
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
