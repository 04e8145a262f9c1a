import {
  type RequestHead,
  type ResponseHead,
  readRequestHead,
  readResponseHead,
  type Unreadable,
} from '../decoders/http1/head.ts';
import type { ExchangeProtocol, TlsOffer } from '../decoders/wire-event.ts';
import type { Bytes } from '../tap.ts';
import { type Exchange, type ExchangeFacts, type OpenExchange, openedExchange } from './exchange.ts';
import { type ExchangePlaces, type ExchangeRow, ExchangeTable, type HeadPlace } from './exchange-table.ts';
import type { OnLost } from './page-store.ts';
import type { PollVerdict } from './polling/verdict.ts';
import { Spool } from './spool.ts';

const NOWHERE: HeadPlace = { at: 0, length: 0 };
const NO_PLACES: ExchangePlaces = { request: NOWHERE, response: NOWHERE, clientHello: NOWHERE };

/** An exchange that goes on, and where its heads are. */
interface Open {
  readonly exchange: OpenExchange;
  readonly places: { -readonly [Part in keyof ExchangePlaces]: ExchangePlaces[Part] };
}

/**
 * All exchanges of a session. Those that go on are objects; those that are over are a row of numbers each and, in a spool,
 * their heads as they were sent, read again when somebody asks.
 */
export class ExchangeStore {
  readonly #open = new Map<number, Open>();
  readonly #table: ExchangeTable;
  readonly #heads: Spool;
  #length = 0;

  /** `memory` in bytes. */
  constructor(memory: number, onLost: OnLost) {
    this.#table = new ExchangeTable(memory / 2, onLost);
    this.#heads = new Spool(memory / 2, onLost);
  }

  /** Exchanges so far; they are numbered from 1. */
  get length(): number {
    return this.#length;
  }

  /** Exchanges that are only counted, as their rows could not be kept. */
  get lost(): number {
    return this.#table.lost;
  }

  /** Bytes of heads that could not be kept, the room between them included. */
  get lostHeads(): number {
    return this.#heads.lost;
  }

  /** Those that go on. */
  *open(): Generator<Exchange> {
    for (const { exchange } of this.#open.values()) yield exchange;
  }

  /** All that could be kept, in the order they opened. */
  *[Symbol.iterator](): Generator<Exchange> {
    for (let number = 1; number <= this.#length; number++) {
      const exchange = this.get(number);
      if (exchange) yield exchange;
    }
  }

  isOpen(number: number): boolean {
    return this.#open.has(number);
  }

  /** The poll series an exchange is part of; cheaper than all of it. */
  seriesOf(number: number): number | undefined {
    const open = this.#open.get(number);
    return open ? open.exchange.series : this.#table.seriesOf(number);
  }

  /** The connection an exchange is on; cheaper than all of it. 0 where it could not be kept. */
  connectionOf(number: number): number {
    const open = this.#open.get(number);
    return open ? open.exchange.connection : this.#table.connectionOf(number);
  }

  /** An exchange without its heads, which to read takes most of the time that `get` does. Undefined where that is. */
  facts(number: number): ExchangeFacts | undefined {
    const open = this.#open.get(number);
    if (open) return open.exchange;
    return number < 1 || number > this.#length ? undefined : this.#table.row(number);
  }

  /** Undefined where there is none with this number, or it could not be kept. */
  get(number: number): Exchange | undefined {
    const open = this.#open.get(number);
    if (open) return open.exchange;
    if (number < 1 || number > this.#length) return undefined;
    const row = this.#table.row(number);
    return row && this.#past(row);
  }

  /** `messagesFrom` is the number that the session's next message gets. */
  begin(connection: number, at: number, protocol: ExchangeProtocol, messagesFrom = 0): OpenExchange {
    const exchange = openedExchange(++this.#length, connection, at, protocol, messagesFrom);
    this.#table.add();
    this.#open.set(exchange.number, { exchange, places: { ...NO_PLACES } });
    return exchange;
  }

  /** Keeps a head as it was sent; several exchanges may have their heads at one place. */
  keepHead(bytes: Bytes): HeadPlace {
    return { at: this.#heads.append(bytes), length: bytes.length };
  }

  setRequest(number: number, head: RequestHead, place: HeadPlace): void {
    const open = this.#open.get(number);
    if (!open) return;
    open.exchange.request = head;
    open.places.request = place;
  }

  setResponse(number: number, head: ResponseHead, place: HeadPlace): void {
    const open = this.#open.get(number);
    if (!open) return;
    open.exchange.response = head;
    open.places.response = place;
  }

  setClientHello(number: number, clientHello: TlsOffer): void {
    const open = this.#open.get(number);
    if (!open) return;
    open.exchange.clientHello = clientHello;
    open.places.clientHello = this.keepHead(Buffer.from(JSON.stringify(clientHello)));
  }

  /** The exchange is over: nothing of it changes any more, but for its series. */
  end(number: number): void {
    const open = this.#open.get(number);
    if (!open) return;
    this.#table.set(open.exchange, open.places);
    this.#open.delete(number);
  }

  /** Notes the poll series that an exchange, open or over, is part of. */
  setSeries(number: number, series: number, verdict: PollVerdict | undefined): void {
    const open = this.#open.get(number);
    if (!open) return this.#table.setSeries(number, series, verdict);
    open.exchange.series = series;
    open.exchange.verdict = verdict;
  }

  /** The head of an exchange's request or response as it was sent; undefined where there is none, or it was lost. */
  head(number: number, which: 'request' | 'response'): Buffer | undefined {
    const { places } = this.#open.get(number) ?? this.#table.row(number) ?? { places: NO_PLACES };
    return this.#bytes(places[which]);
  }

  /** Forgets everything. */
  close(): void {
    this.#open.clear();
    this.#table.close();
    this.#heads.close();
  }

  #past({ places, ...facts }: ExchangeRow): Exchange {
    const hello = this.#bytes(places.clientHello);
    const request = this.#bytes(places.request);
    const response = this.#bytes(places.response);
    return {
      ...facts,
      clientHello: hello && JSON.parse(hello.toString()),
      request: readable(request && readRequestHead(request)),
      response: readable(response && readResponseHead(response)),
    };
  }

  #bytes({ at, length }: HeadPlace): Buffer | undefined {
    return length === 0 ? undefined : this.#heads.read(at, length);
  }
}

/** What was a head when it came; undefined where there is none, or it was lost. */
function readable<Head extends object>(head: Head | Unreadable | undefined): Head | undefined {
  return head && !('unreadable' in head) ? head : undefined;
}
