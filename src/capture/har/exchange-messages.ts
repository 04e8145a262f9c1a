import type { MessageStore } from '../../session/message-store.ts';

/**
 * The messages of each exchange: a session keeps all of them in one row. 4 bytes a message, 8 while it is made. What comes
 * later is not in it.
 */
export class ExchangeMessages {
  readonly #numbers: Uint32Array;
  /** Where an exchange's numbers begin; they end where the next one's do. */
  readonly #starts: Uint32Array;

  /** `exchanges` is how many there are; they are numbered from 1. */
  constructor(messages: MessageStore, exchanges: number) {
    const owners = new Uint32Array(messages.length);
    const starts = new Uint32Array(exchanges + 2);
    for (let number = 0; number < owners.length; number++) {
      const { exchange } = messages.row(number); // 0 where the row was lost
      if (exchange < 1 || exchange > exchanges) continue;
      owners[number] = exchange;
      starts[exchange + 1]!++;
    }
    for (let exchange = 1; exchange < starts.length; exchange++) starts[exchange]! += starts[exchange - 1]!;
    this.#numbers = new Uint32Array(starts[exchanges + 1]!);
    const next = starts.slice();
    for (let number = 0; number < owners.length; number++) {
      const exchange = owners[number]!;
      if (exchange > 0) this.#numbers[next[exchange]!++] = number;
    }
    this.#starts = starts;
  }

  /** Numbers of an exchange's messages, in the order they began. */
  of(exchange: number): Uint32Array {
    return this.#numbers.subarray(this.#starts[exchange], this.#starts[exchange + 1]);
  }
}
