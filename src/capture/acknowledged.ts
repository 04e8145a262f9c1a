/** Nanoseconds within which a capture may have packets of both directions in the wrong order: those of several queues or cores. */
const PATIENCE = 1e6;
/** Packets that say the same are believed sooner. */
const ENOUGH = 8;

/**
 * How far one direction has been acknowledged. One packet is not believed by itself: it may be damaged, or have overtaken in the
 * capture what it acknowledges.
 */
export class Acknowledged {
  /** The furthest that any packet said, in bytes from the start of the direction. */
  highest = 0;
  /** As far as two packets said that are a millisecond apart, or so many in less. */
  believed = 0;
  /** What all packets said that went beyond what is believed; how many those are, and when the first came. */
  #said = 0;
  #count = 0;
  #since = 0;

  /** A packet acknowledges all before `position`; `now` is in nanoseconds. */
  note(position: number, now: number): void {
    if (position > this.highest) this.highest = position;
    if (position <= this.believed) return;
    if (this.#count === 0) return this.#begin(position, now);
    this.#count++;
    this.#said = Math.min(this.#said, position);
    if (this.#count < ENOUGH && now - this.#since < PATIENCE) return;
    this.believed = this.#said;
    this.#count = 0;
    if (position > this.believed) this.#begin(position, now);
  }

  /** Forgets, as the direction goes on from `position` with other numbers. */
  restart(position: number): void {
    this.highest = position;
    this.believed = position;
    this.#count = 0;
  }

  #begin(position: number, now: number): void {
    this.#said = position;
    this.#since = now;
    this.#count = 1;
  }
}
