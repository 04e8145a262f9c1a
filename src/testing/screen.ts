import { PassThrough, Writable } from 'node:stream';
import xterm from '@xterm/headless';
import stringWidth from 'string-width';
import { screenSvg } from './screen-svg.ts';

/** How a cell looks; colours are numbers of the 256, undefined for the terminal's own. */
export interface ScreenCell {
  readonly text: string;
  readonly front: number | undefined;
  readonly back: number | undefined;
  readonly isBold: boolean;
  readonly isInverse: boolean;
  readonly isUnderlined: boolean;
  /** Columns it takes: 2 for a wide character, 0 for the cell behind one. */
  readonly width: number;
}

/** What a terminal sends for keys that type no character. */
const SENT: Readonly<Record<string, string>> = {
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  home: '\u001b[H',
  end: '\u001b[F',
  pageup: '\u001b[5~',
  pagedown: '\u001b[6~',
  delete: '\u001b[3~',
  enter: '\r',
  escape: '\u001b',
  tab: '\t',
  'S-tab': '\u001b[Z',
  backspace: '\u007f',
  space: ' ',
};

/** Milliseconds after which a test is told what it sees instead of what it waits for: sooner than it is ended. */
const PATIENCE = 4500;

/** Each character alone as wide as terminals of today have it; those that only mark others take no room. */
const TODAY = {
  version: 'today',
  wcwidth: (code: number): 0 | 1 | 2 => widthOf(code),
  /** As the emulator packs it: the width from the second bit on, and whether it joins the character before in the first. */
  charProperties: (code: number, before: number): number => {
    const width = widthOf(code);
    const joins = width === 0 && before !== 0;
    return ((joins ? (before >> 1) & 3 : width) << 1) | (joins ? 1 : 0);
  },
};

function widthOf(code: number): 0 | 1 | 2 {
  if (code < 0x7f) return 1;
  const width = stringWidth(String.fromCodePoint(code));
  return width === 0 || width === 1 ? width : 2;
}

/** An output that a terminal emulator reads, with the size of a terminal. */
class ScreenOutput extends Writable {
  readonly isTTY = true;
  columns: number;
  rows: number;
  readonly #write: (text: Buffer, done: () => void) => void;

  constructor(columns: number, rows: number, write: (text: Buffer, done: () => void) => void) {
    super();
    this.columns = columns;
    this.rows = rows;
    this.#write = write;
  }

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.#write(bytes, done);
  }
}

/** A real terminal emulator for tests: what is written is what somebody would see, and keys are what they would press. */
export class Screen {
  readonly input = new PassThrough();
  readonly output: ScreenOutput;
  readonly #terminal: InstanceType<typeof xterm.Terminal>;
  #heard = '';

  /** An old terminal has the widths of 2010: emoji take one column. */
  constructor(columns: number, rows: number, { isOld = false } = {}) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    if (!isOld) {
      this.#terminal.unicode.register(TODAY);
      this.#terminal.unicode.activeVersion = TODAY.version;
    }
    this.output = new ScreenOutput(columns, rows, (bytes, done) => {
      this.#heard += bytes.toString();
      this.#terminal.write(bytes, done);
    });
  }

  /** All that was written, control sequences included. */
  get heard(): string {
    return this.#heard;
  }

  /** Whether the alternate screen is shown, which a program that takes all of it uses. */
  get isAlternate(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  /** What the program has set the terminal to. */
  get modes(): InstanceType<typeof xterm.Terminal>['modes'] & { readonly showCursor: boolean } {
    const shown = /\u001b\[\?25([hl])(?!.*\u001b\[\?25[hl])/s.exec(this.#heard)?.[1] !== 'l';
    return Object.assign(Object.create(this.#terminal.modes), { showCursor: shown });
  }

  /** Where the caret is; counts from 0. */
  get caret(): { readonly column: number; readonly row: number } {
    const { cursorX, cursorY } = this.#terminal.buffer.active;
    return { column: cursorX, row: cursorY };
  }

  /** What somebody reads, without the spaces at the ends of lines. */
  get lines(): string[] {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: this.#terminal.rows }, (_, row) =>
      (active.getLine(active.viewportY + row)?.translateToString(true) ?? '').trimEnd(),
    );
  }

  get text(): string {
    return this.lines.join('\n');
  }

  cell(row: number, column: number): ScreenCell {
    const { active } = this.#terminal.buffer;
    const cell = active.getLine(active.viewportY + row)?.getCell(column);
    if (!cell) throw new Error(`there is no cell at ${row}, ${column}`);
    return {
      text: cell.getChars(),
      front: cell.isFgDefault() ? undefined : cell.getFgColor(),
      back: cell.isBgDefault() ? undefined : cell.getBgColor(),
      isBold: cell.isBold() !== 0,
      isInverse: cell.isInverse() !== 0,
      isUnderlined: cell.isUnderline() !== 0,
      width: cell.getWidth(),
    };
  }

  /** A picture of what somebody sees. */
  svg(): string {
    const { cols, rows } = this.#terminal;
    return screenSvg({ columns: cols, rows, cell: (row, column) => this.cell(row, column) });
  }

  /** Where a text stands that is there once. */
  find(text: string): { readonly row: number; readonly column: number } {
    const row = this.lines.findIndex((line) => line.includes(text));
    if (row < 0) throw new Error(`there is no ${JSON.stringify(text)} in\n${this.text}`);
    return { row, column: this.lines[row]!.indexOf(text) };
  }

  /** Presses keys, by the names that `Key` has. */
  press(...keys: readonly string[]): void {
    for (const key of keys) {
      const control = /^C-([a-z])$/.exec(key)?.[1];
      this.input.write(control ? String.fromCharCode(control.charCodeAt(0) - 96) : (SENT[key] ?? key));
    }
  }

  click(row: number, column: number): void {
    this.input.write(`\u001b[<0;${column + 1};${row + 1}M`);
  }

  /** Turns the wheel by a notch. */
  wheel(row: number, column: number, way: 'up' | 'down'): void {
    this.input.write(`\u001b[<${way === 'up' ? 64 : 65};${column + 1};${row + 1}M`);
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
    this.output.columns = columns;
    this.output.rows = rows;
    this.output.emit('resize');
  }

  /** Waits until the screen shows what `isThere` looks for; tells what it shows instead where that never comes. */
  until(isThere: (text: string) => boolean): Promise<string> {
    if (isThere(this.text)) return Promise.resolve(this.text);
    return new Promise((resolve, reject) => {
      const parsed = this.#terminal.onWriteParsed(() => {
        if (!isThere(this.text)) return;
        parsed.dispose();
        clearTimeout(patience);
        resolve(this.text);
      });
      const patience = setTimeout(() => {
        parsed.dispose();
        reject(new Error(`waited for ${isThere} in vain; the screen shows\n${this.text}`));
      }, PATIENCE);
    });
  }

  /** Waits until a text is there. */
  shows(text: string): Promise<string> {
    return this.until((shown) => shown.includes(text));
  }

  /** Waits until a text is gone. */
  hides(text: string): Promise<string> {
    return this.until((shown) => !shown.includes(text));
  }
}
