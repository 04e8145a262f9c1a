import type { Bytes } from '../../tap.ts';
import type { ByteQueue } from '../byte-queue.ts';
import type { Fault } from '../decoder.ts';
import { BlankLineSearch } from './blank-line-search.ts';
import type { Field } from './fields.ts';
import { latin1 } from './head.ts';
import type { Http1Limits } from './limits.ts';
import { quoted, SectionReader } from './section-reader.ts';

/** Bytes that say where chunks begin and end: chunk-size lines, the line end behind a chunk, the last line. */
export interface FramingEvent {
  readonly type: 'framing';
  readonly start: number;
  readonly length: number;
}

/** A slice of a body, borrowed. */
export interface BodyEvent {
  readonly type: 'body';
  readonly start: number;
  readonly length: number;
  readonly bytes: Bytes;
}

/** The trailer fields of a chunked body, without the blank line behind them, which is framing. */
export interface TrailersEvent {
  readonly type: 'trailers';
  readonly start: number;
  readonly length: number;
  readonly fields: readonly Field[];
}

export type ChunkedEvent = FramingEvent | BodyEvent | TrailersEvent | Fault;

/** An array of these events, or of these and others. */
interface Sink {
  push(event: ChunkedEvent): unknown;
}

/** `more`: wants more bytes; `ended`: the body is whole, what still waits comes after it; `lost`: no way to read on. */
export type ChunkedOutcome = 'more' | 'ended' | 'lost';

const RULE = 'RFC 9112 section 7.1';
const LF = 10;
const CR = 13;
/** Bytes looked at for a line end at a time: nearly every chunk-size line is shorter. */
const STEP = 64;

/** Reads one body in the chunked transfer coding (RFC 9112 section 7.1). */
export class ChunkedReader {
  readonly #limits: Http1Limits;
  #reading: 'size' | 'data' | 'data-end' | 'trailers' = 'size';
  /** Bytes of the present chunk still to come. */
  #left = 0;
  /** Bytes of an unfinished chunk-size line which hold no line end. */
  #searched = 0;
  #trailerEnd = new BlankLineSearch(false);
  #offset = 0;
  /** Framing bytes up to `#offset` which no event has told yet. */
  #framing = 0;

  constructor(limits: Http1Limits) {
    this.#limits = limits;
  }

  /** Takes what it can use of the waiting bytes, the first of which is at `start`, and adds events that tell so. */
  read(waiting: ByteQueue, start: number, events: Sink): ChunkedOutcome {
    this.#offset = start;
    let outcome = this.#step(waiting, events);
    while (outcome === undefined) outcome = this.#step(waiting, events);
    this.#tellFraming(events);
    return outcome;
  }

