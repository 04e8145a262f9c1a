import { harmless } from '../../harmless.ts';
import { type Piece, piece, type StyledLine, type Tone } from '../../styled-line.ts';

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;

const INDENT = 2;

/**
 * JSON with a line for each member, in colours; its tokens stand as they were sent. Undefined where the text is no object
 * or array.
 */
export function jsonLinesOf(text: string): StyledLine[] | undefined {
  if (!/^\s*[[{]/.test(text) || !isJson(text)) return undefined;
  const printer = new JsonPrinter();
  for (const [token] of text.matchAll(TOKEN)) printer.add(token);
  return printer.lines;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Puts tokens on lines. */
class JsonPrinter {
  readonly #lines: Piece[][] = [[]];
  #depth = 0;
  /** The token before, which an empty object or array ends. */
  #last = '';

  get lines(): StyledLine[] {
    return this.#lines;
  }

  add(token: string): void {
    switch (token) {
      case '{':
      case '[':
        this.#put(token, 'dim');
        this.#depth++;
        break;
      case '}':
      case ']':
        this.#depth--;
        if (this.#last !== '{' && this.#last !== '[') this.#newLine();
        this.#put(token, 'dim');
        break;
      case ',':
        this.#put(token, 'dim');
        break;
      case ':':
        this.#nameLast();
        this.#put(': ', 'dim');
        break;
      default:
        this.#value(token);
    }
    this.#last = token;
  }

  #value(token: string): void {
    this.#put(harmless(token), token.startsWith('"') ? 'string' : /^[-\d]/.test(token) ? 'number' : 'word');
  }

  /** A new line where the last token was one that a member or an element follows. */
  #put(text: string, tone: Tone): void {
    const isClosing = text === '}' || text === ']';
    if (!isClosing && (this.#last === '{' || this.#last === '[' || this.#last === ',')) this.#newLine();
    this.#lines.at(-1)!.push(piece(text, tone));
  }

  #newLine(): void {
    this.#lines.push([piece(' '.repeat(this.#depth * INDENT))]);
  }

  /** What stands before a colon is a name. */
  #nameLast(): void {
    const line = this.#lines.at(-1)!;
    const name = line.pop();
    if (name) line.push({ ...name, tone: 'name' });
  }
}
