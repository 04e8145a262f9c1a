import { displayWidth } from '../display-width.ts';
import { piece, type StyledLine } from '../styled-line.ts';
import type { Key } from './key.ts';
import { LineEditor } from './line-editor.ts';
import type { Area } from './pane.ts';
import { inColumns, onGround } from './title-line.ts';

/** What could stand at the caret. */
export interface Completions {
  /** Where in the text that begins which would be replaced. */
  readonly from: number;
  readonly choices: readonly { readonly text: string; readonly tells: string }[];
}

/** What is wrong with a text, and where. */
interface TextProblem {
  readonly problem: string;
  readonly at: number;
  readonly length: number;
}

export interface PromptOptions {
  readonly label: string;
  readonly text?: string;
  readonly complete?: (text: string, caret: number) => Completions;
  readonly problem?: (text: string) => TextProblem | undefined;
  /** Texts of before, the newest first. */
  readonly history?: readonly string[];
}

/** Choices that are shown above the line. */
const MAX_CHOICES = 8;

/** A line to type, with choices to complete it and a word on what is wrong with it above. */
export class Prompt {
  readonly #options: PromptOptions;
  readonly #editor: LineEditor;
  /** The choice that tab put there last, and what the choices were. */
  #offered: Completions | undefined;
  #chosen = -1;
  #inHistory = -1;

  constructor(options: PromptOptions) {
    this.#options = options;
    this.#editor = new LineEditor(options.text ?? '');
  }

  get text(): string {
    return this.#editor.text;
  }

  /** The column of the caret on the last line that was drawn. */
  get caretColumn(): number {
    return displayWidth(this.#options.label) + 1 + this.#editor.caretColumn;
  }

  /** What the key came to. */
  press(key: Key): 'typing' | 'done' | 'left' {
    switch (key.name) {
      case 'enter':
        return 'done';
      case 'escape':
        return 'left';
      case 'tab':
        this.#complete(1);
        break;
      case 'S-tab':
        this.#complete(-1);
        break;
      case 'up':
        this.#recall(1);
        break;
      case 'down':
        this.#recall(-1);
        break;
      default:
        this.#editor.press(key);
        this.#offered = undefined;
        this.#chosen = -1;
    }
    return 'typing';
  }

  draw({ columns, rows }: Area): readonly StyledLine[] {
    const above = [...this.#choiceLines(), ...this.#problemLine()].slice(0, Math.max(0, rows - 1));
    const line = [piece(` ${this.#options.label}`, 'strong'), ...this.#textPieces(columns)];
    return [...above.map((shown) => inColumns(shown, columns)), onGround(inColumns(line, columns), 'bar')];
  }

  #complete(step: number): void {
    const { complete } = this.#options;
    if (!complete) return;
    this.#offered ??= complete(this.#editor.text, this.#editor.caret);
    const { choices, from } = this.#offered;
    if (choices.length === 0) return;
    this.#chosen = (this.#chosen + step + choices.length) % choices.length;
    this.#editor.replace(from, choices[this.#chosen]!.text);
    if (choices.length === 1) {
      this.#offered = undefined;
      this.#chosen = -1;
    }
  }

  #recall(step: number): void {
    const { history = [] } = this.#options;
    const wanted = Math.max(-1, Math.min(history.length - 1, this.#inHistory + step));
    if (wanted === this.#inHistory) return;
    this.#inHistory = wanted;
    this.#editor.set(wanted < 0 ? '' : history[wanted]!);
  }

  #choiceLines(): StyledLine[] {
    const offered = this.#offered ?? this.#options.complete?.(this.#editor.text, this.#editor.caret);
    if (!offered) return [];
    const first = Math.max(0, this.#chosen - MAX_CHOICES + 1);
    const shown = offered.choices.slice(first, first + MAX_CHOICES);
    const width = Math.max(0, ...shown.map(({ text }) => displayWidth(text)));
    return shown.map(({ text, tells }, index) => {
      const line = [
        piece(`   ${text}${' '.repeat(width - displayWidth(text))}  `, 'name'),
        piece(tells, 'dim'),
      ];
      return first + index === this.#chosen ? onGround(line, 'cursor') : line;
    });
  }

  #problemLine(): StyledLine[] {
    const found = this.#options.problem?.(this.#editor.text);
    if (!found || this.#editor.text === '') return [];
    const column = this.#editor.columnOf(found.at);
    const before = ' '.repeat(displayWidth(this.#options.label) + 1 + Math.max(0, column));
    return [[piece(before), piece(`${'^'.repeat(Math.max(1, found.length))} ${found.problem}`, 'fault')]];
  }

  /** The text, what is wrong in it marked. */
  #textPieces(columns: number): StyledLine {
    const { text, from } = this.#editor.visible(columns - displayWidth(this.#options.label) - 2);
    const found = this.#options.problem?.(this.#editor.text);
    if (!found) return [piece(text)];
    const start = Math.max(0, Math.min(text.length, found.at - from));
    const end = Math.max(start, Math.min(text.length, found.at + Math.max(1, found.length) - from));
    return [piece(text.slice(0, start)), piece(text.slice(start, end), 'fault'), piece(text.slice(end))];
  }
}
