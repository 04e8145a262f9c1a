import { type PacketBlock, packetBlocks } from './packet-blocks.ts';
import type { Stretch } from './stretch.ts';

const RECORD_HEADER = 16;
const ETHERNET_HEADER = Buffer.from('020000000001' + '020000000002' + '0800', 'hex');
const IP_HEADER = 20;
const TCP_HEADER = 20;
/** Bytes of payload that a frame of Ethernet has room for. */
const SEGMENT = 1460;
/** Receivers acknowledge every other segment (RFC 9293 section 3.8.6.3). */
const SEGMENTS_AN_ACKNOWLEDGEMENT = 2;
const FIN_AND_PSH = 0x09;
const ACK = 0x10;

/**
 * What tcpdump would have seen of a recording's connections on an Ethernet: the same bytes in frames of at most 1,514 bytes,
 * acknowledged by their receivers, as a pcap file with microseconds. Checksums are left as they were, as network cards compute them late.
 */
export function ethernetStretch(recording: Buffer): Stretch {
  const blocks = packetBlocks(recording);
  const frames = new Frames();
  for (const block of blocks) frames.add(block);
  const span = Number((blocks.at(-1)!.at - blocks[0]!.at) / 1000n) + 1;
  return { head: fileHeader(), ...frames.written(), base: 1e6, span };
}

/** draft-ietf-opsawg-pcap section 4: microseconds, little-endian, version 2.4, up to 262,144 bytes a packet, Ethernet. */
function fileHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(1, 20);
  return header;
}

class Frames {
  readonly #parts: Buffer[] = [];
  readonly #stamps: number[] = [];
  readonly #addresses: number[] = [];
  #length = 0;

  add({ packet, at }: PacketBlock): void {
    const payload = IP_HEADER + (packet[IP_HEADER + 12]! >>> 4) * 4;
    let segments = 0;
    let start = payload;
    do {
      const end = Math.min(start + SEGMENT, packet.length);
      this.#write(segmentOf(packet, payload, start, end), at);
      if (++segments % SEGMENTS_AN_ACKNOWLEDGEMENT === 0)
        this.#write(acknowledgementOf(packet, end - payload), at);
      start = end;
    } while (start < packet.length);
  }

  written(): Pick<Stretch, 'packets' | 'stamps' | 'addresses'> {
    return { packets: Buffer.concat(this.#parts), stamps: this.#stamps, addresses: this.#addresses };
  }

  #write(packet: Buffer, at: bigint): void {
    const header = Buffer.alloc(RECORD_HEADER);
    const length = ETHERNET_HEADER.length + packet.length;
    header.writeUInt32LE(Number(at / 1_000_000_000n), 0);
    header.writeUInt32LE(Number((at / 1_000n) % 1_000_000n), 4);
    header.writeUInt32LE(length, 8);
    header.writeUInt32LE(length, 12);
    this.#parts.push(header, ETHERNET_HEADER, packet);
    const addresses = this.#length + RECORD_HEADER + ETHERNET_HEADER.length + 12;
    this.#stamps.push(this.#length);
    this.#addresses.push(addresses, addresses + 4);
    this.#length += RECORD_HEADER + length;
  }
}

/** The packet with the part of its payload from `start` to `end`. */
function segmentOf(packet: Buffer, payload: number, start: number, end: number): Buffer {
  const segment = Buffer.concat([packet.subarray(0, payload), packet.subarray(start, end)]);
  segment.writeUInt16BE(segment.length, 2);
  segment.writeUInt32BE((packet.readUInt32BE(IP_HEADER + 4) + start - payload) >>> 0, IP_HEADER + 4);
  if (end < packet.length) segment[IP_HEADER + 13]! &= ~FIN_AND_PSH;
  return segment;
}

/** What the receiver of a packet says when it has `length` bytes of its payload. */
function acknowledgementOf(packet: Buffer, length: number): Buffer {
  const answer = Buffer.alloc(IP_HEADER + TCP_HEADER);
  packet.copy(answer, 0, 0, 12);
  answer.writeUInt16BE(answer.length, 2);
  packet.copy(answer, 12, 16, 20);
  packet.copy(answer, 16, 12, 16);
  packet.copy(answer, IP_HEADER, IP_HEADER + 2, IP_HEADER + 4);
  packet.copy(answer, IP_HEADER + 2, IP_HEADER, IP_HEADER + 2);
  packet.copy(answer, IP_HEADER + 4, IP_HEADER + 8, IP_HEADER + 12);
  answer.writeUInt32BE((packet.readUInt32BE(IP_HEADER + 4) + length) >>> 0, IP_HEADER + 8);
  answer[IP_HEADER + 12] = TCP_HEADER << 2;
  answer[IP_HEADER + 13] = ACK;
  answer.writeUInt16BE(0xffff, IP_HEADER + 14);
  return answer;
}
