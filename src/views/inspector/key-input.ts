import { type Readable, Transform, type TransformCallback } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** An input that is a terminal, or stands for one. */
export type TerminalInput = Readable & { setRawMode?(isRaw: boolean): unknown };

/** A control sequence (ECMA-48 section 5.4, or SS3 and one character), or a run of anything else. */
const SEQUENCE = /\u001b\[[0-?]*[ -/]*[@-~]|\u001bO.|\u001b[^\u001b]?|[^\u001b]+/gsu;

/** The beginning of a control sequence whose end is still under way. */
const UNFINISHED = /\u001b(?:\[[0-?]*[ -/]*|O)$/;

/** A report of the mouse in the old form has three more characters, of any kind. */
const OLD_MOUSE = /^\u001b\[M$/;

/** What a terminal sent, taken apart into single sequences and runs of characters. */
export function sequencesIn(text: string): string[] {
  const found: string[] = text.match(SEQUENCE) ?? [];
  return found.filter((sequence) => !OLD_MOUSE.test(sequence));
}

/**
 * A terminal's input, a sequence at a time. A wheel that is turned fast sends several in one piece, of which blessed would
 * read the first.
 */
export class KeyInput extends Transform {
  readonly #source: TerminalInput;
  readonly #decoder = new StringDecoder('utf8');
  #begun = '';
  isRaw = false;

  constructor(source: TerminalInput) {
    super();
    this.#source = source;
    source.pipe(this);
  }

  /** Blessed asks for it as of a terminal. */
  setRawMode(isRaw: boolean): void {
    this.isRaw = isRaw;
    this.#source.setRawMode?.(isRaw);
  }

  /** Lets go of the terminal, which keeps no process alive then. */
  close(): void {
    this.#source.unpipe(this);
    this.#source.pause();
    this.destroy();
  }

  override _transform(bytes: Buffer, _encoding: string, done: TransformCallback): void {
    const text = this.#begun + this.#decoder.write(bytes);
    const end = text.search(UNFINISHED);
    this.#begun = end < 0 ? '' : text.slice(end);
    for (const sequence of sequencesIn(end < 0 ? text : text.slice(0, end))) this.push(sequence);
    done();
  }
}
