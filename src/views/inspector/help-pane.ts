import type { StyledLine } from '../styled-line.ts';
import { helpPage } from './help-page.ts';
import type { Key, KeyHint } from './key.ts';
import type { Area, Pane } from './pane.ts';
import { titleLine } from './title-line.ts';

/** All keys, colours and signs on a page that scrolls. */
export class HelpPane implements Pane {
  readonly hints: readonly KeyHint[] = [{ key: '↑↓', does: 'scroll', tells: 'Scroll through this page.' }];
  readonly #groups: Parameters<typeof helpPage>[0];
  #top = 0;

  constructor(groups: Parameters<typeof helpPage>[0]) {
    this.#groups = groups;
  }

  draw({ columns, rows }: Area): readonly StyledLine[] {
    const lines = helpPage(this.#groups, columns);
    const seen = Math.max(0, rows - 1);
    this.#top = Math.max(0, Math.min(this.#top, lines.length - seen));
    const shown = Array.from({ length: Math.min(seen, lines.length) }, (_, row) =>
      lines.line(this.#top + row),
    );
    return [titleLine(['Keys'], columns, true), ...shown];
  }

  press({ name }: Key): boolean {
    const rows = SCROLLS[name];
    if (rows !== undefined) this.wheel(rows);
    return rows !== undefined;
  }

  click(): void {}

  wheel(rows: number): void {
    this.#top = Math.max(0, this.#top + rows);
  }
}

const SCROLLS: Readonly<Record<string, number>> = {
  up: -1,
  k: -1,
  down: 1,
  j: 1,
  pageup: -20,
  pagedown: 20,
  space: 20,
  home: Number.NEGATIVE_INFINITY,
  g: Number.NEGATIVE_INFINITY,
  end: Number.POSITIVE_INFINITY,
  G: Number.POSITIVE_INFINITY,
};
