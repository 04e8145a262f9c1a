/** Things that come one by one, to be waited for in the same order. */
export class Arrivals<Thing> {
  readonly #things: Thing[] = [];
  readonly #waiting: ((thing: Thing) => void)[] = [];

  add(thing: Thing): void {
    const next = this.#waiting.shift();
    if (next) next(thing);
    else this.#things.push(thing);
  }

  /** The next one that nobody has had. */
  next(): Promise<Thing> {
    const thing = this.#things.shift();
    return thing === undefined
      ? new Promise((resolve) => this.#waiting.push(resolve))
      : Promise.resolve(thing);
  }
}
