import { type BodySlice, viewOf } from './http1/body-reader.ts';
import type { Inflater } from './inflater.ts';
import type { SseDecoder } from './sse.ts';
import type { SseEvent, SseMessage } from './sse-event.ts';
import { type StreamPlace, sseWireMessage } from './sse-wire-message.ts';
import type { WireEvent } from './wire-event.ts';

type BodyEnd = Extract<WireEvent, { readonly type: 'body-end' }>;

/**
 * A compressed event stream: all of it is payload on the wire, but for the chunk-size lines; its syntax is content.
 *
 * No event has compressed bytes of its own, so what it is told to have is an apportionment: what came since the last
 * message is shared out among the messages that a slice completes, by the length of their content, and the last gets
 * the remainder. What comes behind the last message of all, like gzip's checksum, is payload of the end.
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

  body(slice: BodySlice, told: WireEvent[]): void {
    const { start, framing } = slice;
    const bytes = viewOf(slice);
    const content = this.#isLost ? undefined : this.#inflater.push(bytes);
    if (content === undefined) {
      if (!this.#isLost) {
        this.#lose(told);
        told.push(this.#fault(start));
      }
      told.push({ type: 'body', ...this.#place, start, framing, bytes });
      return;
    }
    const waiting = this.#waiting;
    if (waiting.payload + waiting.framing === 0) waiting.start = start;
    waiting.framing += framing;
    waiting.payload += bytes.length;
    this.#tell(this.#decoder.push(content), told);
  }

  /** What comes behind a hole cannot be inflated. */
  lose(start: number, length: number, told: WireEvent[]): void {
    if (!this.#isLost) this.#lose(told);
    told.push({ type: 'missing', kind: undefined, ...this.#place, start, length });
  }

  end(end: BodyEnd, told: WireEvent[]): void {
    this.#tell(this.#decoder.end(), told);
    const { framing, payload } = this.#waiting;
    told.push({ ...end, framing: framing + end.framing, payload });
  }

  /** Tells messages with their shares of what waits. The place of a fault is where that begins, at best. */
  #tell(events: readonly SseEvent[], told: WireEvent[]): void {
    let content = events.reduce((sum, event) => sum + contentLength(event), 0);
    for (const event of events) {
      if (event.type === 'fault') told.push({ ...event, ...this.#place, start: this.#waiting.start });
      if (event.type === 'message') told.push(this.#message(event, content));
      content -= contentLength(event);
    }
  }

  /** A message with its share, where `content` is the length of its content and of those that follow. */
  #message(message: SseMessage, content: number): WireEvent {
    const { start, framing, payload } = this.#waiting;
    const length = contentLength(message);
    const share = length === content ? payload : Math.floor((payload * length) / content);
    this.#waiting = { start: start + framing + share, framing: 0, payload: payload - share };
    const inflated = message === UNREAD ? undefined : message.data;
    return sseWireMessage(this.#place, message, { start, framing, control: 0, payload: share }, inflated);
  }

  /** From here on the body is told as it is. */
  #lose(told: WireEvent[]): void {
    this.#isLost = true;
    const unfinished = this.#decoder.end().filter(({ type }) => type === 'message');
    this.#tell(unfinished, told);
    if (this.#waiting.payload > 0) told.push(this.#message(UNREAD, 0));
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
