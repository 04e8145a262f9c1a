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

export type FrameEvent = FrameSlice | Fault | Undecoded;

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

  /** `start` is where in the direction frames begin: behind the handshake. */
  constructor(from: Side, extensions: AgreedExtensions, start: number) {
    this.#offset = start;
    this.#rules = new FrameRules(from, extensions);
  }

  push(bytes: Bytes): FrameEvent[] {
    const events: FrameEvent[] = [];
    const resumed = this.#resume(bytes, events);
    const end = this.#readAll(new MaskedChunk(bytes, this.#offset), resumed, events);
    if (end < bytes.length) this.#waiting = Buffer.from(bytes.subarray(end));
    this.#offset += bytes.length;
    return events;
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
