import type { Bytes } from '../../tap.ts';
import type { ByteQueue } from '../byte-queue.ts';
import { BlankLineSearch } from './blank-line-search.ts';
import type { Field } from './fields.ts';
import { latin1 } from './head.ts';
import type { Http1Limits } from './limits.ts';
import { quoted, SectionReader } from './section-reader.ts';

/**
 * Takes what a chunked body consists of, in order. Places are in the stream. It is called instead of handed events, since
 * who only looks for the end of a body wants none of them: 0.03 us a chunk, where making them takes 0.23.
 */
export interface ChunkedSink {
  /** The body's next bytes, from `from` to `to` of `bytes`, borrowed, and how much framing is right before them. */
  body(start: number, framing: number, bytes: Bytes, from: number, to: number): void;
  /** Framing that no body bytes follow, or not yet. */
  framing(start: number, length: number): void;
  /** The trailer fields, without the blank line behind them, which is framing. */
  trailers(start: number, length: number, fields: readonly Field[]): void;
  fault(start: number, rule: string, detail: string): void;
}

/** `more`: wants more bytes; `ended`: the body is whole, what still waits comes after it; `lost`: no way to read on. */
export type ChunkedOutcome = 'more' | 'ended' | 'lost';

const RULE = 'RFC 9112 section 7.1';
const LF = 10;
const CR = 13;
/** Bytes joined at a time where a line is cut: nearly every chunk-size line is shorter. */
const STEP = 64;

/**
 * Reads one body in the chunked transfer coding (RFC 9112 section 7.1). It goes over the bytes where they lie, by index:
 * a piece is a chunk-size line, what is there of a chunk's data, the line end behind that, or the trailer section.
 */
export class ChunkedReader {
  readonly #limits: Http1Limits;
  #reading: 'size' | 'data' | 'data-end' | 'trailers' = 'size';
  #outcome: ChunkedOutcome = 'more';
  /** Bytes of the present chunk still to come. */
  #left = 0;
  /** Bytes of an unfinished chunk-size line which hold no line end. */
  #searched = 0;
  #trailerEnd = new BlankLineSearch(false);
  /** Place in the stream of the first byte looked at. */
  #origin = 0;
  /** Bytes of framing just read, of which the sink does not know. */
  #framing = 0;

  constructor(limits: Http1Limits) {
    this.#limits = limits;
  }

  /** Takes what it can use of the waiting bytes, the first of which is at `start`, and tells the sink. */
  read(waiting: ByteQueue, start: number, sink: ChunkedSink): ChunkedOutcome {
    this.#origin = start;
    let unread = 0;
    while (this.#outcome === 'more' && waiting.length > unread) {
      const bytes = waiting.front(unread + STEP);
      const used = this.#pieces(bytes, sink);
      waiting.skip(used);
      this.#origin += used;
      unread = bytes.length - used;
    }
    this.#tellFraming(0, sink);
    return this.#outcome;
  }

