import type { ConnectionFailure } from '../../tap.ts';

/** Requests that may wait for the answer to the one before them until the client is paused. */
const MAX_WAITING = 100;

/** What a client asks for. */
export interface Turn {
  /** Called once all before it has been answered. */
  begin(): void;
  /** The client has ended its side, and all that it sent has been read; it may still read. */
  clientEnded?(): void;
  /** What the client sends can be understood no longer. True when that is this request, which is or will be refused. */
  broken?(failure: ConnectionFailure): boolean;
}

/** Serves what a client asks for in a row in a row, so that nothing overtakes what was asked for before it. */
export class Turns {
  readonly #waiting: Turn[] = [];
  readonly #makeRoom: () => void;
  #served: Turn | undefined;
  #hasEnded = false;

  /** `makeRoom` is called after each turn which leaves so few waiting that the client may go on. */
  constructor(makeRoom: () => void) {
    this.#makeRoom = makeRoom;
  }

  /** So much waits that the client has to, too. */
  get isFull(): boolean {
    return this.#waiting.length >= MAX_WAITING;
  }

  /** The client sends no more, and all that it sent has been read. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  add(turn: Turn): void {
    if (this.#served) this.#waiting.push(turn);
    else this.#begin(turn);
  }

  /** The turn that was served is over. */
  next(): void {
    this.#served = undefined;
    const turn = this.#waiting.shift();
    if (turn) this.#begin(turn);
    if (!this.isFull) this.#makeRoom();
  }

  clientEnded(): void {
    this.#hasEnded = true;
    this.#served?.clientEnded?.();
  }

  /** True when it was somebody's request that the client broke off with what is not HTTP. */
  broken(failure: ConnectionFailure): boolean {
    return [this.#served, ...this.#waiting].some((turn) => turn?.broken?.(failure));
  }

  /** Nobody is there any more to be served. */
  clear(): void {
    this.#waiting.length = 0;
  }

  #begin(turn: Turn): void {
    this.#served = turn;
    turn.begin();
    if (this.#hasEnded) turn.clientEnded?.();
  }
}
