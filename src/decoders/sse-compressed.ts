import type { Inflater } from './inflater.ts';
import type { SseDecoder } from './sse.ts';
import type { SseEvent, SseMessage } from './sse-event.ts';
import { type StreamPlace, sseWireMessage } from './sse-wire-message.ts';
import type { WireEvent } from './wire-event.ts';

type Body = Extract<WireEvent, { readonly type: 'body' }>;
type BodyEnd = Extract<WireEvent, { readonly type: 'body-end' }>;

/**
 * A compressed event stream: all of it is payload on the wire, but for the chunk-size lines; its syntax is content.
 *
 * No event has compressed bytes of its own, so what it is told to have is an apportionment: what came since the last
 * message is shared out among the messages that a slice completes, by the length of their content, and the last gets
 * the remainder. What comes behind the last message of all, like gzip's checksum, is framing of the end.
 */
export class CompressedEventStream {
  readonly #place: StreamPlace;
  readonly #decoder: SseDecoder;
  readonly #inflater: Inflater;
  /** What came since the last message: where it begins, its chunk-size lines, its compressed bytes. */
  #waiting = { start: 0, framing: 0, payload: 0 };
  #isLost = false;

  constructor(place: StreamPlace, decoder: SseDecoder, inflater: Inflater) {
    this.#place = place;
    this.#decoder = decoder;
    this.#inflater = inflater;
  }

  body(event: Body): WireEvent[] {
    if (this.#isLost) return [event];
    const content = this.#inflater.push(event.bytes);
    if (content === undefined) return this.#lose(event);
    const waiting = this.#waiting;
    if (waiting.payload + waiting.framing === 0) waiting.start = event.start;
    waiting.framing += event.framing;
    waiting.payload += event.bytes.length;
    return this.#wireEvents(this.#decoder.push(content));
  }

  end(event: BodyEnd): WireEvent[] {
    if (this.#isLost) return [event];
    const events = this.#wireEvents(this.#decoder.end());
    const { framing, payload } = this.#waiting;
    events.push({ ...event, framing: framing + payload + event.framing });
    return events;
  }

  /** Messages with their shares of what waits. The place of a fault is where that begins, at best. */
  #wireEvents(told: readonly SseEvent[]): WireEvent[] {
    const events: WireEvent[] = [];
    let content = told.reduce((sum, event) => sum + contentLength(event), 0);
    for (const event of told) {
      if (event.type === 'fault') events.push({ ...event, ...this.#place, start: this.#waiting.start });
      if (event.type === 'message') events.push(this.#message(event, content));
      content -= contentLength(event);
    }
    return events;
  }

  /** A message with its share, where `content` is the length of its content and of those that follow. */
  #message(message: SseMessage, content: number): WireEvent {
    const { start, framing, payload } = this.#waiting;
    const length = contentLength(message);
    const share = length === content ? payload : Math.floor((payload * length) / content);
    this.#waiting = { start: start + framing + share, framing: 0, payload: payload - share };
    return sseWireMessage(this.#place, message, { start, framing, control: 0, payload: share }, message.data);
  }

  /** From here on the body is told as it is: `event` is the slice that did not inflate. */
  #lose(event: Body): WireEvent[] {
    this.#isLost = true;
    const unfinished = this.#decoder.end().filter(({ type }) => type === 'message');
    const events = this.#wireEvents(unfinished);
    if (this.#waiting.payload > 0) events.push(this.#message(UNREAD, 0));
    events.push(this.#fault(event.start));
    events.push({ ...event, framing: this.#waiting.framing + event.framing });
    return events;
  }

  #fault(start: number): WireEvent {
    const { broken = '' } = this.#inflater;
    const isLimit = broken === 'limit';
    return {
      type: 'fault',
      ...this.#place,
      start,
      rule: isLimit ? 'limit' : 'RFC 9110 section 8.4',
      detail: isLimit ? 'a slice of the body inflates to too much' : broken,
    };
  }
}

/** Stands for compressed bytes of which nothing came out. */
const UNREAD: SseMessage = {
  type: 'message',
  kind: 'event',
  start: 0,
  framing: 0,
  control: 0,
  payload: 0,
  name: 'message',
  id: '',
  data: new Uint8Array(),
  dispatched: false,
  complete: false,
};

function contentLength(event: SseEvent): number {
  return event.type === 'message' ? event.framing + event.control + event.payload : 0;
}
