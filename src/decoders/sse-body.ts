import type { Side } from '../tap.ts';
import { inflaterFor } from './content-encoding.ts';
import { EventEnd } from './event-end.ts';
import type { BodyReader, BodySlice } from './http1/body-reader.ts';
import { SseDecoder } from './sse.ts';
import { CompressedEventStream } from './sse-compressed.ts';
import { SSE_LIMITS, type SseEvent, type SseLimits, type SseMessage } from './sse-event.ts';
import { type StreamPlace, sseWireMessage } from './sse-wire-message.ts';
import type { WireEvent } from './wire-event.ts';

type BodyEnd = Extract<WireEvent, { readonly type: 'body-end' }>;

/** Bounds in bytes: of an event stream, and of what one slice of its body may inflate to. */
export interface EventStreamLimits extends SseLimits {
  readonly inflated: number;
}

export const EVENT_STREAM_LIMITS: EventStreamLimits = { ...SSE_LIMITS, inflated: 16 << 20 };

export interface EventStreamOptions {
  readonly exchange: number;
  readonly from: Side;
  /** The field's value; '' or undefined where there is none. */
  readonly contentEncoding: string | undefined;
  readonly limits?: EventStreamLimits;
}

/** Whether a Content-Type is `text/event-stream`, with whatever parameters. */
export function isEventStream(contentType: string | undefined): boolean {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'text/event-stream';
}

/**
 * The body of an event stream, told as messages instead of `body` events. Every byte of it is counted once, as before:
 * chunk-size lines are framing of the next message told, or of the end where none follows.
 */
export class EventStreamBody implements BodyReader {
  readonly #stream: PlainEventStream | CompressedEventStream;

  constructor({ exchange, from, contentEncoding, limits = EVENT_STREAM_LIMITS }: EventStreamOptions) {
    const place = { exchange, from };
    const inflater = inflaterFor(contentEncoding ?? '', limits.inflated);
    this.#stream = inflater
      ? new CompressedEventStream(place, new SseDecoder(limits), inflater)
      : new PlainEventStream(place, limits);
  }

  body(slice: BodySlice, told: WireEvent[]): void {
    this.#stream.body(slice, told);
  }

  lose(start: number, length: number, told: WireEvent[]): void {
    this.#stream.lose(start, length, told);
  }

  end(end: BodyEnd, told: WireEvent[]): void {
    this.#stream.end(end, told);
  }
}

/** A stream as it is: a message has the bytes that the decoder counts. */
class PlainEventStream {
  readonly #place: StreamPlace;
  readonly #limits: SseLimits;
  #decoder: SseDecoder;
  /** Looks for the end of the event that a hole is in. */
  #eventEnd: EventEnd | undefined;
  /** Chunk-size lines since the last message. */
  #framing = 0;

  constructor(place: StreamPlace, limits: SseLimits) {
    this.#place = place;
    this.#limits = limits;
    this.#decoder = new SseDecoder(limits);
  }

  body(slice: BodySlice, told: WireEvent[]): void {
    const { framing, lent, to } = slice;
    this.#framing += framing;
    const from = this.#eventEnd ? this.#skip(slice, this.#eventEnd, told) : slice.from;
    const events: SseEvent[] = [];
    this.#decoder.read(lent, from, to, slice.start + framing + from - slice.from, events);
    this.#tell(events, told);
  }

  /** Cuts off the event under way, and goes on behind the next blank line. */
  lose(start: number, length: number, told: WireEvent[]): void {
    const unfinished = this.#decoder.end().filter(({ type }) => type !== 'fault');
    this.#tell(unfinished, told);
    this.#decoder = new SseDecoder(this.#limits);
    this.#eventEnd = new EventEnd();
    told.push({ type: 'undecoded', ...this.#place, start, length });
  }

  /** Counts what still belongs to the event that a hole is in; returns where the next one begins. */
  #skip({ start, framing, lent, from, to }: BodySlice, eventEnd: EventEnd, told: WireEvent[]): number {
    const end = eventEnd.find(lent.bytes, from, to);
    const length = (end ?? to) - from;
    if (length > 0) told.push({ type: 'undecoded', ...this.#place, start: start + framing, length });
    if (end !== undefined) this.#eventEnd = undefined;
    return from + length;
  }

  end(end: BodyEnd, told: WireEvent[]): void {
    this.#tell(this.#decoder.end(), told);
    told.push({ ...end, framing: this.#framing + end.framing });
  }

  #tell(events: readonly SseEvent[], told: WireEvent[]): void {
    for (const event of events) {
      if (event.type === 'message') told.push(this.#message(event));
      else if (event.type === 'fault') told.push({ ...event, ...this.#place });
      else this.#framing += event.framing;
    }
  }

  #message(message: SseMessage): WireEvent {
    const { start, control, payload } = message;
    const framing = message.framing + this.#framing;
    this.#framing = 0;
    return sseWireMessage(this.#place, message, { start, framing, control, payload }, undefined);
  }
}
