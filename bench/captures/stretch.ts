import { closeSync, openSync, writeSync } from 'node:fs';
import { packetBlocks } from './packet-blocks.ts';

/** A part of a capture file that can be written again and again: each time it is later, and between other addresses. */
export interface Stretch {
  /** What the file begins with. */
  readonly head: Buffer;
  readonly packets: Buffer;
  /** Where in `packets` there are timestamps: two little-endian numbers of 32 bits, of which the second counts up to `base`. */
  readonly stamps: readonly number[];
  readonly base: number;
  /** How much later each is than the one before. */
  readonly span: number;
  /** Where in `packets` there are IPv4 addresses to be changed; of a recording none, as its SYNs tell connections apart. */
  readonly addresses: readonly number[];
}

/** A recording of tare's as a stretch: all behind its first packet is repeated. */
export function recordedStretch(recording: Buffer): Stretch {
  const blocks = packetBlocks(recording);
  const first = blocks[0]!;
  return {
    head: recording.subarray(0, first.start),
    packets: recording.subarray(first.start),
    stamps: blocks.map(({ start }) => start - first.start + 12),
    base: 2 ** 32,
    span: Number(blocks.at(-1)!.at - first.at) + 1,
    addresses: [],
  };
}

/** Writes a file of `times` stretches. */
export function writeRepeated(path: string, { head, packets, ...places }: Stretch, times: number): void {
  const file = openSync(path, 'w', 0o600);
  const repeated = Buffer.from(packets);
  writeSync(file, head);
  for (let time = 0; time < times; time++) {
    if (time > 0) moveOn(repeated, places, time);
    for (let written = 0; written < repeated.length; ) written += writeSync(file, repeated, written);
  }
  closeSync(file);
}

function moveOn(
  packets: Buffer,
  { stamps, base, span, addresses }: Omit<Stretch, 'head' | 'packets'>,
  time: number,
): void {
  for (const at of stamps) {
    const low = packets.readUInt32LE(at + 4) + span;
    packets.writeUInt32LE(packets.readUInt32LE(at) + Math.floor(low / base), at);
    packets.writeUInt32LE(low % base, at + 4);
  }
  for (const at of addresses) packets.writeUInt16BE(time, at + 1); // 127.x.y.1
}
