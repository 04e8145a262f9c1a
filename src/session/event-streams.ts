import { fieldValue } from '../decoders/http1/fields.ts';
import type { Exchange } from './exchange.ts';

/** Resources whose last event stream is remembered. */
const MAX_RESOURCES = 10_000;

/** Links an event stream that was taken up again with the one before it, by the Last-Event-ID it was asked with. */
export class EventStreams {
  /** The last stream's exchange number, by resource. The order is that of use. */
  readonly #last = new Map<string, number>();

  /** Notes a stream that opens; returns the exchange it takes up, where it says so and there was one. */
  open(exchange: Exchange, host: string): number | undefined {
    const resource = `${host} ${exchange.request?.target ?? ''}`;
    const before = this.#last.get(resource);
    this.#last.delete(resource);
    this.#last.set(resource, exchange.number);
    if (this.#last.size > MAX_RESOURCES) this.#last.delete(this.#last.keys().next().value!);
    const lastEventId = exchange.request && fieldValue(exchange.request.fields, 'last-event-id');
    return lastEventId === undefined ? undefined : before;
  }
}
