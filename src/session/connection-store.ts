import type { Connection } from './connection.ts';
import type { OnLost } from './page-store.ts';
import { Rows } from './rows.ts';
import { Spool } from './spool.ts';

/** A position and a length in the spool. */
const WIDTH = 2;

/** All connections of a session. Those that are open are objects; those that are over lie in a spool, as JSON. */
export class ConnectionStore {
  readonly #open = new Map<number, Connection>();
  readonly #places: Rows;
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
    for (let number = 1; number <= this.#places.length; number++) {
      const connection = this.get(number);
      if (connection) yield connection;
    }
  }

  /** Undefined where there is none with this number, or it could not be kept. */
  get(number: number): Connection | undefined {
    return this.#open.get(number) ?? this.#past(number);
  }

  add(connection: Connection): void {
    while (this.#places.length < connection.number) this.#setPlace(this.#places.add(), 0, 0);
    this.#open.set(connection.number, connection);
    this.#size++;
  }

  /** The connection is over: nothing of it changes any more. */
  end(connection: Connection): void {
    const bytes = Buffer.from(JSON.stringify(connection));
    this.#setPlace(connection.number - 1, this.#spool.append(bytes), bytes.length);
    this.#open.delete(connection.number);
  }

  /** Forgets everything. */
  close(): void {
    this.#open.clear();
    this.#places.close();
    this.#spool.close();
  }

  #setPlace(number: number, at: number, length: number): void {
    const page = this.#places.change(number);
    page[this.#places.offset] = at;
    page[this.#places.offset + 1] = length;
    this.#places.keep();
  }

  #past(number: number): Connection | undefined {
    if (number < 1 || number > this.#places.length) return undefined;
    const page = this.#places.page(number - 1);
    const at = page[this.#places.offset]!;
    const length = page[this.#places.offset + 1]!;
    const bytes = length === 0 ? undefined : this.#spool.read(at, length);
    return bytes && JSON.parse(bytes.toString());
  }
}