  /** Passes over `length` bytes that are missing, as far as the present chunk goes; returns how many those are. */
  lose(length: number): number {
    if (this.#reading !== 'data') return 0;
    const missing = Math.min(length, this.#left);
    this.#left -= missing;
    if (this.#left === 0) this.#reading = 'data-end';
    return missing;
  }

  /** Reads all pieces that are there; returns how many bytes they have. */
  #pieces(bytes: Bytes, sink: ChunkedSink): number {
    let position = 0;
    let next = this.#piece(bytes, 0, sink);
    while (next > position && next < bytes.length && this.#outcome === 'more') {
      position = next;
      next = this.#piece(bytes, position, sink);
    }
    return next;
  }

  /** Reads the piece at `position`; returns where it ends, which is there when it is unfinished, or cannot be read. */
  #piece(bytes: Bytes, position: number, sink: ChunkedSink): number {
    switch (this.#reading) {
      case 'size':
        return this.#sizeLine(bytes, position, sink);
      case 'data':
        return this.#data(bytes, position, sink);
      case 'data-end':
        return this.#dataEnd(bytes, position, sink);
      case 'trailers':
        return this.#trailers(bytes, position, sink);
    }
  }

  #sizeLine(bytes: Bytes, position: number, sink: ChunkedSink): number {
    const limit = this.#limits.chunkLine;
    const lineFeed = indexOf(LF, bytes, position + this.#searched, bytes.length);
    const length = (lineFeed < 0 ? bytes.length : lineFeed + 1) - position;
    if (length > limit) {
      return this.#lose(position, sink, `a chunk-size line of more than ${limit} bytes`, 'limit');
    }
    this.#searched = lineFeed < 0 ? length : 0;
    if (lineFeed < 0) return position;
    const size = readChunkSize(bytes, position);
    if (size === undefined) {
      const line = latin1(bytes.subarray(position, lineFeed + 1));
      return this.#lose(position, sink, `${quoted(line)} is not a chunk-size line`);
    }
    if (!Number.isSafeInteger(size)) {
      return this.#lose(position, sink, 'a chunk of more than 2^53 - 1 bytes', 'limit');
    }
    this.#checkLine(bytes, position, lineFeed, sink);
    this.#framing += length;
    this.#left = size;
    this.#reading = size === 0 ? 'trailers' : 'data';
    return lineFeed + 1;
  }

  /** What is wrong with a line that can be read all the same. */
  #checkLine(bytes: Bytes, position: number, lineFeed: number, sink: ChunkedSink): void {
    const isCrLf = bytes[lineFeed - 1] === CR;
    const end = isCrLf ? lineFeed - 1 : lineFeed;
    if (!isCrLf) {
      sink.fault(this.#origin + end, 'RFC 9112 section 2.2', 'a chunk-size line ends in LF without CR');
    }
    const bareReturn = indexOf(CR, bytes, position, end);
    if (bareReturn >= 0) {
      sink.fault(this.#origin + bareReturn, 'RFC 9112 section 2.2', 'a CR that ends no line');
    }
    const last = bytes[end - 1];
    if (last === 32 || last === 9) {
      sink.fault(this.#origin + end, RULE, 'white space at the end of a chunk-size line');
    }
  }

  #data(bytes: Bytes, position: number, sink: ChunkedSink): number {
    const end = Math.min(bytes.length, position + this.#left);
    const framing = this.#framing;
    sink.body(this.#origin + position - framing, framing, bytes, position, end);
    this.#framing = 0;
    this.#left -= end - position;
    if (this.#left === 0) this.#reading = 'data-end';
    return end;
  }

  #dataEnd(bytes: Bytes, position: number, sink: ChunkedSink): number {
    const first = bytes[position];
    if (first === CR && position + 1 === bytes.length) return position;
    if (first === CR && bytes[position + 1] === LF) return this.#endChunk(position, 2);
    if (first !== LF) return this.#lose(position, sink, 'a chunk is not followed by CRLF');
    const start = this.#origin + position;
    sink.fault(start, 'RFC 9112 section 2.2', 'a chunk is followed by LF without CR');
    return this.#endChunk(position, 1);
  }

  #endChunk(position: number, length: number): number {
    this.#framing += length;
    this.#reading = 'size';
    return position + length;
  }

  /** The trailer section and the blank line (RFC 9112 section 7.1.2). */
  #trailers(bytes: Bytes, position: number, sink: ChunkedSink): number {
    const limit = this.#limits.trailers;
    const rest = bytes.subarray(position);
    const length = this.#trailerEnd.length(rest);
    if ((length ?? rest.length) > limit) {
      return this.#lose(position, sink, `a trailer section of more than ${limit} bytes`, 'limit');
    }
    if (length === undefined) return position;
    const blankLine = rest[length - 2] === CR ? 2 : 1;
    this.#trailerFields(rest.subarray(0, length), position, length - blankLine, sink);
    this.#framing += blankLine;
    this.#outcome = 'ended';
    return position + length;
  }

  /** `length` is without the blank line, which is looked at like the others. */
  #trailerFields(section: Bytes, position: number, length: number, sink: ChunkedSink): void {
    const reader = new SectionReader(section, latin1(section));
    const fields = reader.fields(this.#limits.fieldLines);
    const start = this.#origin + position;
    if (length > 0) {
      this.#tellFraming(position, sink);
      sink.trailers(start, length, fields ?? []);
    }
    for (const { rule, detail, offset } of reader.faults) sink.fault(start + offset, rule, detail);
    if (!fields) sink.fault(start, 'limit', `more than ${this.#limits.fieldLines} trailer fields`);
  }

  /** Tells the framing before `position`. */
  #tellFraming(position: number, sink: ChunkedSink): void {
    const framing = this.#framing;
    this.#framing = 0;
    if (framing > 0) sink.framing(this.#origin + position - framing, framing);
  }

  #lose(position: number, sink: ChunkedSink, detail: string, rule = RULE): number {
    sink.fault(this.#origin + position, rule, detail);
    this.#outcome = 'lost';
    return position;
  }
}

/** Lines are short, so a loop beats a native search: 4 ns against 20. -1 where there is none. */
function indexOf(byte: number, bytes: Bytes, from: number, to: number): number {
  for (let index = from; index < to; index++) {
    if (bytes[index] === byte) return index;
  }
  return -1;
}

/**
 * The size in the chunk-size line at `start`, extensions (RFC 9112 section 7.1.1) left aside; above 2^53 - 1 not exact.
 * Undefined where the line does not begin with one.
 */
export function readChunkSize(bytes: Bytes, start: number): number | undefined {
  let size = 0;
  let index = start;
  for (let digit = hexDigit(bytes[index]); digit >= 0; digit = hexDigit(bytes[index])) {
    size = size * 16 + digit;
    index++;
  }
  if (index === start) return undefined;
  while (bytes[index] === 32 || bytes[index] === 9) index++;
  const next = bytes[index];
  const isLineEnd = next === LF || (next === CR && bytes[index + 1] === LF);
  return isLineEnd || next === 59 ? size : undefined;
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined || byte < 48) return -1;
  if (byte <= 57) return byte - 48;
  const letter = byte | 0x20;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
