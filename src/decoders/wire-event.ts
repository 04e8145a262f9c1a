import type { Bytes, Side } from '../tap.ts';
import type { ClientHello } from './client-hello.ts';
import type { Fault, Undecoded } from './decoder.ts';
import type { RequestHead, ResponseHead } from './http1/head.ts';

/**
 * What a conversation (both directions of one connection) tells. Every byte pushed into it is counted in exactly one
 * event, in exactly one class: `length` of a head is class head, `framing`, `control` and `payload` are what they say.
 */
export type WireEvent =
  | ExchangeOpened
  | Request
  | Response
  | Body
  | BodyEnd
  | MessagePart
  | Missing
  | Message
  | ExchangeClosed
  | (Fault & Place)
  | (Undecoded & Place);

/** Where an event belongs: the conversation numbers its exchanges from 1; 0 is the connection itself. */
interface Place {
  readonly exchange: number;
  readonly from: Side;
}

/** The application protocol of an exchange as decoded. */
export type ExchangeProtocol = 'http1' | 'websocket' | 'sse' | 'http2' | 'tcp' | 'tls';

/** A new exchange, or one that turned out to be something else: a 101 makes a WebSocket of it. */
interface ExchangeOpened {
  readonly type: 'exchange';
  readonly exchange: number;
  readonly protocol: ExchangeProtocol;
  /** Of TLS that is not opened, where its first message could be read. */
  readonly clientHello?: TlsOffer;
}

/** What a client asks for and offers when it begins TLS: the host, and the protocols (RFC 7301) in its order, without GREASE. */
export type TlsOffer = Pick<ClientHello, 'serverName' | 'alpn'>;

interface Request {
  readonly type: 'request';
  readonly exchange: number;
  readonly start: number;
  /** Bytes from the start line through the blank line. */
  readonly length: number;
  readonly head: RequestHead;
  /** The head as it was sent. Borrowed. */
  readonly bytes: Bytes;
}

interface Response {
  readonly type: 'response';
  readonly exchange: number;
  readonly start: number;
  readonly length: number;
  /** A status below 200 is informational: another response follows, except after 101. */
  readonly head: ResponseHead;
  /** The head as it was sent. Borrowed. */
  readonly bytes: Bytes;
}

/** A slice of a request's or response's body, as carried. */
interface Body extends Place {
  readonly type: 'body';
  readonly start: number;
  /** Chunk-size lines before these bytes. */
  readonly framing: number;
  readonly bytes: Bytes;
}

/** The end of a request or response, its body included. */
interface BodyEnd extends Place {
  readonly type: 'body-end';
  readonly start: number;
  /** The last chunk and its line ends. */
  readonly framing: number;
  /** Trailer fields, class head. */
  readonly head: number;
  /** Of a compressed event stream, what came behind its last message. */
  readonly payload: number;
  /** False when the stream stopped before the body did. */
  readonly complete: boolean;
}

/** Bytes of a message that goes on: the next `message` of the same direction and exchange completes it. */
interface MessagePart extends Place {
  readonly type: 'message-part';
  readonly kind: 'text' | 'binary';
  readonly start: number;
  readonly framing: number;
  /** Payload as carried, without its mask. */
  readonly bytes: Bytes;
}

/**
 * Payload that travelled, of a body or a message that goes on, and that the source does not have. It stands there as if it had
 * come: counted, and told of as missing.
 */
interface Missing extends Place {
  readonly type: 'missing';
  /** What the message is, where it is one inside an exchange. */
  readonly kind: 'text' | 'binary' | 'chunk' | undefined;
  readonly start: number;
  readonly length: number;
}

/** A message, complete. What its parts told is not told again. */
interface Message extends Place {
  readonly type: 'message';
  readonly kind: MessageKind;
  /** Where the first byte of this event is. */
  readonly start: number;
  readonly framing: number;
  readonly control: number;
  /** Payload bytes as carried; of a compressed event stream this event's share of the compressed bytes. */
  readonly payload: number;
  /** What travelled as payload, without its mask; of an SSE event its data. Borrowed. */
  readonly bytes: Bytes;
  /** Decompressed, where it was compressed and could be. Owned by the event. */
  readonly content: Bytes | undefined;
  /** Event type of an SSE event, code and reason of a close. */
  readonly name: string;
  /** The last event id that the client of an event stream knows after this event; absent elsewhere. */
  readonly id?: string;
  /** False for a message that its stream's end cut off. */
  readonly complete: boolean;
}

/** `text` to `close` are WebSocket's; `event` and `comment` SSE's; a chunk is what raw TCP delivered at once. */
export type MessageKind = 'text' | 'binary' | 'ping' | 'pong' | 'close' | 'event' | 'comment' | 'chunk';

/** Nothing more belongs to this exchange. */
interface ExchangeClosed {
  readonly type: 'exchange-closed';
  readonly exchange: number;
}

/** Both directions of a connection: bytes of either side in, wire events out. */
export interface Conversation {
  push(from: Side, bytes: Bytes): WireEvent[];
  /**
   * The next `length` bytes travelled and the source does not have them. They are counted; what comes behind them is read where
   * that is sure to be right, or else counted too.
   */
  lose(from: Side, length: number): WireEvent[];
  /** `isCutOff`: without an end that this side sent, so that what runs until the end is not whole. */
  end(from: Side, isCutOff?: boolean): WireEvent[];
}
