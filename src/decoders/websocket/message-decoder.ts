import type { Bytes, Side } from '../../tap.ts';
import type { Decoder } from '../decoder.ts';
import type { Origin } from '../layer.ts';
import type { WireEvent } from '../wire-event.ts';
import { readCloseBody } from './close-body.ts';
import type { AgreedExtensions } from './extensions.ts';
import { FrameDecoder, type FrameEvent, type FrameHole, type FrameSlice } from './frame-decoder.ts';
import { type FrameHeader, isControl, OPCODE, RSV1 } from './frame-header.ts';
import {
  DEFAULT_MESSAGE_LIMITS,
  MessageContent,
  type MessageLimits,
  type OpenInflater,
} from './message-content.ts';
import { UntoldSlices } from './untold-slices.ts';
import type { Violation } from './violation.ts';

/** What a handshake leaves to the messages after it. */
export interface WebSocketFacts {
  /** Where they begin, and the exchange they belong to. */
  readonly origin: Origin;
  readonly extensions: AgreedExtensions;
  readonly openInflater: OpenInflater;
  readonly limits?: MessageLimits;
}

const NONE: Bytes = new Uint8Array();

/** WebSocket messages of one direction (RFC 6455 section 5.4): one event each, and before it parts if it was cut. */
export class MessageDecoder implements Decoder<WireEvent> {
  readonly #exchange: number;
  readonly #from: Side;
  readonly #frames: FrameDecoder;
  readonly #content: MessageContent;
  /** RSV1 where it says that a message is compressed, 0 where it does not. */
  readonly #compressedBit: number;
  readonly #untold = new UntoldSlices();
  /** Where the direction is: what was pushed, and what came before. */
  #offset: number;
  /** The message in progress, undefined between messages. */
  #open: 'text' | 'binary' | undefined;
  #openedAt = 0;
  #closing: 'no' | 'closed' | 'closed, and told of data after it' = 'no';

