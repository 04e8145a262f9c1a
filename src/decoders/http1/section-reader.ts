import type { Bytes } from '../../tap.ts';
import { type Field, isSpace } from './fields.ts';

/** A broken rule inside a head or a trailer section. */
export interface HeadFault {
  /** The rule's paragraph, or 'limit'. */
  readonly rule: string;
  readonly detail: string;
  /** Bytes from the head's first. */
  readonly offset: number;
  /** Two recipients could read different fields out of it: what forwards such a request must refuse it. */
  readonly isAmbiguous: boolean;
}

const COLON = 58;
/** 1 for each character of a token (RFC 9110 section 5.6.2). */
const TOKEN = new Uint8Array(256);
for (const byte of Buffer.from("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")) TOKEN[byte] = 1;
for (const byte of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ')) TOKEN[byte] = 1;

/**
 * Reads a head or a trailer section line by line and notes what is wrong with it.
 * It has the bytes and their text: names are checked in the one (a sixth faster), cut out of the other.
 */
export class SectionReader {
  readonly faults: HeadFault[] = [];
  readonly #bytes: Bytes;
  readonly #text: string;
  readonly #hasNul: boolean;
  #lineStart = 0;
  #lineEnd = 0;
  #nextLine = 0;
  /** Place of the next CR: sought once, since a section without any would be searched through for every line. */
  #carriageReturn = -1;
  #hasBareLineFeed = false;

  /** `text` is `bytes` in Latin-1. */
  constructor(bytes: Bytes, text: string) {
    this.#bytes = bytes;
    this.#text = text;
    this.#hasNul = text.includes('\0');
  }

  /** The first line that is not blank, and where it begins. */
  startLine(): { readonly text: string; readonly offset: number } {
    while (!this.#read() && this.#nextLine < this.#text.length) {
      if (this.#lineStart === 0) this.fault('RFC 9112 section 2.2', 'an empty line before the start line');
    }
    this.#checkNul();
    return { text: this.#text.slice(this.#lineStart, this.#lineEnd), offset: this.#lineStart };
  }

  /** The fields up to the blank line; undefined when there are more than `limit` lines of them. */
  fields(limit: number): Field[] | undefined {
    const fields: Field[] = [];
    for (let lines = 0; this.#read(); lines++) {
      if (lines === limit) return undefined;
      this.#fieldLine(fields, lines === 0);
    }
    return fields;
  }

  /** Notes a fault, at the beginning of the line unless told otherwise. */
  fault(rule: string, detail: string, isAmbiguous = false, offset = this.#lineStart): void {
    this.faults.push({ rule, detail, offset, isAmbiguous });
  }

  /** Goes to the next line; false when it is blank or there is none. */
  #read(): boolean {
    const text = this.#text;
    const start = this.#nextLine;
    this.#lineStart = start;
    const lineFeed = text.indexOf('\n', start);
    if (this.#carriageReturn < start) {
      const found = text.indexOf('\r', start);
      this.#carriageReturn = found < 0 ? text.length : found;
    }
    if (lineFeed > start && this.#carriageReturn === lineFeed - 1) this.#lineEnd = lineFeed - 1;
    else this.#lineEnd = this.#oddLineEnd(lineFeed < 0 ? text.length : lineFeed);
    this.#nextLine = lineFeed < 0 ? text.length : lineFeed + 1;
    return this.#lineEnd > start;
  }

  /** Where a line ends that has a CR within, or only an LF behind it (RFC 9112 section 2.2). */
  #oddLineEnd(lineFeed: number): number {
    const isCrLf = lineFeed > this.#lineStart && this.#bytes[lineFeed - 1] === 13;
    const end = isCrLf ? lineFeed - 1 : lineFeed;
    if (!isCrLf && !this.#hasBareLineFeed && lineFeed < this.#text.length) {
      this.#hasBareLineFeed = true;
      this.fault('RFC 9112 section 2.2', 'a line ends in LF without CR', false, lineFeed);
    }
    if (this.#carriageReturn < end) {
      this.fault('RFC 9112 section 2.2', 'a CR that ends no line', true, this.#carriageReturn);
    }
    return end;
  }

  #fieldLine(fields: Field[], isFirst: boolean): void {
    const bytes = this.#bytes;
    let nameEnd = this.#lineStart;
    while (TOKEN[bytes[nameEnd]!] === 1) nameEnd++;
    if (bytes[nameEnd] === COLON && nameEnd > this.#lineStart) fields.push(this.#field(nameEnd, nameEnd));
    else if (isSpace(bytes[this.#lineStart])) this.#foldedLine(fields, isFirst);
    else this.#oddFieldLine(fields);
    if (this.#hasNul) this.#checkNul();
  }

  /** RFC 9112 section 5.2; section 2.2 for a line that has no field line before it to belong to. */
  #foldedLine(fields: Field[], isFirst: boolean): void {
    const last = fields[fields.length - 1];
    if (isFirst || !last) {
      this.fault('RFC 9112 section 2.2', 'white space before the first field', true);
      return;
    }
    this.fault('RFC 9112 section 5.2', `the value of ${quoted(last.name)} goes on in a folded line`, true);
    fields[fields.length - 1] = { name: last.name, value: `${last.value} ${this.#value(this.#lineStart)}` };
  }

  /** A line whose name is not a token followed by a colon. */
  #oddFieldLine(fields: Field[]): void {
    const line = this.#text.slice(this.#lineStart, this.#lineEnd);
    const colon = line.indexOf(':');
    if (colon < 0) {
      this.fault('RFC 9112 section 5', `a field line without a colon: ${quoted(line)}`, true);
      return;
    }
    let nameEnd = colon;
    while (nameEnd > 0 && isSpace(line.charCodeAt(nameEnd - 1))) nameEnd--;
    const name = line.slice(0, nameEnd);
    if (nameEnd < colon) {
      this.fault('RFC 9112 section 5.1', `white space between ${quoted(name)} and its colon`, true);
    }
    if (!isToken(name)) this.fault('RFC 9110 section 5.1', `${quoted(name)} is not a field name`, true);
    fields.push(this.#field(this.#lineStart + nameEnd, this.#lineStart + colon));
  }

  #field(nameEnd: number, colon: number): Field {
    return { name: this.#text.slice(this.#lineStart, nameEnd), value: this.#value(colon + 1) };
  }

  /** From `start` to the line's end, without the white space around it. */
  #value(start: number): string {
    const bytes = this.#bytes;
    let end = this.#lineEnd;
    while (start < end && isSpace(bytes[start])) start++;
    while (end > start && isSpace(bytes[end - 1])) end--;
    return this.#text.slice(start, end);
  }

  #checkNul(): void {
    if (!this.#hasNul) return;
    const place = this.#text.slice(this.#lineStart, this.#lineEnd).indexOf('\0');
    if (place >= 0) this.fault('RFC 9110 section 5.5', 'a NUL', true, this.#lineStart + place);
  }
}

/** RFC 9110 section 5.6.2. */
export function isToken(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (TOKEN[text.charCodeAt(index)] !== 1) return false;
  }
  return text !== '';
}

/** The beginning of some text off the wire, for a sentence. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
