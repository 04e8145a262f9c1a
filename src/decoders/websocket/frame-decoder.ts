import type { Bytes, Side } from '../../tap.ts';
import type { Decoder, Fault, Undecoded } from '../decoder.ts';
import type { AgreedExtensions } from './extensions.ts';
import { type FrameHeader, isControl, MAX_HEADER_LENGTH, readFrameHeader } from './frame-header.ts';
import { FrameRules, MAX_CONTROL_PAYLOAD, type Readability } from './frame-rules.ts';
import { MaskedChunk } from './masking.ts';

/** What a chunk holds of a frame: all of it, mostly. A control frame always comes whole. */
export interface FrameSlice {
  readonly type: 'frame';
  readonly start: number;
  readonly header: FrameHeader;
  /** Bytes of header before these: `header.length` in a frame's first slice, 0 in the others. */
  readonly headerLength: number;
  /** Payload without its mask: a view of the chunk where there was none, fresh memory where there was. */
  readonly bytes: Bytes;
  /** Whether the frame ends with these. */
  readonly last: boolean;
}

/** Payload of a frame that is missing. */
export interface FrameHole {
  readonly type: 'missing';
  readonly start: number;
  readonly length: number;
  readonly header: FrameHeader;
  /** Whether the frame ends with it. */
  readonly last: boolean;
}

/** From here on nobody knows where a frame begins. */
interface PlaceLost {
  readonly type: 'place-lost';
  readonly start: number;
}

export type FrameEvent = FrameSlice | FrameHole | PlaceLost | Fault | Undecoded;

const MAX_WAITING = MAX_HEADER_LENGTH + MAX_CONTROL_PAYLOAD;
const NONE = new Uint8Array();

/**
 * WebSocket frames of one direction (RFC 6455 section 5.2). Headers and control frames wait until they are whole,
 * payload does not.
 */
export class FrameDecoder implements Decoder<FrameEvent> {
  readonly #rules: FrameRules;
  /** What came of a header or a control frame so far. */
  #waiting: Bytes = NONE;
  /** Where in the direction the bytes begin that are pushed next. */
  #offset: number;
  /** The frame being read, undefined between frames, and how much of its payload was. */
  #header: FrameHeader | undefined;
  #read = 0;
  #readability: Readability = 'readable';
  #isPlaceLost = false;

  /** `start` is where in the direction frames begin: behind the handshake. */
  constructor(from: Side, extensions: AgreedExtensions, start: number) {
    this.#offset = start;
    this.#rules = new FrameRules(from, extensions);
  }

