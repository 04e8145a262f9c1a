import type { Writable } from 'node:stream';
import type { StyledLine } from '../styled-line.ts';
import { putCells } from './cells.ts';
import type { Key } from './key.ts';
import { KeyInput, type TerminalInput } from './key-input.ts';
import { attributeOf, THEMES, type Theme, type ThemeName } from './theme.ts';

/** What a mouse did, at a place of the screen that counts from 0. */
export interface MouseAction {
  readonly does: 'click' | 'wheel-up' | 'wheel-down';
  readonly column: number;
  readonly row: number;
}

/** What the screen shows at one moment. */
export interface Frame {
  readonly lines: readonly StyledLine[];
  /** Where somebody types; no cursor is shown elsewhere. */
  readonly caret?: { readonly column: number; readonly row: number };
}

/** Who wants to know what happens at the terminal. */
export interface TerminalUser {
  pressed(key: Key): void;
  moused(action: MouseAction): void;
  resized(): void;
}

export interface TerminalOptions {
  readonly input: TerminalInput;
  readonly output: Writable & { readonly columns?: number; readonly rows?: number };
  readonly theme: ThemeName;
  /** How many the terminal has: 8, 16, 256. */
  readonly colors: number;
}

/** A cell as blessed keeps it: its look as a number, and the text that stands there. */
type Cell = [look: number, text: string];
type CellLine = Cell[] & { dirty: boolean };

/** What is used of blessed's screen and program: its published types lack the cells, and much of the program. */
interface BlessedScreen {
  readonly lines: CellLine[];
  draw(from: number, to: number): void;
  alloc(): void;
  destroy(): void;
  readonly tput: { colors: number; brokenACS: boolean };
  readonly program: BlessedProgram;
}

interface BlessedProgram {
  readonly cols: number;
  readonly rows: number;
  on(event: 'keypress', listener: (text: string | undefined, key: { full: string }) => void): void;
  on(event: 'mouse', listener: (action: { action: string; x: number; y: number }) => void): void;
  on(event: 'resize', listener: () => void): void;
  setMouse(modes: Readonly<Record<string, boolean>>, isOn: boolean): void;
  disableMouse(): void;
  hideCursor(): void;
  showCursor(): void;
  cup(row: number, column: number): void;
  flush(): void;
}

/** Bytes that may wait for a slow terminal; past that frames are left out. */
const MOST_WAITING = 64 << 10;

const NOTHING = -1;

/**
 * The terminal by way of blessed: it reads keys and mouse, and writes only those cells that changed. Its widgets are not
 * used: they hold all of what they show, and know the Unicode of 2015. Cells are filled here, a whole grapheme cluster each.
 */
export class Terminal {
  readonly #screen: BlessedScreen;
  readonly #input: KeyInput;
  readonly #output: Writable;
  readonly #looks = new Map<string, number>();
  readonly #theme: Theme;
  readonly #colors: number;
  #isClosed = false;
  /** The first half of a character that blessed tells in two. */
  #half = '';

  constructor(
    screen: BlessedScreen,
    input: KeyInput,
    { output, theme, colors }: TerminalOptions,
    user: TerminalUser,
  ) {
    this.#screen = screen;
    this.#input = input;
    this.#output = output;
    this.#theme = THEMES[theme];
    this.#colors = colors;
    screen.tput.colors = colors;
    screen.tput.brokenACS = true; // lines are drawn with Unicode's characters, not with those of a VT100
    const { program } = screen;
    program.on('keypress', (text, { full }) => this.#pressed(user, text, full));
    program.on('mouse', ({ action, x, y }) => {
      const does = MOUSE_ACTIONS[action];
      if (does) user.moused({ does, column: x, row: y });
    });
    program.on('resize', () => user.resized());
    program.setMouse({ vt200Mouse: true, sgrMouse: true }, true);
  }

  get columns(): number {
    return this.#screen.program.cols;
  }

  get rows(): number {
    return this.#screen.program.rows;
  }

  /** Whether it has written what it got so far, or nearly: a frame now would not pile up behind the others. */
  get isReady(): boolean {
    return !this.#isClosed && this.#output.writableLength <= MOST_WAITING;
  }

  paint({ lines, caret }: Frame): void {
    if (this.#isClosed) return;
    const { lines: cells, program } = this.#screen;
    for (const [row, line] of cells.entries()) this.#fill(line, lines[row] ?? []);
    this.#screen.draw(0, cells.length - 1);
    if (caret) {
      program.cup(caret.row, caret.column);
      program.showCursor();
    } else program.hideCursor();
    program.flush();
  }

  /** Paints every cell anew at the next frame: something else wrote on the terminal. */
  forget(): void {
    this.#screen.alloc();
  }

  /** Sends a control sequence as it is. */
  send(sequence: string): void {
    if (!this.#isClosed) this.#output.write(sequence);
  }

  /** Leaves the terminal as it was found. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#screen.program.disableMouse();
    this.#screen.destroy();
    this.#input.close();
  }

  #pressed(user: TerminalUser, text: string | undefined, name: string): void {
    if (name === 'return') return; // blessed tells it a second time, as `enter`
    const whole = this.#half + (text ?? '');
    this.#half = FIRST_HALF.test(whole) ? whole : '';
    if (this.#half !== '') return;
    const typed = /\p{Cc}/u.test(whole) ? '' : whole;
    user.pressed({ name: typed.trim() || name, text: typed });
  }

  #fill(cells: CellLine, line: StyledLine): void {
    let lastPiece: StyledLine[number] | undefined;
    let look = NOTHING;
    const end = putCells(line, cells.length, (column, text, piece) => {
      if (piece !== lastPiece) look = this.#look(piece);
      lastPiece = piece;
      setCell(cells, column, look, text);
    });
    const plain = this.#look({ text: '', tone: 'plain' });
    for (let column = end; column < cells.length; column++) setCell(cells, column, plain, ' ');
  }

  #look({ tone, ground }: StyledLine[number]): number {
    const key = `${tone} ${ground}`;
    let look = this.#looks.get(key);
    if (look === undefined) {
      look = attributeOf(this.#theme, tone, ground, this.#colors);
      this.#looks.set(key, look);
    }
    return look;
  }
}

/** Of the two UTF-16 units that a character above U+FFFF has. */
const FIRST_HALF = /^[\ud800-\udbff]$/;

const MOUSE_ACTIONS: Readonly<Record<string, MouseAction['does']>> = {
  mousedown: 'click',
  wheelup: 'wheel-up',
  wheeldown: 'wheel-down',
};

function setCell(cells: CellLine, column: number, look: number, text: string): void {
  const cell = cells[column]!;
  if (cell[0] === look && cell[1] === text) return;
  cell[0] = look;
  cell[1] = text;
  cells.dirty = true;
}

/** Takes the terminal over, until `close`. */
export async function openTerminal(options: TerminalOptions, user: TerminalUser): Promise<Terminal> {
  const { default: blessed } = await import('blessed');
  const input = new KeyInput(options.input);
  const screenOptions: object = {
    input,
    output: options.output,
    terminal: 'xterm-256color', // what each terminal of today understands; blessed stumbles over some systems' own
    forceUnicode: true,
    fullUnicode: false, // its widths are those of 2015; ours stand in the cells
  };
  const screen: unknown = blessed.screen(screenOptions);
  return new Terminal(screen as BlessedScreen, input, options, user);
}