  constructor(from: Side, facts: WebSocketFacts) {
    const { origin, extensions, openInflater, limits } = facts;
    this.#exchange = origin.exchange;
    this.#from = from;
    this.#offset = origin[from];
    this.#frames = new FrameDecoder(from, extensions, this.#offset);
    const compression = extensions.deflate?.[from];
    this.#content = new MessageContent(
      compression,
      openInflater,
      limits ?? DEFAULT_MESSAGE_LIMITS,
      origin.followsHole,
    );
    this.#compressedBit = compression ? RSV1 : 0;
  }

  push(bytes: Bytes): WireEvent[] {
    const events: WireEvent[] = [];
    for (const event of this.#frames.push(bytes)) this.#tell(event, events);
    this.#tellUntold(events);
    this.#offset += bytes.length;
    return events;
  }

  /** The next `length` bytes are missing. */
  lose(length: number): WireEvent[] {
    const events: WireEvent[] = [];
    for (const event of this.#frames.lose(length)) this.#tell(event, events);
    this.#offset += length;
    return events;
  }

  end(): WireEvent[] {
    const events: WireEvent[] = [];
    for (const event of this.#frames.end()) this.#tell(event, events);
    if (this.#open === undefined) return events;
    // Inside a frame, that was told already.
    if (events.length === 0) this.#fault(this.#offset, inMessages('the stream ended in a message'), events);
    this.#cutOff(this.#offset, events);
    return events;
  }

  #tell(event: FrameEvent, events: WireEvent[]): void {
    switch (event.type) {
      case 'frame':
        if (isControl(event.header)) this.#control(event, events);
        else this.#data(event, events);
        return;
      case 'missing':
        this.#missing(event, events);
        return;
      case 'place-lost':
        if (this.#open !== undefined) this.#cutOff(event.start, events);
        return;
      case 'fault':
        this.#fault(event.start, event, events);
        return;
      case 'undecoded':
        this.#undecoded(event.start, event.length, events);
    }
  }

  #data(slice: FrameSlice, events: WireEvent[]): void {
    const { header, headerLength, bytes, last } = slice;
    if (headerLength > 0) this.#beginFrame(slice, events);
    if (this.#open === undefined) {
      this.#undecoded(slice.start, headerLength + bytes.length, events);
      return;
    }
    this.#untold.add(slice);
    const isEnd = last && header.fin;
    const violation = this.#content.push(bytes, isEnd);
    if (violation) this.#fault(this.#openedAt, violation, events);
    if (isEnd) this.#finish(events);
  }

  /** A hole in a message, which goes on behind it. */
  #missing({ header, start, length, last }: FrameHole, events: WireEvent[]): void {
    if (this.#open === undefined) {
      this.#undecoded(start, length, events);
      return;
    }
    this.#tellUntold(events);
    const kind = this.#open;
    events.push({ type: 'missing', kind, exchange: this.#exchange, from: this.#from, start, length });
    this.#content.lose();
    if (last && header.fin) this.#message(start + length, 0, NONE, true, events);
  }

  #beginFrame({ header, start }: FrameSlice, events: WireEvent[]): void {
    if (this.#closing === 'closed') {
      this.#closing = 'closed, and told of data after it';
      this.#fault(start, { rule: 'RFC 6455 section 5.5.1', detail: 'data after a close frame' }, events);
    }
    if (header.opcode !== OPCODE.continuation) {
      if (this.#open !== undefined) {
        this.#fault(start, inMessages('a new message inside a fragmented one'), events);
        this.#cutOff(start, events);
      }
      this.#beginMessage(header, start);
      return;
    }
    if (this.#open === undefined) this.#fault(start, inMessages('a continuation of no message'), events);
    this.#judgeRsv1(header, start, events);
  }

  #beginMessage({ opcode, reserved }: FrameHeader, start: number): void {
    this.#openedAt = start;
    this.#open = opcode === OPCODE.text ? 'text' : 'binary';
    // Bits of extensions that tare does not know may mean that the text is not there as text.
    const isText = opcode === OPCODE.text && (reserved & ~this.#compressedBit) === 0;
    this.#content.begin(isText, (reserved & this.#compressedBit) !== 0);
  }

  /** Control frames and continuations must not have the bit, which is their message's (RFC 7692 section 6). */
  #judgeRsv1({ reserved, opcode }: FrameHeader, start: number, events: WireEvent[]): void {
    if ((reserved & this.#compressedBit) === 0) return;
    const where = opcode === OPCODE.continuation ? 'a continuation' : 'a control frame';
    this.#fault(start, { rule: 'RFC 7692 section 6', detail: `RSV1 on ${where}` }, events);
  }

  #finish(events: WireEvent[]): void {
    const { start, framing } = this.#untold;
    this.#message(start, framing, this.#untold.take(), true, events);
  }

  /** Ends a message whose rest does not come. */
  #cutOff(start: number, events: WireEvent[]): void {
    this.#tellUntold(events);
    this.#content.abandon();
    this.#message(start, 0, NONE, false, events);
  }

  #message(start: number, framing: number, bytes: Bytes, complete: boolean, events: WireEvent[]): void {
    events.push({
      type: 'message',
      exchange: this.#exchange,
      from: this.#from,
      kind: this.#open!,
      start,
      framing,
      control: 0,
      payload: bytes.length,
      bytes,
      content: complete ? this.#content.end() : undefined,
      name: '',
      complete,
    });
    this.#open = undefined;
  }

  #control(slice: FrameSlice, events: WireEvent[]): void {
    const { header, headerLength, start, bytes } = slice;
    this.#tellUntold(events);
    this.#judgeRsv1(header, start, events);
    const isClose = header.opcode === OPCODE.close;
    const name = isClose ? this.#close(start, bytes, events) : '';
    events.push({
      type: 'message',
      exchange: this.#exchange,
      from: this.#from,
      kind: isClose ? 'close' : header.opcode === OPCODE.ping ? 'ping' : 'pong',
      start,
      framing: 0,
      control: headerLength + bytes.length,
      payload: 0,
      bytes,
      content: undefined,
      name,
      complete: true,
    });
  }

  /** Judges a close frame, and returns what it says. */
  #close(start: number, body: Bytes, events: WireEvent[]): string {
    if (this.#closing === 'no') this.#closing = 'closed';
    const { name, violations } = readCloseBody(body);
    for (const violation of violations) this.#fault(start, violation, events);
    return name;
  }

  /** Tells of what the chunk, or what comes in between, cuts off from the rest of its message. */
  #tellUntold(events: WireEvent[]): void {
    if (!this.#untold.any) return;
    const { start, framing } = this.#untold;
    const bytes = this.#untold.take();
    const kind = this.#open!; // what waits to be told belongs to the message in progress
    const exchange = this.#exchange;
    events.push({ type: 'message-part', kind, exchange, from: this.#from, start, framing, bytes });
  }

  #undecoded(start: number, length: number, events: WireEvent[]): void {
    this.#tellUntold(events);
    events.push({ type: 'undecoded', exchange: this.#exchange, from: this.#from, start, length });
  }

  #fault(start: number, { rule, detail }: Violation, events: WireEvent[]): void {
    events.push({ type: 'fault', exchange: this.#exchange, from: this.#from, start, rule, detail });
  }
}

function inMessages(detail: string): Violation {
  return { rule: 'RFC 6455 section 5.4', detail };
}
