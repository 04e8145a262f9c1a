import type { ExchangeProtocol } from '../decoders/wire-event.ts';
import type { RowKind } from '../session/message-table.ts';
import type { Side } from '../tap.ts';
import type { Weight } from './weight.ts';

/**
 * `request` and `response` are HTTP's, with their bodies; `text` to `close` WebSocket's; `event` and `comment` those of event
 * streams; a `chunk` is what raw TCP delivered at once.
 */
export type MessageKind = Exclude<RowKind, 'lost'>;

/** What of a message is plain data. */
export interface MessageFacts {
  /** From 1, in the order in which messages began. */
  readonly number: number;
  readonly connection: number;
  readonly exchange: number;
  readonly protocol: ExchangeProtocol;
  readonly from: Side;
  readonly kind: MessageKind;
  /** Type of an event; code and reason of a close ('1000 goodbye'); status of an informational response; else ''. */
  readonly name: string;
  /** Of an event, the last id that its client knows after it: what it asks on from when it connects again. Else ''. */
  readonly id: string;
  /** When its last byte came: milliseconds since the Unix epoch. */
  readonly at: number;
  /** False where its stream ended, or was cut off, before it did. */
  readonly complete: boolean;
  /** Bytes of its payload that travelled and the capture lacks: they are weighed, and are not among its `bytes()`. */
  readonly missing: number;
  /** What it weighed on the wire. */
  readonly weight: Weight;
}

/**
 * An HTTP request or response, a WebSocket message or control frame, an event of an event stream, or a chunk of raw TCP. Its facts
 * are plain data that stays as it is; its bytes are read from the session when they are asked for, and copies then.
 */
export interface Message extends MessageFacts {
  /** Its payload as it was carried; of an event its data. Undefined where it is not kept, or no longer. */
  bytes(): Uint8Array | undefined;
  /** What the application received: the payload, decompressed. Undefined where it is not kept or cannot be decompressed. */
  content(): Uint8Array | undefined;
  /** The content as UTF-8. */
  text(): string | undefined;
}

/** Where the bytes of a message are. */
export interface MessageSource {
  bytes(): Uint8Array | undefined;
  content(): Uint8Array | undefined;
}

/** A message. Its methods are not among its own fields: it is printed, compared and cloned as plain data. */
export class SourcedMessage implements Message {
  readonly number: number;
  readonly connection: number;
  readonly exchange: number;
  readonly protocol: ExchangeProtocol;
  readonly from: Side;
  readonly kind: MessageKind;
  readonly name: string;
  readonly id: string;
  readonly at: number;
  readonly complete: boolean;
  readonly missing: number;
  readonly weight: Weight;
  readonly #source: MessageSource;

  constructor(facts: MessageFacts, source: MessageSource) {
    this.number = facts.number;
    this.connection = facts.connection;
    this.exchange = facts.exchange;
    this.protocol = facts.protocol;
    this.from = facts.from;
    this.kind = facts.kind;
    this.name = facts.name;
    this.id = facts.id;
    this.at = facts.at;
    this.complete = facts.complete;
    this.missing = facts.missing;
    this.weight = facts.weight;
    this.#source = source;
  }

  bytes(): Uint8Array | undefined {
    return this.#source.bytes();
  }

  content(): Uint8Array | undefined {
    return this.#source.content();
  }

  text(): string | undefined {
    const content = this.content();
    return content && Buffer.from(content.buffer, content.byteOffset, content.length).toString('utf8');
  }
}
