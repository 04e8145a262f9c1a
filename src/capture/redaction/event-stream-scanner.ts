import type { Bytes } from '../../tap.ts';
import type { Edit } from './edit.ts';
import type { RedactedNames } from './redacted-names.ts';
import { TextScanner } from './text-scanner.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DATA = Buffer.from('data:');
const BOM = 0xef;
const LINE_END: Bytes = Uint8Array.of(LF);

/**
 * Finds secrets in an event stream: what its data lines say is one text up to the blank line (WHATWG HTML section 9.2.6), each
 * other line one of its own.
 */
export class EventStreamScanner {
  readonly #names: RedactedNames;
  #data: TextScanner;
  #line: TextScanner;
  /** Bytes of `data:` that the line began with; past it once it is data, -1 once it is something else. */
  #matched = 0;
  #isBlank = true;
  #endedInCr = false;
  /** The three bytes that a stream may begin with (a byte order mark). */
  #toSkip = 0;
  #isBeginning = true;

  constructor(names: RedactedNames) {
    this.#names = names;
    this.#data = new TextScanner(names);
    this.#line = new TextScanner(names);
  }

  scan(bytes: Bytes, edits: Edit[]): void {
    if (this.#isBeginning && bytes.length > 0) {
      this.#isBeginning = false;
      this.#toSkip = bytes[0] === BOM ? 3 : 0;
    }
    let start = Math.min(this.#toSkip, bytes.length);
    this.#toSkip -= start;
    while (start < bytes.length) {
      const end = lineEnd(bytes, start);
      this.#part(bytes, start, end, edits);
      if (end < bytes.length) this.#endLine(bytes[end]!);
      start = end + 1;
    }
  }

  /** What there is of a line. */
  #part(bytes: Bytes, start: number, end: number, edits: Edit[]): void {
    if (start === end) return;
    this.#isBlank = false;
    this.#endedInCr = false;
    let at = start;
    while (at < end && this.#isInName()) this.#match(bytes[at++]!);
    if (this.#matched === DATA.length && at < end) {
      this.#matched++;
      if (bytes[at] === SPACE) at++;
    }
    const isData = this.#matched > DATA.length;
    if (isData) scanPart(this.#data, bytes, at, end, edits);
    else scanPart(this.#line, bytes, start, end, edits);
  }

  #isInName(): boolean {
    return this.#matched >= 0 && this.#matched < DATA.length;
  }

  #match(byte: number): void {
    this.#matched = byte === DATA[this.#matched] ? this.#matched + 1 : -1;
  }

  /** CR LF is one line end; where it is cut, too. */
  #endLine(byte: number): void {
    if (byte === LF && this.#endedInCr) {
      this.#endedInCr = false;
      return;
    }
    this.#endedInCr = byte === CR;
    if (this.#isBlank) this.#data = new TextScanner(this.#names);
    else if (this.#matched >= DATA.length) this.#data.scan(LINE_END, []);
    this.#line = new TextScanner(this.#names);
    this.#matched = 0;
    this.#isBlank = true;
  }
}

function lineEnd(bytes: Bytes, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== LF && bytes[at] !== CR) at++;
  return at;
}

/** Scans a part, and puts its edits where it is. */
function scanPart(scanner: TextScanner, bytes: Bytes, start: number, end: number, edits: Edit[]): void {
  if (start === end) return;
  const found: Edit[] = [];
  scanner.scan(bytes.subarray(start, end), found);
  for (const { from, to, byte } of found) edits.push({ from: start + from, to: start + to, byte });
}
