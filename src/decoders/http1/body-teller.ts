import type { Side } from '../../tap.ts';
import type { Fault, Undecoded } from '../decoder.ts';
import { LentBytes } from '../lent-bytes.ts';
import type { WireEvent } from '../wire-event.ts';
import { type BodyReader, type BodySlice, viewOf } from './body-reader.ts';
import type { BodyEvent, FramingEvent, MissingEvent, TrailersEvent } from './chunked-events.ts';

/** Tells one side's bodies as wire events: framing bytes go with the body bytes, or the end, that come next. */
export class BodyTeller {
  readonly #from: Side;
  /** Tells the present body in its own way. */
  #reader: BodyReader | undefined;
  #framing = 0;
  #head = 0;
  /** Place of the first byte not yet told. */
  #start = 0;

  constructor(from: Side) {
    this.#from = from;
  }

  /** Begins a body that `reader` tells, or none. */
  begin(reader: BodyReader | undefined): void {
    this.#reader = reader;
  }

  tell(
    event: FramingEvent | BodyEvent | MissingEvent | TrailersEvent | Fault | Undecoded,
    exchange: number,
    told: WireEvent[],
  ): void {
    const from = this.#from;
    switch (event.type) {
      case 'framing':
      case 'trailers':
        this.#wait(event);
        return;
      case 'body':
        this.#tellBody(this.#framing > 0 ? this.#withWaiting(event) : event, exchange, told);
        return;
      case 'missing':
        this.#tellMissing(event, exchange, told);
        return;
      case 'fault':
        told.push({
          type: 'fault',
          exchange,
          from,
          start: event.start,
          rule: event.rule,
          detail: event.detail,
        });
        return;
      case 'undecoded':
        told.push({ type: 'undecoded', exchange, from, start: event.start, length: event.length });
    }
  }

  /** Tells the end of the body, at `place`, and what was waiting for it. */
  end(place: number, complete: boolean, exchange: number, told: WireEvent[]): void {
    const framing = this.#framing;
    const head = this.#head;
    const start = framing + head > 0 ? this.#start : place;
    const end = {
      type: 'body-end',
      exchange,
      from: this.#from,
      start,
      framing,
      head,
      payload: 0,
      complete,
    } as const;
    this.#framing = 0;
    this.#head = 0;
    if (this.#reader) this.#reader.end(end, told);
    else told.push(end);
    this.#reader = undefined;
  }

  #wait(event: FramingEvent | TrailersEvent): void {
    if (this.#framing + this.#head === 0) this.#start = event.start;
    if (event.type === 'framing') this.#framing += event.length;
    else this.#head += event.length;
  }

  #withWaiting({ framing, lent, from, to }: BodySlice): BodySlice {
    const slice = { start: this.#start, framing: this.#framing + framing, lent, from, to };
    this.#framing = 0;
    return slice;
  }

  #tellMissing({ start, length }: MissingEvent, exchange: number, told: WireEvent[]): void {
    if (this.#framing > 0) this.#tellBody(this.#withWaiting(nothingAt(start)), exchange, told);
    if (this.#reader) this.#reader.lose(start, length, told);
    else told.push({ type: 'missing', kind: undefined, exchange, from: this.#from, start, length });
  }

  #tellBody(slice: BodySlice, exchange: number, told: WireEvent[]): void {
    if (this.#reader) {
      this.#reader.body(slice, told);
      return;
    }
    const { start, framing } = slice;
    told.push({ type: 'body', exchange, from: this.#from, start, framing, bytes: viewOf(slice) });
  }
}

function nothingAt(start: number): BodySlice {
  return { start, framing: 0, lent: new LentBytes(new Uint8Array()), from: 0, to: 0 };
}