  push(bytes: Bytes): FrameEvent[] {
    const events: FrameEvent[] = [];
    if (this.#isPlaceLost) return this.#count(bytes.length, events);
    const resumed = this.#resume(bytes, events);
    const end = this.#readAll(new MaskedChunk(bytes, this.#offset), resumed, events);
    if (end < bytes.length) this.#waiting = Buffer.from(bytes.subarray(end));
    this.#offset += bytes.length;
    return events;
  }

  /**
   * The next `length` bytes are missing. Inside the payload of a frame it goes on behind them; where they reach beyond that, or a
   * header is among them, nothing tells where the next frame begins.
   */
  lose(length: number): FrameEvent[] {
    const events: FrameEvent[] = [];
    const inPayload = this.#losePayload(length, events);
    const left = length - inPayload;
    if (left === 0 && inPayload > 0) return events;
    if (!this.#isPlaceLost) events.push({ type: 'place-lost', start: this.#offset - this.#waiting.length });
    this.#isPlaceLost = true;
    return this.#count(left, events);
  }

  end(): FrameEvent[] {
    const { length } = this.#waiting;
    const isBetweenFrames = length === 0 && this.#header === undefined;
    if (isBetweenFrames || this.#readability === 'endless') return [];
    this.#waiting = NONE;
    const start = this.#offset - length;
    const detail = 'the stream ended inside a frame';
    const fault: Fault = { type: 'fault', start, rule: 'RFC 6455 section 5.2', detail };
    return length === 0 ? [fault] : [fault, { type: 'undecoded', start, length }];
  }

  /** Passes over what of a hole is payload of the present frame, and returns how much that is. */
  #losePayload(length: number, events: FrameEvent[]): number {
    const header = this.#header;
    if (header === undefined) return 0;
    const missing = Math.min(length, header.payloadLength - this.#read);
    const start = this.#offset;
    this.#read += missing;
    this.#offset += missing;
    const last = this.#read === header.payloadLength;
    if (last) this.#header = undefined;
    const isReadable = this.#readability === 'readable';
    events.push(
      isReadable
        ? { type: 'missing', start, length: missing, header, last }
        : { type: 'undecoded', start, length: missing },
    );
    return missing;
  }

  /** Counts what waits and `length` bytes behind it. */
  #count(length: number, events: FrameEvent[]): FrameEvent[] {
    const waited = this.#waiting.length;
    this.#waiting = NONE;
    const start = this.#offset - waited;
    if (waited + length > 0) events.push({ type: 'undecoded', start, length: waited + length });
    this.#offset += length;
    return events;
  }

  /** Completes what waited with the first of `bytes`, and returns how many of them that took. */
  #resume(bytes: Bytes, events: FrameEvent[]): number {
    const waited = this.#waiting.length;
    if (waited === 0) return 0;
    const joined = Buffer.concat([this.#waiting, bytes.subarray(0, MAX_WAITING)]);
    const header = readFrameHeader(joined, 0);
    if (header === undefined || wholeLength(header) > joined.length) {
      this.#waiting = joined;
      return bytes.length;
    }
    this.#waiting = NONE;
    const whole = joined.subarray(0, wholeLength(header));
    this.#readAll(new MaskedChunk(whole, this.#offset - waited), 0, events);
    return whole.length - waited;
  }

  /** Reads from `at` until no more can be read, and returns where that is. */
  #readAll(chunk: MaskedChunk, at: number, events: FrameEvent[]): number {
    while (at < chunk.bytes.length) {
      const next =
        this.#header === undefined ? this.#begin(chunk, at, events) : this.#go(chunk, at, 0, events);
      if (next === at) break;
      at = next;
    }
    return at;
  }

  /** Reads what there is of the frame that begins at `at`. */
  #begin(chunk: MaskedChunk, at: number, events: FrameEvent[]): number {
    const header = readFrameHeader(chunk.bytes, at);
    if (header === undefined || at + wholeLength(header) > chunk.bytes.length) return at;
    this.#header = header;
    this.#read = 0;
    this.#readability = this.#rules.judge(header, chunk.start + at, events);
    return this.#go(chunk, at, header.length, events);
  }

  /** Reads `headerLength` bytes of header, and what there is of the payload. */
  #go(chunk: MaskedChunk, at: number, headerLength: number, events: FrameEvent[]): number {
    const header = this.#header!;
    const from = at + headerLength;
    const position = this.#read;
    const to = Math.min(chunk.bytes.length, from + header.payloadLength - position);
    const last = position + to - from === header.payloadLength;
    const start = chunk.start + at;
    if (this.#readability === 'readable') {
      const bytes = payload(chunk, from, to, header, position);
      events.push({ type: 'frame', start, header, headerLength, bytes, last });
    } else {
      events.push({ type: 'undecoded', start, length: to - at });
    }
    this.#read = position + to - from;
    if (last) this.#header = undefined;
    return to;
  }
}

/** Bytes that must be there before anything is told of a frame. */
function wholeLength(header: FrameHeader): number {
  const isWhole = isControl(header) && header.payloadLength <= MAX_CONTROL_PAYLOAD;
  return isWhole ? header.length + header.payloadLength : header.length;
}

function payload(
  chunk: MaskedChunk,
  from: number,
  to: number,
  { maskKey }: FrameHeader,
  position: number,
): Bytes {
  return maskKey === undefined ? chunk.bytes.subarray(from, to) : chunk.unmasked(from, to, maskKey, position);
}
