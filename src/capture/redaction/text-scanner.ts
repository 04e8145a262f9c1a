import type { Bytes } from '../../tap.ts';
import { addEdit, DIGIT, type Edit, ESCAPED, LETTER } from './edit.ts';
import { hashedBackwards, type RedactedNames } from './redacted-names.ts';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const SLASH = 0x2f;
const COLON = 0x3a;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

/** Bytes of a name, escapes included. */
const MOST_NAME = 160;
/** Bytes of white space between a name and its colon; behind more of it anything could be the name of a secret. */
const MOST_SPACE = 64;
const TAIL = 256;
const NOTHING: Bytes = new Uint8Array();

/** What ends a bare word: `,` `}` `]` `{` `[` `"` `&` `<` `\`. White space does too. */
const AFTER_WORD = bytesOf(',}]{["&<\\');
/** What ends the value of a parameter, besides control characters and spaces. */
const AFTER_PARAMETER = bytesOf('"<>&#');
/** What a parameter may begin behind. */
const BEFORE_PARAMETER = bytesOf('?&#;"');
/** What the name of a parameter does not have, besides those and controls. */
const IN_NO_PARAMETER = bytesOf("/\\{}(),:<>'=");
const LITERALS: readonly string[] = ['true', 'false', 'null'];
/** The digits of `&` as some write it in JSON, `\u0026`. */
const AMPERSAND = Buffer.from('0026');

/**
 * Finds the values of named JSON members and URL parameters in a text of any kind, wherever it is cut, and says what to replace
 * them by: what is JSON stays it, and so do line ends. It wants no more than the two to be written as they mostly are: a name in
 * quotes, a colon and a value; `?`, `&`, or the beginning, then a name, `=` and a value. So it finds them in NDJSON, in JSON within
 * strings of JSON, behind what Socket.IO puts before its own, and in pages. Each byte is decided on when it comes.
 *
 * 64 KiB of JSON take 0.3 ms.
 */
export class TextScanner {
  readonly #names: RedactedNames;
  #reading: 'text' | 'value' | 'string' | 'word' | 'parameter' | 'parameter-escape' = 'text';
  /** The last bytes of what was scanned, for names that the network cut. */
  #tail: Bytes = NOTHING;
  /** Objects and arrays that are open within a value. */
  #depth = 0;
  /** Backslashes right before the next byte. */
  #run = 0;
  /** In the string that is read, a quote behind as many backslashes is part of it: 1, or 3 and more within a string of a string. */
  #escape = 1;
  /** The word that is read, or the digits of an escape. */
  #word = '';

  constructor(names: RedactedNames) {
    this.#names = names;
  }

  /** Reads the next bytes; adds what is to be replaced, in places of these bytes. */
  scan(bytes: Bytes, edits: Edit[]): void {
    let at = 0;
    while (at < bytes.length) at = this.#step(bytes, at, edits);
    this.#keepTail(bytes);
  }

