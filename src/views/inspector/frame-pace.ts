/** Milliseconds from one frame to the next that a key asked for: 20 a second. */
const KEY_PACE = 50;

/** Milliseconds of quiet before a frame that nobody asked for: 10 a second, so that there is room for the keys. */
const TRAFFIC_PACE = 100;

/** A frame that costs much comes seldom: this many times what it cost lies between two of them. */
const REST = 12;

/**
 * When the next frame is due: soon after a key, at an easy pace while traffic changes what is shown, never more than 20 a
 * second, and never so often that painting takes more than a twelfth of the time.
 */
export class FramePace {
  readonly #paint: () => void;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #paintedAt = Number.NEGATIVE_INFINITY;
  /** When a key was answered last. */
  #answeredAt = Number.NEGATIVE_INFINITY;
  #isForKey = false;
  #cost = 0;
  #isStopped = false;

  constructor(paint: () => void) {
    this.#paint = paint;
  }

  /** Something changed that is, or may be, on the screen. */
  changed(): void {
    if (this.#dueAt !== Number.POSITIVE_INFINITY) return;
    this.#plan(this.#paintedAt + Math.max(TRAFFIC_PACE, this.#cost * REST));
  }

  /** Somebody pressed a key and wants to see what it did. */
  answer(): void {
    this.#isForKey = true;
    this.#plan(this.#answeredAt + KEY_PACE);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #plan(at: number): void {
    if (at >= this.#dueAt || this.#isStopped) return;
    this.#dueAt = at;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#frame(), Math.max(0, at - performance.now()));
  }

  #frame(): void {
    this.#dueAt = Number.POSITIVE_INFINITY;
    const start = performance.now();
    if (this.#isForKey) this.#answeredAt = start;
    this.#isForKey = false;
    this.#paintedAt = start;
    this.#paint();
    this.#cost = performance.now() - start;
  }
}
