import type { RequestHead, ResponseHead } from '../decoders/http1/head.ts';
import type { Conversation, WireEvent } from '../decoders/wire-event.ts';
import type { Bytes, Side } from '../tap.ts';
import type { Connection } from './connection.ts';
import type { OpenExchange } from './exchange.ts';
import type { ExchangeStore } from './exchange-store.ts';
import type { HeadPlace } from './exchange-table.ts';
import { gross, type Ledger, type Weight } from './ledger.ts';
import type { MessageStore } from './message-store.ts';
import type { RowKind } from './message-table.ts';

/** What a live connection tells the session it is part of. */
export interface Telling {
  opened(exchange: OpenExchange): void;
  /** The head of its request came. */
  asked(exchange: OpenExchange, connection: Connection): void;
  /** The end of its request came. */
  requested(exchange: OpenExchange, rows: ExchangeRows): void;
  /** It turned out to be, or became, something else: a WebSocket, an event stream. */
  changed(exchange: OpenExchange): void;
  closed(exchange: OpenExchange, rows: ExchangeRows): void;
  message(number: number, exchange: OpenExchange): void;
  fault(
    connection: Connection,
    exchange: OpenExchange | undefined,
    fault: WireEvent & { type: 'fault' },
    at: number,
  ): void;
}

/** Where a live connection's exchanges and messages are kept. */
export interface Books {
  readonly exchanges: ExchangeStore;
  readonly messages: MessageStore;
}

/** A head that was kept, for those after it which are the same byte for byte: the decoder gives the very same object. */
interface KeptHead {
  readonly head: RequestHead | ResponseHead;
  readonly place: HeadPlace;
}

/** The rows of an exchange's request and final response among the messages: -1 where there is none. */
export interface ExchangeRows {
  readonly request: number;
  readonly response: number;
}

/** An exchange that goes on, and the rows of its messages under way: -1 where there is none. */
interface Slot {
  readonly exchange: OpenExchange;
  readonly openRow: Record<Side, number>;
  /** Those of its heads. */
  readonly rows: { request: number; response: number };
}

/** A connection whose bytes still come: feeds its conversation and books what that tells. */
export class LiveConnection {
  readonly connection: Connection;
  readonly #conversation: Conversation;
  readonly #messages: MessageStore;
  readonly #exchanges: ExchangeStore;
  readonly #telling: Telling;
  readonly #lastHead: Partial<Record<Side, KeptHead>> = {};
  readonly #slots = new Map<number, Slot>();
  #lastNumber = -1;
  #last: Slot | undefined;
  readonly #ended = { client: false, server: false };
  readonly #pushed = { client: 0, server: 0 };

  constructor(connection: Connection, conversation: Conversation, books: Books, telling: Telling) {
    this.connection = connection;
    this.#conversation = conversation;
    this.#messages = books.messages;
    this.#exchanges = books.exchanges;
    this.#telling = telling;
  }

  push(from: Side, bytes: Bytes, at: number): void {
    this.#pushed[from] += bytes.length;
    for (const event of this.#conversation.push(from, bytes)) this.#book(event, at);
  }

  /** Bytes that travelled and are not there to be read. */
  lose(from: Side, length: number, at: number): void {
    if (length === 0) return;
    const start = this.#pushed[from];
    this.#pushed[from] += length;
    const isStopped = this.connection.inspectionStopped !== undefined;
    const events = isStopped ? [] : this.#conversation.lose(from, length);
    const detail = `${length} bytes are missing in the capture`;
    this.#bookFault(
      { type: 'fault', exchange: exchangeIn(events), from, start, rule: 'capture', detail },
      at,
    );
    if (isStopped) this.countOnly(from, length);
    for (const event of events) this.#book(event, at);
  }