  /** One piece; undefined to go on. */
  #step(waiting: ByteQueue, events: Sink): ChunkedOutcome | undefined {
    if (waiting.length === 0) return 'more';
    switch (this.#reading) {
      case 'size':
        return this.#sizeLine(waiting, events);
      case 'data':
        return this.#data(waiting, events);
      case 'data-end':
        return this.#dataEnd(waiting, events);
      case 'trailers':
        return this.#trailers(waiting, events);
    }
  }

  #sizeLine(waiting: ByteQueue, events: Sink): ChunkedOutcome | undefined {
    const length = this.#lineLength(waiting);
    if (length === undefined && waiting.length <= this.#limits.chunkLine) return 'more';
    if (length === undefined || length > this.#limits.chunkLine) {
      return this.#lost(events, `a chunk-size line of more than ${this.#limits.chunkLine} bytes`, 'limit');
    }
    const line = waiting.peek(length);
    const size = readChunkSize(line);
    if (size === undefined) return this.#lost(events, `${quoted(latin1(line))} is not a chunk-size line`);
    if (!Number.isSafeInteger(size))
      return this.#lost(events, 'a chunk of more than 2^53 - 1 bytes', 'limit');
    this.#checkLine(line, events);
    this.#useFraming(waiting, length);
    this.#left = size;
    this.#reading = size === 0 ? 'trailers' : 'data';
    return undefined;
  }

  /** Bytes through the next LF; undefined when it is not there yet, or far beyond the limit. */
  #lineLength(waiting: ByteQueue): number | undefined {
    while (this.#searched < waiting.length && this.#searched <= this.#limits.chunkLine) {
      const seen = waiting.peek(this.#searched + STEP);
      const lineFeed = indexOfLineFeed(seen, this.#searched);
      if (lineFeed >= 0) {
        this.#searched = 0;
        return lineFeed + 1;
      }
      this.#searched = seen.length;
    }
    return undefined;
  }

  /** What is wrong with a line that can be read all the same. */
  #checkLine(line: Bytes, events: Sink): void {
    const isCrLf = line[line.length - 2] === CR;
    const end = isCrLf ? line.length - 2 : line.length - 1;
    if (!isCrLf) this.#fault(events, 'RFC 9112 section 2.2', 'a chunk-size line ends in LF without CR', end);
    const bareReturn = line.indexOf(CR);
    if (bareReturn >= 0 && bareReturn < end) {
      this.#fault(events, 'RFC 9112 section 2.2', 'a CR that ends no line', bareReturn);
    }
    const last = line[end - 1];
    if (last === 32 || last === 9)
      this.#fault(events, RULE, 'white space at the end of a chunk-size line', end);
  }

  #data(waiting: ByteQueue, events: Sink): undefined {
    const bytes = waiting.chunk(this.#left);
    const { length } = bytes;
    this.#tellFraming(events);
    events.push({ type: 'body', start: this.#offset, length, bytes });
    waiting.skip(length);
    this.#offset += length;
    this.#left -= length;
    if (this.#left === 0) this.#reading = 'data-end';
  }

  #dataEnd(waiting: ByteQueue, events: Sink): ChunkedOutcome | undefined {
    const first = waiting.at(0);
    const second = waiting.at(1);
    if (first === CR && second === undefined) return 'more';
    if (first === LF) {
      this.#fault(events, 'RFC 9112 section 2.2', 'a chunk is followed by LF without CR', 0);
      this.#useFraming(waiting, 1);
    } else if (first === CR && second === LF) {
      this.#useFraming(waiting, 2);
    } else {
      return this.#lost(events, 'a chunk is not followed by CRLF');
    }
    this.#reading = 'size';
    return undefined;
  }

  /** The trailer section and the blank line (RFC 9112 section 7.1.2). */
  #trailers(waiting: ByteQueue, events: Sink): ChunkedOutcome | undefined {
    const length = this.#trailerLength(waiting);
    if (length === undefined && waiting.length <= this.#limits.trailers) return 'more';
    if (length === undefined || length > this.#limits.trailers) {
      return this.#lost(events, `a trailer section of more than ${this.#limits.trailers} bytes`, 'limit');
    }
    const bytes = waiting.take(length);
    if (length === 2 && bytes[0] === CR) {
      this.#offset += 2;
      this.#framing += 2;
    } else {
      this.#trailerFields(bytes, events);
    }
    return 'ended';
  }

  #trailerLength(waiting: ByteQueue): number | undefined {
    while (this.#trailerEnd.searched < waiting.length && this.#trailerEnd.searched <= this.#limits.trailers) {
      const length = this.#trailerEnd.length(waiting.peek(this.#trailerEnd.searched + STEP));
      if (length !== undefined) return length;
    }
    return undefined;
  }

  #trailerFields(bytes: Bytes, events: Sink): void {
    const section = new SectionReader(bytes, latin1(bytes));
    const fields = section.fields(this.#limits.fieldLines);
    const blankLine = bytes[bytes.length - 2] === CR ? 2 : 1;
    const length = bytes.length - blankLine;
    this.#tellFraming(events);
    if (length > 0) events.push({ type: 'trailers', start: this.#offset, length, fields: fields ?? [] });
    for (const { rule, detail, offset } of section.faults) this.#fault(events, rule, detail, offset);
    if (!fields) this.#fault(events, 'limit', `more than ${this.#limits.fieldLines} trailer fields`, 0);
    this.#offset += bytes.length;
    this.#framing = blankLine;
  }

  #useFraming(waiting: ByteQueue, length: number): void {
    waiting.skip(length);
    this.#offset += length;
    this.#framing += length;
  }

  /** The CRLF behind a chunk and the next size line, where both are there, make one event. */
  #tellFraming(events: Sink): void {
    if (this.#framing === 0) return;
    events.push({ type: 'framing', start: this.#offset - this.#framing, length: this.#framing });
    this.#framing = 0;
  }

  #fault(events: Sink, rule: string, detail: string, place: number): void {
    events.push({ type: 'fault', start: this.#offset + place, rule, detail });
  }

  #lost(events: Sink, detail: string, rule = RULE): 'lost' {
    this.#fault(events, rule, detail, 0);
    return 'lost';
  }
}

/** Lines are short, so a loop beats a native search and its view: 10 ns against 90. */
function indexOfLineFeed(bytes: Bytes, from: number): number {
  for (let index = from; index < bytes.length; index++) {
    if (bytes[index] === LF) return index;
  }
  return -1;
}

/**
 * The size in a chunk-size line, extensions (RFC 9112 section 7.1.1) left aside; above 2^53 - 1 not exact.
 * Undefined where the line does not begin with one.
 */
export function readChunkSize(line: Bytes): number | undefined {
  let size = 0;
  let index = 0;
  for (let digit = hexDigit(line[index]); digit >= 0; digit = hexDigit(line[index])) {
    size = size * 16 + digit;
    index++;
  }
  if (index === 0) return undefined;
  while (line[index] === 32 || line[index] === 9) index++;
  const next = line[index];
  const isLineEnd = next === LF || (next === CR && line[index + 1] === LF);
  return isLineEnd || next === 59 ? size : undefined;
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined || byte < 48) return -1;
  if (byte <= 57) return byte - 48;
  const letter = byte | 0x20;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
