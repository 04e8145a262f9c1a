import type { PacketRecord } from '../capture/record.ts';
import { ACK, FIN, PSH, RST, SYN } from '../capture/tcp-segment.ts';
import type { Side } from '../tap.ts';

/** A TCP segment as a test thinks of it. */
export interface SegmentRecipe {
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly seq?: number;
  readonly ack?: number;
  /** Letters of control bits: S, A, F, R, P. */
  readonly flags?: string;
  readonly options?: number;
  readonly payload?: Uint8Array | string;
}

const BITS: Readonly<Record<string, number>> = { S: SYN, A: ACK, F: FIN, R: RST, P: PSH };

/** A TCP segment; `options` in bytes, a multiple of 4. */
export function tcp({
  sourcePort = 50_000,
  destinationPort = 80,
  seq = 0,
  ack = 0,
  flags = 'A',
  options = 0,
  payload = '',
}: SegmentRecipe = {}): Buffer {
  const header = Buffer.alloc(20 + options, 1);
  header.writeUInt16BE(sourcePort, 0);
  header.writeUInt16BE(destinationPort, 2);
  header.writeUInt32BE(seq >>> 0, 4);
  header.writeUInt32BE(ack >>> 0, 8);
  header[12] = (header.length / 4) << 4;
  header[13] = [...flags].reduce((bits, letter) => bits | (BITS[letter] ?? 0), 0);
  return Buffer.concat([header, Buffer.from(payload)]);
}

/** What an IP header says besides the usual. */
export interface IpRecipe {
  readonly source?: readonly number[];
  readonly destination?: readonly number[];
  readonly protocol?: number;
  /** IPv4 only, in bytes, a multiple of 4. */
  readonly options?: number;
  /** IPv4 only: identification, and flags with the offset, as they stand in the header. */
  readonly fragment?: readonly [id: number, place: number];
  /** Instead of the true one: IPv4's total length, IPv6's payload length. */
  readonly length?: number;
}

export function ipv4(payload: Uint8Array, recipe: IpRecipe = {}): Buffer {
  const { source = [10, 0, 0, 1], destination = [10, 0, 0, 2], protocol = 6, options = 0 } = recipe;
  const header = Buffer.alloc(20 + options, 1);
  header[0] = 0x40 + header.length / 4;
  header.writeUInt16BE(recipe.length ?? header.length + payload.length, 2);
  header.writeUInt16BE(recipe.fragment?.[0] ?? 0, 4);
  header.writeUInt16BE(recipe.fragment?.[1] ?? 0x4000, 6);
  header[9] = protocol;
  header.set([...source, ...destination], 12);
  return Buffer.concat([header, payload]);
}

export const IPV6_CLIENT = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
export const IPV6_SERVER = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];

/** `payload` begins with the extension headers, the first of which is `protocol`. */
export function ipv6(payload: Uint8Array, recipe: IpRecipe = {}): Buffer {
  const { source = IPV6_CLIENT, destination = IPV6_SERVER, protocol = 6 } = recipe;
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header.writeUInt16BE(recipe.length ?? payload.length, 4);
  header[6] = protocol;
  header.set([...source, ...destination], 8);
  return Buffer.concat([header, payload]);
}

/** A frame of Ethernet with tags of VLANs: type and number of each, the outer one first. */
export function ethernet(
  packet: Uint8Array,
  ...tags: readonly (readonly [type: number, id: number])[]
): Buffer {
  const type = packet[0]! >>> 4 === 6 ? 0x86dd : 0x0800;
  const words = [...tags.flat(), type];
  const header = Buffer.alloc(12 + 2 * words.length, 2);
  for (const [index, word] of words.entries()) header.writeUInt16BE(word, 12 + 2 * index);
  return Buffer.concat([header, packet]);
}

/** Nanoseconds since the Unix epoch of the first packet of a test. */
export const FIRST_AT = 1_763_840_000_123_456_789n;

/** A packet as a capture file has it: raw IP where nothing else is said. */
export function packetRecord(bytes: Uint8Array, facts: Partial<PacketRecord> = {}): PacketRecord {
  const usual = { at: FIRST_AT, link: 101, length: bytes.length, comments: [], interface: 0 };
  return { type: 'packet', bytes: Uint8Array.from(bytes), ...usual, ...facts };
}

/** A segment of a `TcpPackets`: numbers count from the first byte of each direction, so that -1 is the place of a SYN. */
export interface Sent extends Partial<Pick<PacketRecord, 'interface' | 'comments' | 'length'>> {
  readonly from: Side;
  readonly flags?: string;
  readonly seq?: number;
  readonly ack?: number;
  readonly payload?: Uint8Array | string;
  /** Milliseconds after the first packet; else one more than the last. */
  readonly at?: number;
  /** Bytes of the packet that were captured. */
  readonly captured?: number;
}

const MILLISECOND = 1_000_000n;

/** Makes packets of TCP connections between 10.0.0.1:50000 and 10.0.0.2:80, with sequence numbers from `first` on. */
export class TcpPackets {
  readonly #ports: Readonly<Record<Side, number>>;
  readonly #first: Readonly<Record<Side, number>>;
  #milliseconds = -1;

  constructor(
    first: Readonly<Record<Side, number>> = { client: 1_000, server: 2_000 },
    clientPort = 50_000,
    serverPort = 80,
  ) {
    this.#ports = { client: clientPort, server: serverPort };
    this.#first = first;
  }

  /** The packet that a side sends. */
  sent({ from, flags = 'A', seq = 0, ack = 0, payload = '', at, captured, ...facts }: Sent): PacketRecord {
    const to = from === 'client' ? 'server' : 'client';
    const segment = tcp({
      sourcePort: this.#ports[from],
      destinationPort: this.#ports[to],
      seq: this.#first[from] + seq,
      ack: flags.includes('A') ? this.#first[to] + ack : 0,
      flags,
      payload,
    });
    const [client, server] = [
      [10, 0, 0, 1],
      [10, 0, 0, 2],
    ];
    const ends =
      from === 'client' ? { source: client, destination: server } : { source: server, destination: client };
    const bytes = ipv4(segment, ends);
    this.#milliseconds = at ?? this.#milliseconds + 1;
    const time = FIRST_AT + BigInt(this.#milliseconds) * MILLISECOND;
    return packetRecord(bytes.subarray(0, captured), { at: time, length: bytes.length, ...facts });
  }

  handshake(): PacketRecord[] {
    return [
      this.sent({ from: 'client', flags: 'S', seq: -1 }),
      this.sent({ from: 'server', flags: 'SA', seq: -1 }),
      this.sent({ from: 'client' }),
    ];
  }

  /** Both sides end, the client first, after so many bytes of each. */
  ending(client: number, server: number): PacketRecord[] {
    return [
      this.sent({ from: 'client', flags: 'FA', seq: client, ack: server }),
      this.sent({ from: 'server', flags: 'FA', seq: server, ack: client + 1 }),
      this.sent({ from: 'client', seq: client + 1, ack: server + 1 }),
    ];
  }
}
