/** A time by which something must have happened: `miss` is called when it has not. */
export class Deadline {
  readonly #milliseconds: number;
  readonly #miss: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(milliseconds: number, miss: () => void) {
    this.#milliseconds = milliseconds;
    this.#miss = miss;
  }

  /** The time begins; not anew where it has begun. */
  begin(): void {
    this.#timer ??= setTimeout(this.#miss, this.#milliseconds);
  }

  /** The time begins anew where it has begun. */
  extend(): void {
    this.#timer?.refresh();
  }

  /** It has happened, or does not matter any more. */
  end(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
