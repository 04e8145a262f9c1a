import { displayWidth } from '../display-width.ts';
import { piece, type StyledLine } from '../styled-line.ts';
import type { KeyHint } from './key.ts';
import { inColumns, onGround } from './title-line.ts';

/** The bottom line: what the keys do here, as many as fit; the last of `always` are never left out. */
export function keyBar(hints: readonly KeyHint[], always: readonly KeyHint[], columns: number): StyledLine {
  const end = always.flatMap(hintPieces);
  let room = columns - 1 - widthOfHints(always);
  const shown = hints.filter(({ key, does }) => {
    room -= displayWidth(key) + displayWidth(does) + GAP;
    return room >= 0;
  });
  return onGround(inColumns([piece(' '), ...shown.flatMap(hintPieces), ...end], columns), 'bar');
}

/** A space between the key and what it does, and two behind. */
const GAP = 3;

function widthOfHints(hints: readonly KeyHint[]): number {
  return hints.reduce((sum, { key, does }) => sum + displayWidth(key) + displayWidth(does) + GAP, 0);
}

function hintPieces({ key, does }: KeyHint): StyledLine {
  return [piece(key, 'strong'), piece(` ${does}  `)];
}
