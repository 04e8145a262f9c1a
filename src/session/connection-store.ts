import type { Connection } from './connection.ts';
import type { OnLost } from './page-store.ts';
import { Rows } from './rows.ts';
import { Spool } from './spool.ts';

/** A position and a length in the spool. */
const WIDTH = 2;

/** Numbers that have their places together: of a file that leaps from one number to another far off not each between has one. */
const BLOCK = 64;

/** All connections of a session. Those that are open are objects; those that are over lie in a spool, as JSON. */
export class ConnectionStore {
  readonly #open = new Map<number, Connection>();
  readonly #places: Rows;
  /** The first row of each block of numbers. */
  readonly #blocks = new Map<number, number>();
  readonly #spool: Spool;
  #size = 0;

  /** `memory` in bytes. */
  constructor(memory: number, onLost: OnLost) {
    this.#places = new Rows(WIDTH, memory / 8, onLost);
    this.#spool = new Spool(memory, onLost);
  }

  /** Connections so far, failed ones included. */
  get size(): number {
    return this.#size;
  }

  /** Bytes of what was known of connections that could not be kept, the room between them included. */
  get lost(): number {
    return this.#spool.lost + this.#places.lost * WIDTH * Float64Array.BYTES_PER_ELEMENT;
  }

  /** Those that are open. */
  open(): Iterable<Connection> {
    return this.#open.values();
  }

  /** All that could be kept, by number. */
  *values(): Generator<Connection> {
    for (const block of this.#sortedBlocks()) {
      for (let index = 0; index < BLOCK; index++) {
        const connection = this.get(block * BLOCK + index);
        if (connection) yield connection;
      }
    }
  }

  /** Those with the highest numbers, by number; `count` of them, or as many as there are. */
  last(count: number): Connection[] {
    const found: Connection[] = [];
    for (const block of this.#sortedBlocks().reverse()) {
      for (let index = BLOCK - 1; index >= 0; index--) {
        const connection = this.get(block * BLOCK + index);
        if (connection && found.push(connection) === count) return found.reverse();
      }
    }
    return found.reverse();
  }

  /** Undefined where there is none with this number, or it could not be kept. */
  get(number: number): Connection | undefined {
    return this.#open.get(number) ?? this.#past(number);
  }

  add(connection: Connection): void {
    const block = Math.floor(connection.number / BLOCK);
    if (!this.#blocks.has(block)) this.#addBlock(block);
    this.#open.set(connection.number, connection);
    this.#size++;
  }

  /** The connection is over: nothing of it changes any more. */
  end(connection: Connection): void {
    const bytes = Buffer.from(JSON.stringify(connection));
    this.#setPlace(this.#rowOf(connection.number)!, this.#spool.append(bytes), bytes.length);
    this.#open.delete(connection.number);
  }

  /** Forgets everything. */
  close(): void {
    this.#open.clear();
    this.#places.close();
    this.#spool.close();
  }

  #sortedBlocks(): number[] {
    return [...this.#blocks.keys()].sort((one, other) => one - other);
  }

  #addBlock(block: number): void {
    this.#blocks.set(block, this.#places.length);
    for (let count = 0; count < BLOCK; count++) this.#setPlace(this.#places.add(), 0, 0);
  }

  /** Undefined where no number of its block was ever added. */
  #rowOf(number: number): number | undefined {
    const first = this.#blocks.get(Math.floor(number / BLOCK));
    return first === undefined ? undefined : first + (number % BLOCK);
  }

  #setPlace(row: number, at: number, length: number): void {
    const page = this.#places.change(row);
    page[this.#places.offset] = at;
    page[this.#places.offset + 1] = length;
    this.#places.keep();
  }

  #past(number: number): Connection | undefined {
    const row = this.#rowOf(number);
    if (row === undefined) return undefined;
    const page = this.#places.page(row);
    const at = page[this.#places.offset]!;
    const length = page[this.#places.offset + 1]!;
    const bytes = length === 0 ? undefined : this.#spool.read(at, length);
    return bytes && JSON.parse(bytes.toString());
  }
}
