import type { Side } from '../../tap.ts';
import type { Fault, Undecoded } from '../decoder.ts';
import type { WireEvent } from '../wire-event.ts';
import type { BodyEvent, FramingEvent, TrailersEvent } from './chunked.ts';

/** Tells one side's bodies as wire events: framing bytes go with the body bytes, or the end, that come next. */
export class BodyTeller {
  readonly #from: Side;
  #framing = 0;
  #head = 0;
  /** Place of the first byte not yet told. */
  #start = 0;

  constructor(from: Side) {
    this.#from = from;
  }

  tell(
    event: FramingEvent | BodyEvent | TrailersEvent | Fault | Undecoded,
    exchange: number,
    told: WireEvent[],
  ): void {
    const from = this.#from;
    switch (event.type) {
      case 'framing':
      case 'trailers':
        this.#wait(event);
        return;
      case 'body': {
        const { start, bytes } = event;
        const framing = this.#framing;
        told.push({ type: 'body', exchange, from, start: framing > 0 ? this.#start : start, framing, bytes });
        this.#framing = 0;
        return;
      }
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
    told.push({ type: 'body-end', exchange, from: this.#from, start, framing, head, complete });
    this.#framing = 0;
    this.#head = 0;
  }

  #wait(event: FramingEvent | TrailersEvent): void {
    if (this.#framing + this.#head === 0) this.#start = event.start;
    if (event.type === 'framing') this.#framing += event.length;
    else this.#head += event.length;
  }
}
