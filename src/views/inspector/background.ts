import type { Work } from './work.ts';

/** Milliseconds that are worked at a time, and those in which the traffic has the thread to itself then. */
const SLICE = 5;
const REST = 10;

/** Does what there is to do a slice at a time, between the traffic, for as long as there is anything. */
export class Background {
  readonly #work: Work['work'];
  readonly #done: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** `done` is called behind each slice: there may be something new to see. */
  constructor(work: Work['work'], done: () => void) {
    this.#work = work;
    this.#done = done;
  }

  /** There may be something to do. */
  wake(): void {
    if (this.#timer !== undefined || this.#isStopped) return;
    this.#timer = setTimeout(() => this.#slice(), 0);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #slice(): void {
    this.#timer = undefined;
    const isMore = this.#work(performance.now() + SLICE);
    this.#done();
    if (isMore && !this.#isStopped) this.#timer = setTimeout(() => this.#slice(), REST);
  }
}
