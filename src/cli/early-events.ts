import type { TapEvent, TapSink } from '../tap.ts';

/** Keeps tap events for a sink that is still being opened. */
export class EarlyEvents {
  #kept: TapEvent[] = [];
  #sink: TapSink | undefined;

  /** Hands an event on, or keeps it. */
  readonly take = (event: TapEvent): void => {
    if (this.#sink) this.#sink(event);
    else this.#kept.push(event.type === 'bytes' ? { ...event, bytes: Uint8Array.from(event.bytes) } : event);
  };

  /** The sink is there: it gets what was kept, and from here on everything. */
  handTo(sink: TapSink): void {
    this.#sink = sink;
    for (const event of this.#kept) sink(event);
    this.#kept = [];
  }
}
