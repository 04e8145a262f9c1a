import type { Side } from '../tap.ts';
import { inflaterFor } from './content-encoding.ts';
import { SseDecoder } from './sse.ts';
import { CompressedEventStream } from './sse-compressed.ts';
import { SSE_LIMITS, type SseEvent, type SseLimits, type SseMessage } from './sse-event.ts';
import { type StreamPlace, sseWireMessage } from './sse-wire-message.ts';
import type { WireEvent } from './wire-event.ts';

type Body = Extract<WireEvent, { readonly type: 'body' }>;
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
export class EventStreamBody {
  readonly #stream: PlainEventStream | CompressedEventStream;

  constructor({ exchange, from, contentEncoding, limits = EVENT_STREAM_LIMITS }: EventStreamOptions) {
    const place = { exchange, from };
    const inflater = inflaterFor(contentEncoding ?? '', limits.inflated);
    const decoder = new SseDecoder(limits);
    this.#stream = inflater
      ? new CompressedEventStream(place, decoder, inflater)
      : new PlainEventStream(place, decoder);
  }

  /** What a slice of the body completes. */
  body(event: Body): WireEvent[] {
    return this.#stream.body(event);
  }

  /** What the end cuts off, and the end. */
  end(event: BodyEnd): WireEvent[] {
    return this.#stream.end(event);
  }
}

/** A stream as it is: a message has the bytes that the decoder counts. */
class PlainEventStream {
  readonly #place: StreamPlace;
  readonly #decoder: SseDecoder;
  /** Chunk-size lines since the last message. */
  #framing = 0;

  constructor(place: StreamPlace, decoder: SseDecoder) {
    this.#place = place;
    this.#decoder = decoder;
  }

  body(event: Body): WireEvent[] {
    this.#framing += event.framing;
    return this.#wireEvents(this.#decoder.push(event.bytes, event.start + event.framing));
  }

  end(event: BodyEnd): WireEvent[] {
    const events = this.#wireEvents(this.#decoder.end());
    events.push({ ...event, framing: this.#framing + event.framing });
    return events;
  }

  #wireEvents(told: readonly SseEvent[]): WireEvent[] {
    const events: WireEvent[] = [];
    for (const event of told) {
      if (event.type === 'message') events.push(this.#message(event));
      else if (event.type === 'fault') events.push({ ...event, ...this.#place });
      else this.#framing += event.framing;
    }
    return events;
  }

  #message(message: SseMessage): WireEvent {
    const { start, control, payload } = message;
    const framing = message.framing + this.#framing;
    this.#framing = 0;
    return sseWireMessage(this.#place, message, { start, framing, control, payload }, undefined);
  }
}
