import type { ExchangeProtocol } from '../decoders/wire-event.ts';
import type { Exchange } from './exchange.ts';
import { emptyWeight, type Weight } from './ledger.ts';
import type { OnLost } from './page-store.ts';
import type { PollVerdict } from './polling/verdict.ts';
import { Rows } from './rows.ts';
import { wordList } from './word-list.ts';

const PROTOCOLS = wordList<ExchangeProtocol>()(['http1', 'websocket', 'sse', 'http2', 'tcp', 'tls']);

/** The first is none. */
const VERDICTS = wordList<PollVerdict | undefined>()([
  undefined,
  'news',
  'cut-off',
  'sent',
  'empty',
  '204',
  '304',
  'unchanged',
  'heartbeat',
  'control',
  'redirect',
  'error',
]);

/** Where in the spool a head is, or what is kept of a ClientHello; of length 0 where there is none. */
export interface HeadPlace {
  readonly at: number;
  readonly length: number;
}

/** Where the parts of an exchange are that do not fit into a row of numbers. */
export interface ExchangePlaces {
  readonly request: HeadPlace;
  readonly response: HeadPlace;
  readonly clientHello: HeadPlace;
}

/** What of an exchange fits into a row of numbers. */
export type ExchangeRow = Omit<Exchange, keyof ExchangePlaces> & { readonly places: ExchangePlaces };

const CONNECTION = 0;
const OPENED_AT = 1;
const CLOSED_AT = 2;
const PROTOCOL = 3;
const INFORMATIONAL = 4;
const RESPONDED_AT = 5;
const MESSAGES = 6;
const FAULTS = 7;
const RESUMES = 8;
const SERIES = 9;
const VERDICT = 10;
const REQUEST = 11;
const RESPONSE = 13;
const HELLO = 15;
const CLIENT = 17;
const SERVER = 22;
const MESSAGES_FROM = 27;
const MESSAGES_UNTIL = 28;
/** 232 bytes a row. */
const WIDTH = 29;

/** Exchanges that are over, by number, as rows of numbers. */
export class ExchangeTable {
  readonly #rows: Rows;

  /** `memory` in bytes. */
  constructor(memory: number, onLost: OnLost) {
    this.#rows = new Rows(WIDTH, memory, onLost);
  }

  /** Exchanges whose rows could not be kept. */
  get lost(): number {
    return this.#rows.lost;
  }

  /** Makes the next row, which is empty until its exchange is over. */
  add(): void {
    const page = this.#rows.change(this.#rows.add());
    page.fill(0, this.#rows.offset, this.#rows.offset + WIDTH);
  }

  set(exchange: Exchange, places: ExchangePlaces): void {
    const page = this.#rows.change(exchange.number - 1);
    const { offset } = this.#rows;
    page[offset + CONNECTION] = exchange.connection;
    page[offset + OPENED_AT] = exchange.openedAt;
    page[offset + CLOSED_AT] = known(exchange.closedAt);
    page[offset + PROTOCOL] = PROTOCOLS.indexOf(exchange.protocol);
    page[offset + INFORMATIONAL] = exchange.informational;
    page[offset + RESPONDED_AT] = known(exchange.respondedAt);
    page[offset + MESSAGES] = exchange.messages;
    page[offset + MESSAGES_FROM] = exchange.messagesFrom;
    page[offset + MESSAGES_UNTIL] = known(exchange.messagesUntil);
    page[offset + FAULTS] = exchange.faults;
    page[offset + RESUMES] = known(exchange.resumes);
    page[offset + SERIES] = known(exchange.series);
    page[offset + VERDICT] = verdictNumber(exchange.verdict);
    setPlace(page, offset + REQUEST, places.request);
    setPlace(page, offset + RESPONSE, places.response);
    setPlace(page, offset + HELLO, places.clientHello);
    setWeight(page, offset + CLIENT, exchange.ledger.client);
    setWeight(page, offset + SERVER, exchange.ledger.server);
    this.#rows.keep();
  }

  /** Undefined when the row was lost. */
  row(number: number): ExchangeRow | undefined {
    const page = this.#rows.page(number - 1);
    const { offset } = this.#rows;
    if (page[offset + CONNECTION] === 0) return undefined;
    return {
      number,
      connection: page[offset + CONNECTION]!,
      openedAt: page[offset + OPENED_AT]!,
      closedAt: maybe(page[offset + CLOSED_AT]!),
      protocol: PROTOCOLS[page[offset + PROTOCOL]!]!,
      informational: page[offset + INFORMATIONAL]!,
      respondedAt: maybe(page[offset + RESPONDED_AT]!),
      messages: page[offset + MESSAGES]!,
      messagesFrom: page[offset + MESSAGES_FROM]!,
      messagesUntil: maybe(page[offset + MESSAGES_UNTIL]!),
      faults: page[offset + FAULTS]!,
      resumes: maybe(page[offset + RESUMES]!),
      series: maybe(page[offset + SERIES]!),
      verdict: VERDICTS[page[offset + VERDICT]!],
      places: {
        request: place(page, offset + REQUEST),
        response: place(page, offset + RESPONSE),
        clientHello: place(page, offset + HELLO),
      },
      ledger: { client: weight(page, offset + CLIENT), server: weight(page, offset + SERVER) },
    };
  }

  /** Undefined where it is part of none, or its row was lost. */
  seriesOf(number: number): number | undefined {
    return maybe(this.#rows.page(number - 1)[this.#rows.offset + SERIES]!);
  }

  connectionOf(number: number): number {
    return this.#rows.page(number - 1)[this.#rows.offset + CONNECTION]!;
  }

  /** Notes the series of an exchange that turned out to be part of one when it was over. */
  setSeries(number: number, series: number, verdict: PollVerdict | undefined): void {
    const page = this.#rows.change(number - 1);
    page[this.#rows.offset + SERIES] = known(series);
    page[this.#rows.offset + VERDICT] = verdictNumber(verdict);
    this.#rows.keep();
  }

  /** Forgets everything. */
  close(): void {
    this.#rows.close();
  }
}

function verdictNumber(verdict: PollVerdict | undefined): number {
  return VERDICTS.indexOf(verdict);
}

/** 0 is what is not known: a time is kept one later than it was. */
function known(value: number | undefined): number {
  return value === undefined ? 0 : value + 1;
}

function maybe(value: number): number | undefined {
  return value === 0 ? undefined : value - 1;
}

function setPlace(page: Float64Array, offset: number, { at, length }: HeadPlace): void {
  page[offset] = at;
  page[offset + 1] = length;
}

function place(page: Readonly<Float64Array>, offset: number): HeadPlace {
  return { at: page[offset]!, length: page[offset + 1]! };
}

/** TLS is booked on connections alone. */
function setWeight(page: Float64Array, at: number, { head, framing, control, payload, undecoded }: Weight) {
  page[at] = head;
  page[at + 1] = framing;
  page[at + 2] = control;
  page[at + 3] = payload;
  page[at + 4] = undecoded;
}

function weight(page: Readonly<Float64Array>, at: number): Weight {
  return {
    ...emptyWeight(),
    head: page[at]!,
    framing: page[at + 1]!,
    control: page[at + 2]!,
    payload: page[at + 3]!,
    undecoded: page[at + 4]!,
  };
}