  /** One side has said its last; `isCutOff`: not of its own accord. */
  end(from: Side, at: number, isCutOff = false): void {
    if (this.#ended[from]) return;
    this.#ended[from] = true;
    for (const event of this.#conversation.end(from, isCutOff)) this.#book(event, at);
  }

  /** Ends what is still open: first the side that left first, as what the other then left undone is not its fault. */
  close(first: Side, at: number): void {
    this.end(first, at, true);
    this.end(first === 'client' ? 'server' : 'client', at, true);
    this.closeExchanges(at);
  }

  closeExchanges(at: number): void {
    for (const slot of this.#slots.values()) this.#close(slot, at);
    this.#slots.clear();
    this.#lastNumber = -1;
  }

  /** The decoding has failed: counts the bytes that were pushed and that it told nothing of. */
  countUntold(): void {
    for (const from of ['client', 'server'] as const) {
      const untold = this.#pushed[from] - gross(this.connection.ledger[from]);
      if (untold > 0) this.countOnly(from, untold);
    }
  }

  /** Counts the bytes and no more: the decoding of this connection has failed. */
  countOnly(from: Side, bytes: number): void {
    this.connection.ledger[from].undecoded += bytes;
    this.connection.own[from].undecoded += bytes;
  }

  #book(event: WireEvent, at: number): void {
    switch (event.type) {
      case 'message':
        return this.#bookMessage(event, at);
      case 'message-part':
        return this.#bookPart(event, at);
      case 'missing':
        return this.#bookMissing(event, at);
      case 'body':
        return this.#bookBody(event);
      case 'body-end':
        return this.#bookBodyEnd(event, at);
      case 'request':
        return this.#bookRequest(event, at);
      case 'response':
        return this.#bookResponse(event, at);
      case 'exchange':
        return this.#bookExchange(event, at);
      case 'exchange-closed':
        return this.#bookClosed(event.exchange, at);
      case 'undecoded':
        return this.#weigh(this.#slot(event.exchange), event.from, 'undecoded', event.length);
      case 'fault':
        return this.#bookFault(event, at);
      default:
        return unreachable(event);
    }
  }

  #bookMessage(event: WireEvent & { type: 'message' }, at: number): void {
    const slot = this.#slot(event.exchange);
    if (!slot) return this.#weighLoose(event.from, 0, event.framing, event.control, event.payload);
    const { exchange } = slot;
    const { from } = event;
    const number = this.#messageRow(slot, event, at);
    if (event.content) this.#messages.keepContent(number, event.content);
    const weight = exchange.ledger[from];
    const total = this.connection.ledger[from];
    weight.framing += event.framing;
    total.framing += event.framing;
    weight.control += event.control;
    total.control += event.control;
    weight.payload += event.payload;
    total.payload += event.payload;
    exchange.messages++;
    this.#telling.message(number, exchange);
  }

  /** A new row, or the one that was begun with the message's first part. */
  #messageRow({ exchange, openRow }: Slot, event: WireEvent & { type: 'message' }, at: number): number {
    const { from, kind, start, framing, control, payload, bytes, name, complete } = event;
    const open = isControl(kind) ? -1 : openRow[from];
    if (open < 0 && complete) {
      return this.#messages.addWhole(
        { exchange: exchange.number, from, kind, at, start },
        event,
        name,
        bytes,
      );
    }
    const number =
      open < 0 ? this.#messages.begin({ exchange: exchange.number, from, kind, at, start }) : open;
    if (open >= 0) openRow[from] = -1;
    this.#messages.weigh(number, 0, framing, control, payload);
    if (event.id) this.#messages.identify(number, event.id);
    this.#messages.keep(number, bytes);
    if (complete) this.#messages.complete(number, kind, name, at);
    else this.#messages.cutOff(number, kind, name, at);
    return number;
  }

  /** The last one asked for is asked for again, nearly always. */
  #slot(conversationNumber: number): Slot | undefined {
    if (conversationNumber !== this.#lastNumber) {
      this.#lastNumber = conversationNumber;
      this.#last = this.#slots.get(conversationNumber);
    }
    return this.#last;
  }

  #bookPart(event: WireEvent & { type: 'message-part' }, at: number): void {
    const slot = this.#slot(event.exchange);
    const { from, kind, start, framing, bytes } = event;
    if (!slot) return this.#weighLoose(from, 0, framing, 0, bytes.length);
    const { exchange, openRow } = slot;
    if (openRow[from] < 0) {
      openRow[from] = this.#messages.begin({ exchange: exchange.number, from, kind, at, start });
    }
    this.#messages.weigh(openRow[from], 0, framing, 0, bytes.length);
    this.#messages.keep(openRow[from], bytes);
    this.#weigh(slot, from, 'framing', framing);
    this.#weigh(slot, from, 'payload', bytes.length);
  }

  #bookMissing(
    { exchange: number, from, kind, start, length }: WireEvent & { type: 'missing' },
    at: number,
  ): void {
    const slot = this.#slot(number);
    this.#weigh(slot, from, 'payload', length);
    if (!slot) return;
    const { exchange, openRow } = slot;
    if (openRow[from] < 0 && kind !== undefined) {
      openRow[from] = this.#messages.begin({ exchange: exchange.number, from, kind, at, start });
    }
    if (openRow[from] < 0) return;
    this.#messages.weigh(openRow[from], 0, 0, 0, length);
    this.#messages.miss(openRow[from], length);
  }

  #bookRequest({ exchange, head, start, length, bytes }: WireEvent & { type: 'request' }, at: number): void {
    const slot = this.#slot(exchange);
    if (!slot) return this.#weighLoose('client', length, 0, 0, 0);
    this.#exchanges.setRequest(slot.exchange.number, head, this.#headPlace('client', head, bytes));
    this.#openHead(slot, 'client', 'request', start, length, at);
    slot.rows.request = slot.openRow.client;
    this.#telling.asked(slot.exchange, this.connection);
  }

  #bookResponse(
    { exchange, head, start, length, bytes }: WireEvent & { type: 'response' },
    at: number,
  ): void {
    const slot = this.#slot(exchange);
    if (!slot) return this.#weighLoose('server', length, 0, 0, 0);
    this.#openHead(slot, 'server', 'response', start, length, at);
    if (head.status < 200 && head.status !== 101) {
      slot.exchange.informational++;
      return this.#completeOpen(slot, 'server', 'response', String(head.status), at);
    }
    this.#exchanges.setResponse(slot.exchange.number, head, this.#headPlace('server', head, bytes));
    slot.exchange.respondedAt = at;
    slot.rows.response = slot.openRow.server;
  }

  #headPlace(from: Side, head: RequestHead | ResponseHead, bytes: Bytes): HeadPlace {
    const last = this.#lastHead[from];
    if (last?.head === head) return last.place;
    const place = this.#exchanges.keepHead(bytes);
    this.#lastHead[from] = { head, place };
    return place;
  }

  #openHead(slot: Slot, from: Side, kind: RowKind, start: number, length: number, at: number): void {
    const number = this.#messages.begin({ exchange: slot.exchange.number, from, kind, at, start });
    this.#messages.weigh(number, length, 0, 0, 0);
    slot.openRow[from] = number;
    this.#weigh(slot, from, 'head', length);
  }

  #bookBody({ exchange, from, framing, bytes }: WireEvent & { type: 'body' }): void {
    const slot = this.#slot(exchange);
    if (!slot) return this.#weighLoose(from, 0, framing, 0, bytes.length);
    this.#weigh(slot, from, 'framing', framing);
    this.#weigh(slot, from, 'payload', bytes.length);
    const number = slot.openRow[from];
    if (number < 0) return;
    this.#messages.weigh(number, 0, framing, 0, bytes.length);
    this.#messages.keep(number, bytes);
  }

  #bookBodyEnd(
    { exchange, from, framing, head, payload, complete }: WireEvent & { type: 'body-end' },
    at: number,
  ): void {
    const slot = this.#slot(exchange);
    if (!slot) return this.#weighLoose(from, head, framing, 0, payload);
    this.#weigh(slot, from, 'framing', framing);
    this.#weigh(slot, from, 'head', head);
    this.#weigh(slot, from, 'payload', payload);
    const number = slot.openRow[from];
    if (number < 0) return;
    this.#messages.weigh(number, head, framing, 0, 0);
    if (complete && from === 'client') this.#telling.requested(slot.exchange, slot.rows);
    const kind = from === 'client' ? 'request' : 'response';
    if (complete) return this.#completeOpen(slot, from, kind, '', at);
    slot.openRow[from] = -1;
    this.#messages.cutOff(number, kind, '', at);
    this.#tell(number, slot.exchange);
  }

  /** A new exchange; or one that became a WebSocket or an event stream, whose response is complete with its head. */
  #bookExchange(
    { exchange: conversationNumber, protocol, clientHello }: WireEvent & { type: 'exchange' },
    at: number,
  ): void {
    this.connection.protocol = protocol;
    const slot = this.#slot(conversationNumber);
    if (!slot) {
      const exchange = this.#exchanges.begin(this.connection.number, at, protocol, this.#messages.length);
      this.connection.exchanges++;
      const rows = { request: -1, response: -1 };
      this.#slots.set(conversationNumber, { exchange, openRow: { client: -1, server: -1 }, rows });
      this.#lastNumber = -1;
      if (clientHello) this.#exchanges.setClientHello(exchange.number, clientHello);
      return this.#telling.opened(exchange);
    }
    slot.exchange.protocol = protocol;
    if (clientHello) this.#exchanges.setClientHello(slot.exchange.number, clientHello);
    this.#telling.changed(slot.exchange);
    if (slot.openRow.client >= 0 && protocol !== 'sse') this.#completeOpen(slot, 'client', 'request', '', at);
    if (slot.openRow.server >= 0) this.#completeOpen(slot, 'server', 'response', '', at);
  }

  #completeOpen(slot: Slot, from: Side, kind: RowKind, name: string, at: number): void {
    const number = slot.openRow[from];
    slot.openRow[from] = -1;
    this.#messages.complete(number, kind, name, at);
    this.#tell(number, slot.exchange);
  }

  #tell(number: number, exchange: OpenExchange): void {
    exchange.messages++;
    this.#telling.message(number, exchange);
  }

  #bookClosed(conversationNumber: number, at: number): void {
    const slot = this.#slot(conversationNumber);
    if (!slot) return;
    this.#slots.delete(conversationNumber);
    this.#lastNumber = -1;
    this.#close(slot, at);
  }

  #close({ exchange, openRow, rows }: Slot, at: number): void {
    if (openRow.client >= 0) this.#messages.settle(openRow.client);
    if (openRow.server >= 0) this.#messages.settle(openRow.server);
    exchange.closedAt = at;
    exchange.messagesUntil = this.#messages.length;
    this.#telling.closed(exchange, rows);
  }

  #bookFault(event: WireEvent & { type: 'fault' }, at: number): void {
    const exchange = this.#slot(event.exchange)?.exchange;
    if (exchange) exchange.faults++;
    this.#telling.fault(this.connection, exchange, event, at);
  }

  /** What belongs to no exchange that is open belongs to the connection. */
  #weighLoose(from: Side, head: number, framing: number, control: number, payload: number): void {
    this.#weigh(undefined, from, 'head', head);
    this.#weigh(undefined, from, 'framing', framing);
    this.#weigh(undefined, from, 'control', control);
    this.#weigh(undefined, from, 'payload', payload);
  }

  #weigh(slot: Slot | undefined, from: Side, what: keyof Weight, bytes: number): void {
    if (bytes === 0) return;
    this.connection.ledger[from][what] += bytes;
    const owner: Ledger = slot ? slot.exchange.ledger : this.connection.own;
    owner[from][what] += bytes;
  }
}

/** Control frames may come between the fragments of a message (RFC 6455 section 5.4). */
function isControl(kind: RowKind): boolean {
  return kind === 'ping' || kind === 'pong' || kind === 'close';
}

/** The exchange that a hole is in; 0 for none. */
function exchangeIn(events: readonly WireEvent[]): number {
  for (const event of events) {
    if (event.type === 'missing' || event.type === 'undecoded') return event.exchange;
  }
  return 0;
}

function unreachable(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}
