import { BLOCK } from './pcapng-numbers.ts';

/** The end of the last block that lies whole in the first `length` of `bytes`, which begin with one. */
export function endOfWholeBlocks(bytes: Buffer, length: number): number {
  let end = 0;
  while (end + 8 <= length) {
    const next = end + bytes.readUInt32LE(end + 4);
    if (next > length) break;
    end = next;
  }
  return end;
}

/** How many packets there are in the blocks of `bytes` from `start` on. */
export function packetsIn(bytes: Buffer, start = 0): number {
  let packets = 0;
  for (let at = start; at < bytes.length; at += bytes.readUInt32LE(at + 4)) {
    if (bytes.readUInt32LE(at) === BLOCK.enhancedPacket) packets++;
  }
  return packets;
}
