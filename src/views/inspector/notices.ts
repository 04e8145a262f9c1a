import { harmless } from '../harmless.ts';
import { piece, type StyledLine } from '../styled-line.ts';

/** Milliseconds that a notice stays; a key takes it away sooner. */
const STAYS = 10_000;

/** Words that wait for their turn, at most; what a failing disk says each second is said often enough. */
const MAX_WAITING = 20;

interface Notice {
  readonly words: string;
  readonly isTrouble: boolean;
}

/** What the user is told that belongs to no place on the screen: one line above the keys. */
export class Notices {
  readonly #waiting: Notice[] = [];
  readonly #told: () => void;
  #shownAt = 0;

  /** `told` is called when there is something to show. */
  constructor(told: () => void) {
    this.#told = told;
  }

  tell(words: string, isTrouble = false): void {
    if (this.#waiting.length >= MAX_WAITING) return;
    this.#waiting.push({ words, isTrouble });
    this.#told();
  }

  /** The next one may come. */
  dismiss(): void {
    if (this.#shownAt > 0) this.#next();
  }

  /** The line to show at `now`, in milliseconds of `performance.now()`; undefined mostly. */
  line(now: number): StyledLine | undefined {
    if (this.#shownAt > 0 && now - this.#shownAt > STAYS) this.#next();
    const notice = this.#waiting[0];
    if (!notice) return undefined;
    if (this.#shownAt === 0) this.#shownAt = now;
    return [piece(` ${harmless(notice.words)}`, notice.isTrouble ? 'fault' : 'strong')];
  }

  #next(): void {
    this.#waiting.shift();
    this.#shownAt = 0;
  }
}
