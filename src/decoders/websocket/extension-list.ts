/** An extension as a Sec-WebSocket-Extensions field offers or accepts it (RFC 6455 section 9.1). */
export interface Extension {
  readonly name: string;
  readonly parameters: readonly ExtensionParameter[];
}

export interface ExtensionParameter {
  readonly name: string;
  /** Without its quotes, where it had any. */
  readonly value: string | undefined;
}

/** Tokens (RFC 9110 section 5.6.2), quoted strings and separators, with the white space before them. */
const LEXEME = /[\t ]*(?:([!#$%&'*+.^_`|~\w-]+)|"((?:[^"\\]|\\.)*)"|([,;=])|$)/y;

type Lexeme =
  | { readonly type: 'token' | 'quoted'; readonly text: string }
  | { readonly type: ',' | ';' | '=' | 'end' | 'junk' };

/** The extensions that one field value lists, or undefined when it is no such list. */
export function readExtensionList(value: string): readonly Extension[] | undefined {
  const list = new LexemeReader(value);
  const extensions: Extension[] = [];
  for (;;) {
    while (list.skip(',')); // RFC 9110 section 5.6.1: empty elements are ignored
    if (list.isAt('end')) return extensions;
    const extension = readExtension(list);
    if (!extension || !(list.isAt(',') || list.isAt('end'))) return undefined;
    extensions.push(extension);
  }
}

function readExtension(list: LexemeReader): Extension | undefined {
  const name = list.token();
  if (name === undefined) return undefined;
  const parameters: ExtensionParameter[] = [];
  while (list.skip(';')) {
    const parameter = readParameter(list);
    if (!parameter) return undefined;
    parameters.push(parameter);
  }
  return { name, parameters };
}

function readParameter(list: LexemeReader): ExtensionParameter | undefined {
  const name = list.token();
  if (name === undefined) return undefined;
  if (!list.skip('=')) return { name, value: undefined };
  const value = list.token() ?? list.quoted();
  return value === undefined ? undefined : { name, value };
}

/** Reads a field value lexeme by lexeme. */
class LexemeReader {
  readonly #value: string;
  #position = 0;
  #next: Lexeme;

  constructor(value: string) {
    this.#value = value;
    this.#next = this.#read();
  }

  isAt(type: Lexeme['type']): boolean {
    return this.#next.type === type;
  }

  /** Steps over `separator`, if it is next. */
  skip(separator: ',' | ';' | '='): boolean {
    const isNext = this.isAt(separator);
    if (isNext) this.#next = this.#read();
    return isNext;
  }

  token(): string | undefined {
    return this.#text('token');
  }

  /** A quoted string's content, which must be a token all the same (RFC 6455 section 9.1). */
  quoted(): string | undefined {
    const text = this.#text('quoted')?.replace(/\\(.)/g, '$1');
    return text !== undefined && /^[!#$%&'*+.^_`|~\w-]+$/.test(text) ? text : undefined;
  }

  #text(type: 'token' | 'quoted'): string | undefined {
    const lexeme = this.#next;
    if (lexeme.type !== type) return undefined;
    this.#next = this.#read();
    return lexeme.text;
  }

  #read(): Lexeme {
    LEXEME.lastIndex = this.#position;
    const match = LEXEME.exec(this.#value);
    if (!match) return { type: 'junk' };
    this.#position = LEXEME.lastIndex;
    const [, token, quoted, separator] = match;
    if (token !== undefined) return { type: 'token', text: token };
    if (quoted !== undefined) return { type: 'quoted', text: quoted };
    return { type: separator === ',' || separator === ';' || separator === '=' ? separator : 'end' };
  }
}
