import { piece, type StyledLine } from '../styled-line.ts';
import type { Key } from './key.ts';
import type { Area } from './pane.ts';
import { inColumns, onGround, titleLine } from './title-line.ts';

/** One of several things to choose by a key. */
export interface Choice {
  readonly key: string;
  readonly does: string;
  readonly tells: string;
}

/** Things to choose from, a key each. */
export class Menu {
  readonly #title: string;
  readonly #choices: readonly Choice[];

  constructor(title: string, choices: readonly Choice[]) {
    this.#title = title;
    this.#choices = choices;
  }

  /** The key that was chosen; undefined for those that choose nothing. */
  press({ name }: Key): string | undefined {
    return this.#choices.some(({ key }) => key === name) ? name : undefined;
  }

  draw({ columns, rows }: Area): readonly StyledLine[] {
    const width = Math.max(...this.#choices.map(({ does }) => does.length));
    const lines = this.#choices.map(({ key, does, tells }) => [
      piece(` ${key} `, 'strong'),
      piece(`${does.padEnd(width)}  `),
      piece(tells, 'dim'),
    ]);
    const title = titleLine([this.#title], columns, true, 'any other key: nothing');
    return [title, ...lines.slice(0, Math.max(0, rows - 1)).map((line) => inColumns(line, columns))];
  }
}

/** A question that only `y` says yes to. */
export class Question {
  readonly #words: string;

  constructor(words: string) {
    this.#words = words;
  }

  isYes({ name }: Key): boolean {
    return name === 'y';
  }

  draw({ columns }: Area): readonly StyledLine[] {
    const line = [
      piece(` ${this.#words} `, 'strong'),
      piece('y', 'fault'),
      piece(' yes, any other key no', 'dim'),
    ];
    return [onGround(inColumns(line, columns), 'bar')];
  }
}
