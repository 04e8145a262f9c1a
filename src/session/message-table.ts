import type { MessageKind } from '../decoders/wire-event.ts';
import type { Side } from '../tap.ts';
import { EventIds } from './event-ids.ts';
import { Names } from './names.ts';
import type { OnLost } from './page-store.ts';
import { Rows } from './rows.ts';
import { wordList } from './word-list.ts';

/** What a row of the message table is: a request or response of HTTP, or a message inside one. A lost one is only counted. */
export type RowKind = 'lost' | 'request' | 'response' | MessageKind;

/** The first is what rows of zeros are. */
const KINDS = wordList<RowKind>()([
  'lost',
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
]);
const KIND_NUMBERS = new Map(KINDS.map((kind, number) => [kind, number]));

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
  /** The last event id that the client of an event stream knows after this event; '' where there is none. */
  readonly id: string;
  /** The payload as carried, in the spool. */
  readonly bytesAt: number;
  /** Negative where the bytes lie in so many pieces, and a list of these at `bytesAt`. */
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

/** What there is to know of a message that came in one piece: its bytes by class, and of an event its id. */
export interface WholeFacts {
  readonly framing: number;
  readonly control: number;
  readonly payload: number;
  readonly id?: string;
}

// Columns of a row: 96 bytes, where an object of the same would take some 250.
const EXCHANGE = 0;
/** The name's number times 64, and what it is: kind, and one bit each for the server and for complete. */
const TRAITS = 1;
/** Bytes of head; of an event, which has none, the number of its id: a column of its own would cost all messages 8 bytes. */
const HEAD = 2;
const FRAMING = 3;
const CONTROL = 4;
const PAYLOAD = 5;
const AT = 6;
const START = 7;
const BYTES_AT = 8;
const BYTES_LENGTH = 9;
const CONTENT_AT = 10;
const CONTENT_LENGTH = 11;
const WIDTH = 12;

const KIND_MASK = 15;
const FROM_SERVER = 16;
const COMPLETE = 32;
const NAME = 64;

const NOTHING: WholeFacts = { framing: 0, control: 0, payload: 0 };

/** All messages of a session, numbered from 0 in the order they began. */
export class MessageTable {
  readonly #rows: Rows;
  readonly #names: Names;
  readonly #ids: EventIds;

  /** `memory` in bytes. */
  constructor(memory: number, onLost: OnLost) {
    this.#rows = new Rows(WIDTH, memory, onLost);
    this.#names = new Names(onLost);
    this.#ids = new EventIds(onLost);
  }

  get length(): number {
    return this.#rows.length;
  }

  /** Messages whose rows could not be kept. */
  get lost(): number {
    return this.#rows.lost;
  }

  /** Bytes of names and ids that could not be kept. */
  get lostNames(): number {
    return this.#names.lost + this.#ids.lost;
  }

  /** Makes a row and returns its number. */
  add(row: NewRow): number {
    return this.#add(row, 0, NOTHING, 0, 0);
  }

  /** Makes the row of a message that came in one piece. */
  addWhole(row: NewRow, whole: WholeFacts, name: string, bytesAt: number, bytesLength: number): number {
    const nameNumber = name === '' ? 0 : this.#names.number(name);
    return this.#add(row, COMPLETE + nameNumber * NAME, whole, bytesAt, bytesLength);
  }