  #step(bytes: Bytes, at: number, edits: Edit[]): number {
    switch (this.#reading) {
      case 'text':
        return this.#text(bytes, at);
      case 'value':
        return this.#value(bytes, at);
      case 'string':
        return this.#string(bytes, at, edits);
      case 'word':
        return this.#bareWord(bytes, at, edits);
      case 'parameter':
        return this.#parameter(bytes, at, edits);
      case 'parameter-escape':
        return this.#parameterEscape(bytes, at, edits);
    }
  }

  /** Looks for what stands between a name and its value. */
  #text(bytes: Bytes, start: number): number {
    let at = start;
    while (at < bytes.length && bytes[at] !== COLON && bytes[at] !== EQUALS) at++;
    if (at === bytes.length) return at;
    this.#run = 0;
    if (bytes[at] === COLON && this.#isSecretMember(bytes, at)) this.#reading = 'value';
    if (bytes[at] === EQUALS && this.#isSecretParameter(bytes, at)) this.#reading = 'parameter';
    return at + 1;
  }

  /** Whether a member's name that is a secret's stands before the colon. */
  #isSecretMember(bytes: Bytes, colon: number): boolean {
    const quote = this.#beforeSpace(bytes, colon);
    if (colon - quote > MOST_SPACE) return true;
    if (this.#at(bytes, quote) !== QUOTE) return false;
    let end = quote;
    while (this.#at(bytes, end - 1) === BACKSLASH) end--;
    let start = end;
    let hash = 0;
    let isPlain = true;
    while (end - start <= MOST_NAME) {
      const before = this.#at(bytes, start - 1);
      if (before === QUOTE || before === undefined) break;
      if (before === BACKSLASH || before >= 0x80) isPlain = false;
      hash = hashedBackwards(hash, before);
      start--;
    }
    // To make a text of each name takes five times as long.
    if (end - start > MOST_NAME || (isPlain && !this.#names.mayHaveMember(hash))) return false;
    return this.#names.hasMember(this.#textOf(bytes, start, end));
  }

  /** The last place before `colon` that is no white space, nor an escape that stands for some. */
  #beforeSpace(bytes: Bytes, colon: number): number {
    let at = colon - 1;
    while (colon - at <= MOST_SPACE) {
      const byte = this.#at(bytes, at);
      if (isSpace(byte)) at--;
      else if (isSpaceLetter(byte) && this.#at(bytes, at - 1) === BACKSLASH)
        at = this.#beforeRun(bytes, at - 1);
      else break;
    }
    return at;
  }

  #beforeRun(bytes: Bytes, start: number): number {
    let at = start;
    while (this.#at(bytes, at) === BACKSLASH) at--;
    return at;
  }

  /** Whether a parameter's name that is a secret's stands before the `=`. */
  #isSecretParameter(bytes: Bytes, end: number): boolean {
    let start = end;
    while (end - start <= MOST_NAME) {
      const before = this.#at(bytes, start - 1);
      if (before === undefined || BEFORE_PARAMETER[before] === 1) {
        return this.#names.hasParameter(this.#textOf(bytes, start, end));
      }
      if (before === BACKSLASH) return this.#isSecretBehindEscape(this.#textOf(bytes, start, end));
      if (before <= SPACE || IN_NO_PARAMETER[before] === 1) return false;
      start--;
    }
    return false;
  }

  #isSecretBehindEscape(text: string): boolean {
    return /^u00(26|3f)/i.test(text) && this.#names.hasParameter(text.slice(5));
  }

  /** Before a value, and between those within one. */
  #value(bytes: Bytes, at: number): number {
    const byte = bytes[at]!;
    if (byte === BACKSLASH) this.#run++;
    else if (byte === QUOTE) this.#beginString();
    else if (isSpaceLetter(byte) && this.#run > 0) this.#run = 0;
    else if (isOpening(byte)) this.#depth++;
    else if (isClosing(byte)) this.#close();
    else if (byte === 0x2c || byte === COLON) this.#endValue();
    else if (!isSpace(byte)) return this.#beginWord(at);
    return at + 1;
  }

  /** A quote within strings of strings has 0, 1, 3, 7 and so on backslashes before it, and one more level needs a bit more. */
  #beginString(): void {
    this.#escape = 1;
    while ((this.#run & this.#escape) === this.#escape) this.#escape = this.#escape * 2 + 1;
    this.#run = 0;
    this.#reading = 'string';
  }

  #beginWord(at: number): number {
    this.#reading = 'word';
    this.#word = '';
    return at;
  }

  #close(): void {
    this.#depth = Math.max(0, this.#depth - 1);
    this.#endValue();
  }

  #endValue(): void {
    this.#run = 0;
    this.#reading = this.#depth > 0 ? 'value' : 'text';
  }

  /** Backslashes stay, since what they are part of shows behind them only. */
  #string(bytes: Bytes, start: number, edits: Edit[]): number {
    for (let at = start; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte === BACKSLASH) {
        this.#run++;
        continue;
      }
      if (byte === QUOTE && (this.#run & this.#escape) !== this.#escape) {
        this.#endValue();
        return at + 1;
      }
      if (byte !== QUOTE && byte !== LF && byte !== CR) {
        addEdit(edits, at, at + 1, this.#run > 0 ? ESCAPED : LETTER);
      }
      this.#run = 0;
    }
    return bytes.length;
  }

  /** A number; `true`, `false` and `null`, which stay; or what is no JSON. */
  #bareWord(bytes: Bytes, start: number, edits: Edit[]): number {
    for (let at = start; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte <= SPACE || AFTER_WORD[byte] === 1) {
        this.#endValue();
        return at;
      }
      if (this.#word.length < MOST_NAME) this.#word += String.fromCharCode(byte);
      const word = this.#word;
      if (isDigit(byte)) addEdit(edits, at, at + 1, DIGIT);
      else if (!isOfNumber(word, byte) && !LITERALS.some((literal) => literal.startsWith(word))) {
        addEdit(edits, at, at + 1, LETTER);
      }
    }
    return bytes.length;
  }

  #parameter(bytes: Bytes, start: number, edits: Edit[]): number {
    let at = start;
    while (at < bytes.length && !endsParameter(bytes[at]!)) at++;
    addEdit(edits, start, at, LETTER);
    if (at === bytes.length) return at;
    this.#word = '';
    this.#reading = bytes[at] === BACKSLASH ? 'parameter-escape' : 'text';
    return at + 1;
  }

  /** In a string of JSON `\/` is a slash of the value, and `\u0026` an ampersand that ends it. */
  #parameterEscape(bytes: Bytes, at: number, edits: Edit[]): number {
    const byte = bytes[at]!;
    const place = this.#word.length;
    if (place === 0) {
      if (byte === LETTER_U) this.#word = 'u';
      else this.#reading = byte === SLASH || byte === BACKSLASH ? 'parameter' : 'text';
      return at + 1;
    }
    const isLike = byte === AMPERSAND[place - 1];
    if (!isLike) addEdit(edits, at, at + 1, DIGIT);
    this.#word += isLike ? String.fromCharCode(byte) : '-';
    if (place === 4) this.#reading = this.#word === 'u0026' ? 'text' : 'parameter';
    return at + 1;
  }

  /** The byte there, where less than 0 is before these bytes. */
  #at(bytes: Bytes, place: number): number | undefined {
    return place >= 0 ? bytes[place] : this.#tail[this.#tail.length + place];
  }

  #textOf(bytes: Bytes, start: number, end: number): string {
    let text = '';
    for (let at = start; at < end; at++) text += String.fromCharCode(this.#at(bytes, at)!);
    return text;
  }

  #keepTail(bytes: Bytes): void {
    if (bytes.length >= TAIL) this.#tail = Uint8Array.from(bytes.subarray(bytes.length - TAIL));
    else this.#tail = Buffer.concat([this.#tail, bytes]).subarray(-TAIL);
  }
}

function bytesOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const byte of Buffer.from(characters)) table[byte] = 1;
  return table;
}

function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === LF || byte === CR || byte === TAB;
}

/** What makes white space of a backslash: n, r, t. */
function isSpaceLetter(byte: number | undefined): boolean {
  return byte === 0x6e || byte === 0x72 || byte === 0x74;
}

function isOpening(byte: number): boolean {
  return byte === 0x7b || byte === 0x5b;
}

function isClosing(byte: number): boolean {
  return byte === 0x7d || byte === 0x5d;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Signs, a point, or the `e` of an exponent. */
function isOfNumber(word: string, byte: number): boolean {
  return byte === 0x2b || byte === 0x2d || byte === 0x2e || /^[-+.\d]+e$/i.test(word);
}

function endsParameter(byte: number): boolean {
  return byte <= SPACE || byte === 0x7f || byte === BACKSLASH || AFTER_PARAMETER[byte] === 1;
}
