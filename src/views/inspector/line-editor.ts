import { displayWidth } from '../display-width.ts';
import { harmless } from '../harmless.ts';
import type { Key } from './key.ts';

const segmenter = new Intl.Segmenter();

/** A line that is typed, with the keys that readline has. The caret stands between grapheme clusters. */
export class LineEditor {
  #text: string;
  #caret: number;
  /** Where in the text that part begins which is seen. */
  #from = 0;

  constructor(text: string) {
    this.#text = text;
    this.#caret = text.length;
  }

  get text(): string {
    return this.#text;
  }

  get caret(): number {
    return this.#caret;
  }

  /** The caret's column in the part that is seen. */
  get caretColumn(): number {
    return displayWidth(this.#text.slice(this.#from, this.#caret));
  }

  columnOf(index: number): number {
    return displayWidth(this.#text.slice(this.#from, Math.max(this.#from, index)));
  }

  /** The part of the text around the caret that `columns` have room for. */
  visible(columns: number): { readonly text: string; readonly from: number } {
    if (this.#caret < this.#from) this.#from = this.#caret;
    while (displayWidth(this.#text.slice(this.#from, this.#caret)) >= Math.max(1, columns)) {
      this.#from = this.#after(this.#from);
    }
    return { text: this.#text.slice(this.#from), from: this.#from };
  }

  set(text: string): void {
    this.#text = text;
    this.#caret = text.length;
    this.#from = 0;
  }

  /** Puts `text` in the place of what stands between `from` and the caret. */
  replace(from: number, text: string): void {
    this.#text = this.#text.slice(0, from) + text + this.#text.slice(this.#caret);
    this.#caret = from + text.length;
  }

  press({ name, text }: Key): void {
    const edit = EDITS[name];
    if (edit) edit(this);
    else if (text !== '') this.replace(this.#caret, harmless(text));
  }

  moveTo(caret: number): void {
    this.#caret = Math.max(0, Math.min(caret, this.#text.length));
  }

  /** Takes away what stands between `from` and `to`; the caret is there then. */
  remove(from: number, to: number): void {
    this.#text = this.#text.slice(0, from) + this.#text.slice(to);
    this.#caret = from;
  }

  /** Where the cluster before the caret begins. */
  get before(): number {
    return segmenter.segment(this.#text).containing(this.#caret - 1)?.index ?? 0;
  }

  /** Where the cluster behind the caret ends. */
  get behind(): number {
    return this.#after(this.#caret);
  }

  /** Where the word before the caret begins. */
  get wordBefore(): number {
    return this.#text.slice(0, this.#caret).search(/\S+\s*$/);
  }

  /** Where the word behind the caret ends. */
  get wordBehind(): number {
    const [word = ''] = /^\s*\S+/.exec(this.#text.slice(this.#caret)) ?? [];
    return this.#caret + word.length;
  }

  #after(index: number): number {
    const cluster = segmenter.segment(this.#text).containing(index);
    return cluster ? cluster.index + cluster.segment.length : this.#text.length;
  }
}

const EDITS: Readonly<Record<string, (editor: LineEditor) => void>> = {
  left: (editor) => editor.moveTo(editor.before),
  'C-b': (editor) => editor.moveTo(editor.before),
  right: (editor) => editor.moveTo(editor.behind),
  'C-f': (editor) => editor.moveTo(editor.behind),
  'M-b': (editor) => editor.moveTo(editor.wordBefore),
  'M-f': (editor) => editor.moveTo(editor.wordBehind),
  home: (editor) => editor.moveTo(0),
  'C-a': (editor) => editor.moveTo(0),
  end: (editor) => editor.moveTo(editor.text.length),
  'C-e': (editor) => editor.moveTo(editor.text.length),
  backspace: (editor) => editor.remove(editor.before, editor.caret),
  delete: (editor) => editor.remove(editor.caret, editor.behind),
  'C-d': (editor) => editor.remove(editor.caret, editor.behind),
  'C-w': (editor) => editor.remove(Math.max(0, editor.wordBefore), editor.caret),
  'C-u': (editor) => editor.remove(0, editor.caret),
  'C-k': (editor) => editor.remove(editor.caret, editor.text.length),
};
