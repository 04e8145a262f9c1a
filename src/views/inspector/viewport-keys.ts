import type { Key } from './key.ts';
import type { Viewport } from './viewport.ts';

/** Moves in a list by the keys that do so everywhere: arrows, those of vi, pages; false for other keys. */
export function moved(viewport: Viewport, { name }: Key): boolean {
  const move = MOVES[name];
  move?.(viewport);
  return move !== undefined;
}

const MOVES: Readonly<Record<string, (viewport: Viewport) => void>> = {
  up: (viewport) => viewport.move(-1),
  k: (viewport) => viewport.move(-1),
  down: (viewport) => viewport.move(1),
  j: (viewport) => viewport.move(1),
  pageup: (viewport) => viewport.page(-1),
  'C-b': (viewport) => viewport.page(-1),
  'C-u': (viewport) => viewport.page(-0.5),
  pagedown: (viewport) => viewport.page(1),
  'C-f': (viewport) => viewport.page(1),
  'C-d': (viewport) => viewport.page(0.5),
  home: (viewport) => viewport.home(),
  g: (viewport) => viewport.home(),
  end: (viewport) => viewport.end(),
  G: (viewport) => viewport.end(),
};
