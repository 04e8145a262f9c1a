import type { Bytes, Endpoint, Side, TapSink } from '../tap.ts';
import type { ConnectionNumbers } from './connection-numbers.ts';
import { addressText } from './ip-address.ts';
import type { PacketTrace } from './packet-trace.ts';
import { type StreamListener, TcpStream } from './tcp-stream.ts';
import { type HeldMemory, MOST_HELD } from './waiting-segments.ts';

/** What the connections of one capture share. */
export interface CaptureScene {
  readonly sink: TapSink;
  readonly memory: HeldMemory;
  readonly numbers: ConnectionNumbers;
  /** Names of hosts by address. */
  readonly names: ReadonlyMap<string, string>;
  /** Told which packets are whose, where somebody asks. */
  readonly trace?: PacketTrace | undefined;
  /** Nanoseconds since the first packet; never less than before. */
  now: number;
}

/** What a socket gives at once is 64 KiB at most. */
const MOST_AT_ONCE = 1 << 20;

/** One end of a TCP connection: what it sent, told to the tap and counted. */
export class TcpEnd implements StreamListener {
  readonly address: Endpoint;
  readonly stream: TcpStream;
  hasSyn = false;
  /** Where its packets are seen, once there was one. */
  place: number | undefined;
  packets = 0;
  /** Bytes of IP and TCP headers. */
  headers = 0;
  /** Bytes of payload that it sent again. */
  retransmitted = 0;
  /** Bytes of payload that the capture lacks. */
  missing = 0;
  /** Bytes told to the tap, missing ones included. */
  tapped = 0;
  /** True while bytes are told together with those that follow. */
  isMoreToCome = false;
  readonly #scene: CaptureScene;
  #connection = 0;
  #side: Side = 'client';
  /** Bytes that wait for those which they are told with: ours. */
  #begun: Bytes[] = [];
  #begunLength = 0;
  #toldBefore = 0;

  constructor(scene: CaptureScene, address: Uint8Array, port: number) {
    this.#scene = scene;
    this.address = { host: addressText(address), port };
    this.stream = new TcpStream(this, scene.memory);
  }

  /** What it sent is told to the tap from now on. */
  open(connection: number, side: Side): void {
    this.#connection = connection;
    this.#side = side;
  }

  count(packets: number, headers: number): void {
    this.packets += packets;
    this.headers += headers;
  }

  /** The next `length` bytes have been told before; there are none where it is less than 1. */
  passOver(length: number): void {
    this.#toldBefore = Math.max(0, length);
  }

  bytes(bytes: Bytes): void {
    if (this.#toldBefore === 0) return this.#hear(bytes);
    const news = bytes.subarray(this.#passed(bytes.length));
    if (news.length > 0) this.#hear(news);
  }

  #hear(bytes: Bytes): void {
    if (!this.isMoreToCome && this.#begunLength === 0) return this.#tell(bytes);
    const { memory } = this.#scene;
    this.#begun.push(new Uint8Array(bytes));
    this.#begunLength += bytes.length;
    memory.held += bytes.length;
    if (!this.isMoreToCome || this.#begunLength > MOST_AT_ONCE || memory.held > MOST_HELD) this.flush();
  }

  lost(all: number): void {
    const length = all - this.#passed(all);
    if (length === 0) return;
    this.flush();
    this.tapped += length;
    this.missing += length;
    const { sink, now } = this.#scene;
    sink({ type: 'lost', connection: this.#connection, at: now, from: this.#side, length });
  }

  ended(): void {
    this.flush();
    const { sink, now } = this.#scene;
    sink({ type: 'ended', connection: this.#connection, at: now, from: this.#side });
  }

  /** Tells of what waits for more. */
  flush(): void {
    if (this.#begunLength === 0) return;
    const bytes = Buffer.concat(this.#begun as readonly Uint8Array[]);
    this.#scene.memory.held -= this.#begunLength;
    this.#begun = [];
    this.#begunLength = 0;
    this.#tell(bytes);
  }

  /** How many of the next `length` bytes were told before. */
  #passed(length: number): number {
    const known = Math.min(this.#toldBefore, length);
    this.#toldBefore -= known;
    return known;
  }

  #tell(bytes: Bytes): void {
    this.tapped += bytes.length;
    const { sink, now } = this.#scene;
    sink({ type: 'bytes', connection: this.#connection, at: now, from: this.#side, bytes });
  }
}