  #add(row: NewRow, traits: number, whole: WholeFacts, bytesAt: number, bytesLength: number): number {
    const idNumber = whole.id ? this.#ids.number(whole.id) : 0;
    const number = this.#rows.add();
    const page = this.#rows.change(number);
    const { offset } = this.#rows;
    const from = row.from === 'server' ? FROM_SERVER : 0;
    page[offset + EXCHANGE] = row.exchange;
    page[offset + TRAITS] = traits + from + KIND_NUMBERS.get(row.kind)!;
    page[offset + HEAD] = idNumber;
    page[offset + FRAMING] = whole.framing;
    page[offset + CONTROL] = whole.control;
    page[offset + PAYLOAD] = whole.payload;
    page[offset + AT] = row.at;
    page[offset + START] = row.start;
    page[offset + BYTES_AT] = bytesAt;
    page[offset + BYTES_LENGTH] = bytesLength;
    page[offset + CONTENT_AT] = 0;
    page[offset + CONTENT_LENGTH] = 0;
    return number; // a new row is in memory
  }

  /** Adds bytes to a row's classes. */
  weigh(number: number, head: number, framing: number, control: number, payload: number): void {
    const page = this.#rows.change(number);
    const { offset } = this.#rows;
    page[offset + HEAD]! += head;
    page[offset + FRAMING]! += framing;
    page[offset + CONTROL]! += control;
    page[offset + PAYLOAD]! += payload;
    this.#rows.keep();
  }

  /** Notes the id of an event that did not come whole. */
  identify(number: number, id: string): void {
    const idNumber = this.#ids.number(id);
    const page = this.#rows.change(number);
    page[this.#rows.offset + HEAD] = idNumber;
    this.#rows.keep();
  }

  /** Notes where in the spool a row's bytes are, or that they go on there when they lie behind what is known of it. */
  keepBytes(number: number, at: number, length: number): boolean {
    const page = this.#rows.change(number);
    const { offset } = this.#rows;
    const known = page[offset + BYTES_LENGTH]!;
    if (known === 0) page[offset + BYTES_AT] = at;
    else if (page[offset + BYTES_AT]! + known !== at) return false;
    page[offset + BYTES_LENGTH] = known + length;
    this.#rows.keep();
    return true;
  }

  /** Notes that a row's bytes lie in `count` pieces, and where their list is. */
  keepPieces(number: number, at: number, count: number): void {
    const page = this.#rows.change(number);
    const { offset } = this.#rows;
    page[offset + BYTES_AT] = at;
    page[offset + BYTES_LENGTH] = -count;
    this.#rows.keep();
  }

  keepContent(number: number, at: number, length: number): void {
    const page = this.#rows.change(number);
    const { offset } = this.#rows;
    page[offset + CONTENT_AT] = at;
    page[offset + CONTENT_LENGTH] = length;
    this.#rows.keep();
  }

  /** Marks a row complete, at the time its last byte came. A message that began as a slice learns its kind only now. */
  complete(number: number, kind: RowKind, name: string, at: number): void {
    this.#settle(number, COMPLETE, kind, name, at);
  }

  /** Marks a row as one that stays incomplete. */
  cutOff(number: number, kind: RowKind, name: string, at: number): void {
    this.#settle(number, 0, kind, name, at);
  }

  #settle(number: number, complete: number, kind: RowKind, name: string, at: number): void {
    const nameNumber = name === '' ? 0 : this.#names.number(name);
    const page = this.#rows.change(number);
    const { offset } = this.#rows;
    const from = page[offset + TRAITS]! & FROM_SERVER;
    page[offset + TRAITS] = complete + nameNumber * NAME + from + KIND_NUMBERS.get(kind)!;
    page[offset + AT] = at;
    this.#rows.keep();
  }

  exchangeOf(number: number): number {
    return this.#rows.page(number)[this.#rows.offset + EXCHANGE]!;
  }

  row(number: number): MessageRow {
    const page = this.#rows.page(number);
    const { offset } = this.#rows;
    const traits = page[offset + TRAITS]!;
    const what = traits % NAME;
    const kind = KINDS[what & KIND_MASK]!;
    const head = page[offset + HEAD]!;
    const isEvent = kind === 'event';
    return {
      exchange: page[offset + EXCHANGE]!,
      from: (what & FROM_SERVER) === 0 ? 'client' : 'server',
      kind,
      at: page[offset + AT]!,
      start: page[offset + START]!,
      head: isEvent ? 0 : head,
      framing: page[offset + FRAMING]!,
      control: page[offset + CONTROL]!,
      payload: page[offset + PAYLOAD]!,
      complete: (what & COMPLETE) !== 0,
      id: isEvent ? this.#ids.id(head) : '',
      name: this.#names.name(Math.floor(traits / NAME)),
      bytesAt: page[offset + BYTES_AT]!,
      bytesLength: page[offset + BYTES_LENGTH]!,
      contentAt: page[offset + CONTENT_AT]!,
      contentLength: page[offset + CONTENT_LENGTH]!,
    };
  }

  /** Forgets everything. */
  close(): void {
    this.#rows.close();
    this.#names.close();
    this.#ids.close();
  }
}
