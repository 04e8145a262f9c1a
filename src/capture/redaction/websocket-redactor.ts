import type { AgreedExtensions } from '../../decoders/websocket/extensions.ts';
import {
  FrameDecoder,
  type FrameEvent,
  type FrameHole,
  type FrameSlice,
} from '../../decoders/websocket/frame-decoder.ts';
import {
  type FrameHeader,
  isControl,
  MAX_HEADER_LENGTH,
  OPCODE,
  RSV1,
  readFrameHeader,
} from '../../decoders/websocket/frame-header.ts';
import type { Bytes, Side } from '../../tap.ts';
import type { Mask } from './held-events.ts';
import { OwnCompression } from './own-compression.ts';
import { CompressedPayload, type Payload, ReadPayload, readPayload, UnreadPayload } from './payload.ts';
import type { Beginning, Redacting, RedactingLayer } from './redacting-layer.ts';
import { replacedMessage } from './replaced-coding.ts';
import { TextScanner } from './text-scanner.ts';

/** WebSocket messages of both directions (RFC 6455). Frame headers stay as they are. */
export class WebSocketRedactor implements RedactingLayer {
  readonly #directions: Readonly<Record<Side, Direction>>;

  constructor(redacting: Redacting, beginning: Beginning, extensions: AgreedExtensions) {
    this.#directions = {
      client: new Direction(redacting, 'client', beginning.client, extensions),
      server: new Direction(redacting, 'server', beginning.server, extensions),
    };
  }

  push(from: Side, bytes: Bytes): void {
    this.#directions[from].push(bytes);
  }

  lose(from: Side, length: number): void {
    this.#directions[from].lose(length);
  }

  end(from: Side): void {
    this.#directions[from].end();
  }
}

/** The messages of one side. */
class Direction {
  readonly #redacting: Redacting;
  readonly #from: Side;
  readonly #frames: FrameDecoder;
  /** RSV1 where it says that a message is compressed (RFC 7692 section 6). */
  readonly #compressedBit: number;
  /** Whether a direction is one stream of zlib, as some clients ask for. */
  readonly #compression = new OwnCompression(true);
  #message: Payload | undefined;
  /** Payload of the present frame that was told. */
  #read = 0;
  readonly #unread: UnreadFrames;
  #told: number;

  constructor(redacting: Redacting, from: Side, start: number, extensions: AgreedExtensions) {
    this.#redacting = redacting;
    this.#from = from;
    this.#frames = new FrameDecoder(from, extensions, start);
    this.#compressedBit = extensions.deflate ? RSV1 : 0;
    this.#unread = new UnreadFrames(redacting, from);
    this.#told = start;
  }

  push(bytes: Bytes): void {
    this.#take(this.#frames.push(bytes));
  }

  lose(length: number): void {
    this.#take(this.#frames.lose(length));
  }

  end(): void {
    const events = this.#frames.end();
    this.#message?.end();
    this.#message = undefined;
    this.#take(events);
  }

  #take(events: readonly FrameEvent[]): void {
    for (const event of events) {
      if (event.type === 'frame') this.#frame(event);
      else if (event.type === 'missing') this.#missing(event);
      else if (event.type === 'undecoded') this.#undecoded(event.start, event.length);
      else if (event.type === 'place-lost') this.#unread.loseTrack();
    }
    this.#redacting.held.settle(this.#from, this.#message?.undecided ?? this.#told);
  }

  #frame({ start, header, headerLength, bytes, last }: FrameSlice): void {
    const place = start + headerLength;
    const payload = this.#payload(header, headerLength > 0);
    const mask = this.#mask(header);
    payload.take(place, bytes, mask);
    this.#read += bytes.length;
    this.#told = place + bytes.length;
    if (last) this.#endFrame(header, payload);
  }

  #missing({ start, length, header, last }: FrameHole): void {
    const payload = this.#payload(header, false);
    payload.lose(start, length);
    this.#read += length;
    this.#told = start + length;
    if (last) this.#endFrame(header, payload);
  }

  #mask({ maskKey }: FrameHeader): Mask | undefined {
    return maskKey === undefined ? undefined : { key: maskKey, position: this.#read };
  }

  #endFrame(header: FrameHeader, payload: Payload): void {
    if (!header.fin || isControl(header)) return;
    payload.end();
    this.#message = undefined;
  }

  /** What a frame is a part of. Control frames come whole. */
  #payload(header: FrameHeader, isBeginning: boolean): Payload {
    const { held, names } = this.#redacting;
    const place = { held, from: this.#from };
    if (isBeginning) this.#read = 0;
    if (isControl(header)) return readPayload(place, names);
    if (!isBeginning && this.#message) return this.#message;
    if (header.opcode === OPCODE.continuation && this.#message) return this.#message;
    this.#message?.end();
    this.#message = this.#open(header);
    return this.#message;
  }

  /** A continuation of nothing, and what an extension that is not known here has changed, cannot be read. */
  #open({ opcode, reserved }: FrameHeader): Payload {
    const place = { held: this.#redacting.held, from: this.#from };
    if (opcode === OPCODE.continuation || (reserved & ~this.#compressedBit) !== 0)
      return new UnreadPayload(place);
    if ((reserved & this.#compressedBit) !== 0) return new CompressedPayload(place, replacedMessage(), false);
    return new ReadPayload(place, new TextScanner(this.#redacting.names), this.#compression);
  }

  #undecoded(start: number, length: number): void {
    this.#unread.take(start, length);
    this.#told = start + length;
  }
}

/** Frames that cannot be read: their headers stay, as what tells where the next one begins. */
class UnreadFrames {
  readonly #redacting: Redacting;
  readonly #from: Side;
  /** Payload of the present one still to come. */
  #left = 0;
  #isTrackLost = false;

  constructor(redacting: Redacting, from: Side) {
    this.#redacting = redacting;
    this.#from = from;
  }

  /** Nothing tells where a frame begins from here on. */
  loseTrack(): void {
    this.#isTrackLost = true;
  }

  take(start: number, length: number): void {
    const kept = this.#left > 0 || this.#isTrackLost ? 0 : this.#header(start, length);
    this.#left = Math.max(0, this.#left - (length - kept));
    this.#redacting.held.replace(this.#from, start + kept, start + length);
  }

  /** Bytes of the header that is there; of one that is cut off the two that tell how much of it is missing. */
  #header(start: number, length: number): number {
    const header = readFrameHeader(
      this.#redacting.held.copy(this.#from, start, start + Math.min(length, MAX_HEADER_LENGTH)),
      0,
    );
    if (!header) return Math.min(2, length);
    this.#left = header.payloadLength;
    return header.length;
  }
}
