/** Events that may wait for a reader. */
const MAX_WAITING = 10_000;

type Result<Event> = IteratorResult<Event, undefined>;

export interface QueueOptions<Event> {
  /** Makes the event that stands for those which were dropped, the latest of them given; undefined for none. */
  leftOut(count: number, latest: Event): Event | undefined;
  /** The reader has left. */
  onLeave(): void;
}

/**
 * Events on their way to one reader. Adding never waits: when 10,000 are ahead of the reader, the oldest are dropped and one event
 * stands for them. The reader gets what waits even after the end.
 */
export class EventQueue<Event> implements AsyncIterableIterator<Event, undefined> {
  readonly #options: QueueOptions<Event>;
  #waiting: Event[] = [];
  /** Of those that wait; what stands before it is gone. */
  #first = 0;
  readonly #readers: ((result: Result<Event>) => void)[] = [];
  #dropped = 0;
  #lastDropped: Event | undefined;
  #isOver = false;

  constructor(options: QueueOptions<Event>) {
    this.#options = options;
  }

  add(event: Event): void {
    if (this.#isOver) return;
    const reader = this.#readers.shift();
    if (reader) return reader({ value: event, done: false });
    this.#waiting.push(event);
    if (this.#waiting.length - this.#first <= MAX_WAITING) return;
    this.#lastDropped = this.#take();
    this.#dropped++;
  }

  /** No more events will come. */
  end(): void {
    this.#isOver = true;
    for (const reader of this.#readers.splice(0)) reader({ value: undefined, done: true });
  }

  async next(): Promise<Result<Event>> {
    const event = this.#leftOut() ?? this.#take();
    if (event !== undefined) return { value: event, done: false };
    if (this.#isOver) return { value: undefined, done: true };
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  /** The reader wants no more: a `for await` that is left calls this. */
  async return(): Promise<Result<Event>> {
    this.#waiting = [];
    this.#first = 0;
    this.#dropped = 0;
    this.end();
    this.#options.onLeave();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #leftOut(): Event | undefined {
    const latest = this.#lastDropped;
    if (latest === undefined || this.#dropped === 0) return undefined;
    const event = this.#options.leftOut(this.#dropped, latest);
    this.#dropped = 0;
    this.#lastDropped = undefined;
    return event;
  }

  #take(): Event | undefined {
    if (this.#first === this.#waiting.length) return undefined;
    const event = this.#waiting[this.#first++];
    if (this.#first === this.#waiting.length || this.#first > MAX_WAITING) {
      this.#waiting.splice(0, this.#first);
      this.#first = 0;
    }
    return event;
  }
}
