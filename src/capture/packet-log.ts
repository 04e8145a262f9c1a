import type { Bytes, Side } from '../tap.ts';
import type { BlockMemory } from './block-memory.ts';
import { BLOCK, OPTION } from './pcapng-numbers.ts';
import { padded } from './pcapng-options.ts';
import type { SyntheticTcp } from './synthetic-tcp.ts';
import { ACK, PSH } from './tcp-segment.ts';

/**
 * Writes packets as Enhanced Packet Blocks (draft-ietf-opsawg-pcapng section 4.3), right where they wait for the disk: a
 * message of 131 B takes 0.5 us with its checksums, 64 KiB take 20.
 */
export class PacketLog {
  readonly #memory: BlockMemory;
  /** The epoch's nanoseconds in halves of 32 bits: there is no arithmetic with bigints for each packet. */
  readonly #high: number;
  readonly #low: number;

  /** Packets written so far. */
  packets = 0;

  constructor(epoch: bigint, memory: BlockMemory) {
    this.#memory = memory;
    this.#high = Number(epoch >> 32n);
    this.#low = Number(epoch & 0xffff_ffffn);
  }

  /** Writes a packet without payload, `at` nanoseconds after the epoch. */
  write(at: number, tcp: SyntheticTcp, from: Side, flags: number, comments: readonly string[] = NONE): void {
    this.#write(at, tcp, from, flags, NOTHING, 0, 0, comments);
  }

  /**
   * Writes the packet that carries `bytes` from `start` to `end`. Only the one with their last byte has PSH (RFC 9293 section 3.1):
   * so readers know that those before it were told at once with it.
   */
  writeData(
    at: number,
    tcp: SyntheticTcp,
    from: Side,
    bytes: Bytes,
    start: number,
    end: number,
    comments: readonly string[] = NONE,
  ): void {
    const flags = end === bytes.length ? PSH | ACK : ACK;
    this.#write(at, tcp, from, flags, bytes, start, end, comments);
  }

  #write(
    at: number,
    tcp: SyntheticTcp,
    from: Side,
    flags: number,
    payload: Bytes,
    start: number,
    end: number,
    comments: readonly string[],
  ): void {
    const length = tcp.length(flags, end - start);
    const options = comments.length === 0 ? NOTHING : optionBytes(comments);
    const total = HEADER + padded(length) + options.length + TRAILER;
    const slab = this.#memory.room(total);
    const block = slab.used;
    tcp.write(slab, block + HEADER, from, flags, payload, start, end);
    this.#writeAround(slab.bytes, block, total, length, at);
    if (options.length > 0) slab.bytes.set(options, block + HEADER + padded(length));
    this.#memory.wrote(total);
    this.packets++;
  }

  #writeAround(bytes: Buffer, block: number, total: number, length: number, at: number): void {
    const low = this.#low + (at % HALF);
    bytes.writeUInt32LE(BLOCK.enhancedPacket, block);
    bytes.writeUInt32LE(total, block + 4);
    bytes.writeUInt32LE(0, block + 8); // the only interface
    bytes.writeUInt32LE(this.#high + Math.floor(at / HALF) + (low >= HALF ? 1 : 0), block + 12);
    bytes.writeUInt32LE(low >= HALF ? low - HALF : low, block + 16);
    bytes.writeUInt32LE(length, block + 20);
    bytes.writeUInt32LE(length, block + 24);
    bytes.writeUInt32LE(total, block + total - TRAILER);
  }
}

const HEADER = 28;
const TRAILER = 4;
const HALF = 2 ** 32;
const NOTHING = new Uint8Array();
const NONE: readonly string[] = [];

/** Comments and the end of the options (section 3.5). */
function optionBytes(comments: readonly string[]): Uint8Array {
  const texts = comments.map((comment) => Buffer.from(comment));
  const options = Buffer.alloc(texts.reduce((sum, text) => sum + 4 + padded(text.length), 4));
  let at = 0;
  for (const text of texts) {
    options.writeUInt16LE(OPTION.comment, at);
    options.writeUInt16LE(text.length, at + 2);
    options.set(text, at + 4);
    at += 4 + padded(text.length);
  }
  return options;
}
