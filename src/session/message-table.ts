import type { MessageKind } from '../decoders/wire-event.ts';
import type { Side } from '../tap.ts';

/** What a row of the message table is: a request or response of HTTP, or a message inside one. */
export type RowKind = 'request' | 'response' | MessageKind;

const KINDS: readonly RowKind[] = [
  'request',
  'response',
  'text',
  'binary',
  'ping',
  'pong',
  'close',
  'event',
  'comment',
  'chunk',
];
const KIND_NUMBERS = new Map(KINDS.map((kind, number) => [kind, number]));

const PAGE_ROWS = 1 << 14;

/** Characters of a name that are kept: names are kept for ever, and a stream may make each of its events a new one. */
const MAX_NAME = 200;

/** A message as one row: numbers, and where in the spool its bytes are. */
export interface MessageRow {
  /** Number of the exchange it belongs to. */
  readonly exchange: number;
  readonly from: Side;
  readonly kind: RowKind;
  /** Nanoseconds since the session's epoch. */
  readonly at: number;
  /** Where its first byte is in its direction of the connection. */
  readonly start: number;
  readonly head: number;
  readonly framing: number;
  readonly control: number;
  readonly payload: number;
  /** False while it is under way, and for ever where its stream was cut off. */
  readonly complete: boolean;
  /** Event type of an SSE event, code and reason of a close. */
  readonly name: string;
  /** The payload as carried, in the spool. */
  readonly bytesAt: number;
  readonly bytesLength: number;
  /** The decompressed content, in the spool; of length 0 where there is none. */
  readonly contentAt: number;
  readonly contentLength: number;
}

/** What a data path knows of a message when it makes its row. */
export interface NewRow {
  readonly exchange: number;
  readonly from: Side;
  readonly kind: RowKind;
  readonly at: number;
  readonly start: number;
}

/** Bytes of a message inside an exchange, by class. */
export interface WholeWeight {
  readonly framing: number;
  readonly control: number;
  readonly payload: number;
}

/** Columns of one page of rows: 75 bytes a row, where an object of the same would take some 250. */
class Page {
  readonly exchange = new Uint32Array(PAGE_ROWS);
  readonly kind = new Uint8Array(PAGE_ROWS);
  readonly fromServer = new Uint8Array(PAGE_ROWS);
  readonly complete = new Uint8Array(PAGE_ROWS);
  readonly name = new Uint32Array(PAGE_ROWS);
  readonly head = new Uint32Array(PAGE_ROWS);
  readonly framing = new Float64Array(PAGE_ROWS);
  readonly control = new Float64Array(PAGE_ROWS);
  readonly at = new Float64Array(PAGE_ROWS);
  readonly start = new Float64Array(PAGE_ROWS);
  readonly payload = new Float64Array(PAGE_ROWS);
  readonly bytesAt = new Float64Array(PAGE_ROWS);
  readonly bytesLength = new Float64Array(PAGE_ROWS);
  readonly contentAt = new Float64Array(PAGE_ROWS);
  readonly contentLength = new Uint32Array(PAGE_ROWS);
}

/** All messages of a session, numbered from 0 in the order they began. */
export class MessageTable {
  readonly #pages: Page[] = [];
  readonly #names: string[] = [''];
  readonly #nameNumbers = new Map<string, number>([['', 0]]);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Makes a row and returns its number. */
  add({ exchange, from, kind, at, start }: NewRow): number {
    const number = this.#length++;
    const index = number % PAGE_ROWS;
    if (index === 0) this.#pages.push(new Page());
    const page = this.#page(number);
    page.exchange[index] = exchange;
    page.fromServer[index] = from === 'server' ? 1 : 0;
    page.kind[index] = KIND_NUMBERS.get(kind)!;
    page.at[index] = at;
    page.start[index] = start;
    return number;
  }

  /** Makes the row of a message that came in one piece: one look for its page instead of four, 0.1 us a message. */
  addWhole(row: NewRow, weight: WholeWeight, name: string, bytesAt: number, bytesLength: number): number {
    const number = this.add(row);
    const page = this.#page(number);
    const index = number % PAGE_ROWS;
    page.framing[index] = weight.framing;
    page.control[index] = weight.control;
    page.payload[index] = weight.payload;
    page.bytesAt[index] = bytesAt;
    page.bytesLength[index] = bytesLength;
    page.complete[index] = 1;
    if (name !== '') page.name[index] = this.#nameNumber(name);
    return number;
  }

  /** Adds bytes to a row's classes. */
  weigh(number: number, head: number, framing: number, control: number, payload: number): void {
    const page = this.#page(number);
    const index = number % PAGE_ROWS;
    page.head[index]! += head;
    page.framing[index]! += framing;
    page.control[index]! += control;
    page.payload[index]! += payload;
  }

  /** Notes where in the spool a row's bytes are, or that they go on there when they lie behind what is known of it. */
  keepBytes(number: number, at: number, length: number): boolean {
    const page = this.#page(number);
    const index = number % PAGE_ROWS;
    const known = page.bytesLength[index]!;
    if (known === 0) page.bytesAt[index] = at;
    else if (page.bytesAt[index]! + known !== at) return false;
    page.bytesLength[index] = known + length;
    return true;
  }

  keepContent(number: number, at: number, length: number): void {
    const page = this.#page(number);
    page.contentAt[number % PAGE_ROWS] = at;
    page.contentLength[number % PAGE_ROWS] = length;
  }

  /** Marks a row complete, at the time its last byte came. A message that began as a slice learns its kind only now. */
  complete(number: number, kind: RowKind, name: string, at: number): void {
    const page = this.#page(number);
    const index = number % PAGE_ROWS;
    page.complete[index] = 1;
    page.kind[index] = KIND_NUMBERS.get(kind)!;
    page.at[index] = at;
    if (name !== '') page.name[index] = this.#nameNumber(name);
  }

  row(number: number): MessageRow {
    const page = this.#page(number);
    const index = number % PAGE_ROWS;
    return {
      exchange: page.exchange[index]!,
      from: page.fromServer[index] === 1 ? 'server' : 'client',
      kind: KINDS[page.kind[index]!]!,
      at: page.at[index]!,
      start: page.start[index]!,
      head: page.head[index]!,
      framing: page.framing[index]!,
      control: page.control[index]!,
      payload: page.payload[index]!,
      complete: page.complete[index] === 1,
      name: this.#names[page.name[index]!]!,
      bytesAt: page.bytesAt[index]!,
      bytesLength: page.bytesLength[index]!,
      contentAt: page.contentAt[index]!,
      contentLength: page.contentLength[index]!,
    };
  }

  #page(number: number): Page {
    return this.#pages[Math.floor(number / PAGE_ROWS)]!;
  }

  /** Names repeat (a handful of event types), so each is kept once. */
  #nameNumber(whole: string): number {
    const name = whole.length > MAX_NAME ? `${whole.slice(0, MAX_NAME)}…` : whole;
    const known = this.#nameNumbers.get(name);
    if (known !== undefined) return known;
    const number = this.#names.push(name) - 1;
    this.#nameNumbers.set(name, number);
    return number;
  }
}
