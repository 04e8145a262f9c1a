const ENHANCED_PACKET = 6;

/** A block of a pcapng file that holds a packet (draft-ietf-opsawg-pcapng section 4.3), in this machine's little-endian. */
export interface PacketBlock {
  /** Where in the file it begins. */
  readonly start: number;
  readonly packet: Buffer;
  /** Nanoseconds since the Unix epoch. */
  readonly at: bigint;
}

/** Packets of a recording of tare's, in their order. */
export function packetBlocks(file: Buffer): PacketBlock[] {
  const blocks: PacketBlock[] = [];
  for (let start = 0; start < file.length; start += file.readUInt32LE(start + 4)) {
    if (file.readUInt32LE(start) !== ENHANCED_PACKET) continue;
    const packet = file.subarray(start + 28, start + 28 + file.readUInt32LE(start + 20));
    const at = (BigInt(file.readUInt32LE(start + 12)) << 32n) | BigInt(file.readUInt32LE(start + 16));
    blocks.push({ start, packet, at });
  }
  return blocks;
}
