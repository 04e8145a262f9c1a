import type { Bytes } from '../tap.ts';
import { ByteQueue } from './byte-queue.ts';
import type { Decoder } from './decoder.ts';
import { SseBlock } from './sse-block.ts';
import { SSE_LIMITS, type SseEvent, type SseLimits } from './sse-event.ts';
import { LONGEST_FIELD_START, type SseLine } from './sse-line.ts';

const LF = 0x0a;
const CR = 0x0d;
const BOM: Bytes = Uint8Array.of(0xef, 0xbb, 0xbf);

/**
 * An event stream (WHATWG HTML section 9.2.6), of bytes without content coding. An event is told with its blank line.
 * Where CR LF is cut in two the line ends with the CR, as for clients, and the LF is framing of what is told next.
 */
export class SseDecoder implements Decoder<SseEvent> {
  readonly #limits: SseLimits;
  readonly #block: SseBlock;
  /** A line without its end: all of it, or its first bytes where it is past the limit. */
  readonly #held = new ByteQueue();
  #heldLength = 0;
  #heldAt = 0;
  #offset = 0;
  #isFirstLine = true;
  #endedInCr = false;

  constructor(limits: SseLimits = SSE_LIMITS) {
    this.#limits = limits;
    this.#block = new SseBlock(limits.event);
  }

  /** `at` is where the bytes are in a stream of more than these; otherwise they follow the last ones. */
  push(bytes: Bytes, at: number = this.#offset): SseEvent[] {
    const events: SseEvent[] = [];
    if (bytes.length === 0) return events;
    this.#offset = at + bytes.length;
    let position = this.#endedInCr && bytes[0] === LF ? 1 : 0;
    this.#block.ignore(position);
    // The next of each, searched for anew only where it is passed: one native search a line, whatever ends the lines.
    let lf = -1;
    let cr = -1;
    while (position < bytes.length) {
      if (lf < position) lf = bytes[position] === LF ? position : indexOf(bytes, LF, position);
      if (cr < position) cr = indexOf(bytes, CR, position);
      const end = Math.min(lf, cr);
      if (end === bytes.length) {
        this.#hold(bytes.subarray(position), at + position, events);
        break;
      }
      const ending = bytes[end] === CR && bytes[end + 1] === LF ? 2 : 1;
      this.#endLine(bytes, position, end, ending, at, events);
      position = end + ending;
    }
    this.#endedInCr = bytes[bytes.length - 1] === CR;
    this.#held.keep();
    this.#block.keep();
    return events;
  }

  end(): SseEvent[] {
    const events: SseEvent[] = [];
    if (this.#heldLength > 0) this.#endHeld(0, events);
    this.#block.end(events);
    return events;
  }

  /** Reads the line that ends in this chunk. */
  #endLine(bytes: Bytes, start: number, end: number, ending: number, at: number, events: SseEvent[]): void {
    if (this.#heldLength > 0 || end - start > this.#limits.line) {
      this.#hold(bytes.subarray(start, end), at + start, events);
      this.#endHeld(ending, events);
    } else {
      this.#line({ bytes, start, end, missing: 0, ending, at: at + start }, events);
    }
  }

  #hold(part: Bytes, at: number, events: SseEvent[]): void {
    const before = this.#heldLength;
    if (before === 0) this.#heldAt = at;
    this.#heldLength += part.length;
    if (before > this.#limits.line) return;
    this.#held.add(part);
    if (this.#heldLength <= this.#limits.line) return;
    const kept = this.#held.peek(Math.min(BOM.length + LONGEST_FIELD_START, this.#limits.line)).slice();
    this.#held.skip(this.#heldLength);
    this.#held.add(kept);
    const detail = `a line of more than ${this.#limits.line} bytes`;
    events.push({ type: 'fault', start: this.#heldAt, rule: 'limit', detail });
  }

  #endHeld(ending: number, events: SseEvent[]): void {
    const kept = this.#held.take(this.#heldLength);
    const missing = this.#heldLength - kept.length;
    this.#heldLength = 0;
    this.#line({ bytes: kept, start: 0, end: kept.length, missing, ending, at: this.#heldAt }, events);
  }

  #line(line: SseLine, events: SseEvent[]): void {
    if (this.#isFirstLine) {
      this.#isFirstLine = false;
      this.#line(this.#withoutBom(line), events);
    } else if (line.start === line.end) {
      this.#block.blank(line.ending, events);
    } else {
      this.#block.line(line, events);
    }
  }

  #withoutBom(line: SseLine): SseLine {
    const { bytes, start, end } = line;
    if (end - start < BOM.length || BOM.some((byte, index) => bytes[start + index] !== byte)) return line;
    this.#block.ignore(BOM.length);
    return { ...line, start: start + BOM.length, at: line.at + BOM.length };
  }
}

/** Like the native one, but the length where there is none. */
function indexOf(bytes: Bytes, byte: number, from: number): number {
  const index = bytes.indexOf(byte, from);
  return index === -1 ? bytes.length : index;
}
