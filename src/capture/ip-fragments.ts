import type { Bytes } from '../tap.ts';
import { IPV4_HEADER, IPV6_HEADER, type IpPacket, readIpPacket } from './ip-packet.ts';
import type { PacketRecord } from './record.ts';

/** Of packets that lack fragments; past one of these the oldest is given up. */
const MAX_PACKETS = 256;
const MAX_BYTES = 4 << 20;
const MAX_PARTS = 256;

const MAX_LENGTH = 0xffff;

/** A packet of which some fragments have come. */
interface Parts {
  /** In the order they came. */
  readonly parts: { readonly offset: number; readonly bytes: Bytes; readonly length: number }[];
  /** What the parts came in, where that is kept. */
  readonly records: PacketRecord[];
  /** Bytes of it; unknown before the last fragment came. */
  total: number | undefined;
  headers: number;
  held: number;
}

/** Puts fragments of IP packets together again (RFC 791 section 3.2, RFC 8200 section 4.5). Of bytes sent twice the first count. */
export class IpFragments {
  readonly #packets = new Map<string, Parts>();
  #held = 0;

  /** Takes a fragment, and gives the packet it completes, if it does: with what its fragments came in, where `record` is given. */
  take(fragment: IpPacket, record?: PacketRecord): IpPacket | undefined {
    const key = keyOf(fragment);
    const packet = this.#packets.get(key) ?? {
      parts: [],
      records: [],
      total: undefined,
      headers: 0,
      held: 0,
    };
    this.#packets.set(key, packet);
    this.#add(packet, fragment);
    if (isComplete(packet)) {
      this.#forget(key, packet);
      return whole(packet, fragment);
    }
    if (record) this.#keep(packet, record);
    if (packet.parts.length > MAX_PARTS) this.#forget(key, packet);
    this.#keepLimits();
    return undefined;
  }

  #add(packet: Parts, { bytes, payload, payloadLength, headers, fragment }: IpPacket): void {
    if (!fragment) return;
    const part = new Uint8Array(bytes.subarray(payload, payload + payloadLength));
    packet.parts.push({ offset: fragment.offset, bytes: part, length: payloadLength });
    packet.headers += headers;
    this.#hold(packet, bytes.length); // all of what it came in, as that may be kept too
    if (fragment.isLast) packet.total ??= fragment.offset + payloadLength;
  }

  #keep(packet: Parts, record: PacketRecord): void {
    packet.records.push({ ...record, bytes: Uint8Array.from(record.bytes) });
    for (const comment of record.comments) this.#hold(packet, comment.length);
  }

  #hold(packet: Parts, length: number): void {
    packet.held += length;
    this.#held += length;
  }

  #keepLimits(): void {
    for (const [key, packet] of this.#packets) {
      if (this.#packets.size <= MAX_PACKETS && this.#held <= MAX_BYTES) return;
      this.#forget(key, packet);
    }
  }

  #forget(key: string, packet: Parts): void {
    this.#packets.delete(key);
    this.#held -= packet.held;
  }
}

function keyOf({ bytes, version, addresses, protocol, fragment }: IpPacket): string {
  const pair = Buffer.from(bytes.subarray(addresses, addresses + (version === 4 ? 8 : 32))).toString(
    'latin1',
  );
  return `${pair}${fragment?.id} ${protocol}`;
}

function isComplete({ parts, total }: Parts): boolean {
  if (total === undefined) return false;
  let end = 0;
  for (const { offset, length } of parts.toSorted((a, b) => a.offset - b.offset)) {
    if (offset > end) return false;
    end = Math.max(end, offset + length);
  }
  return end >= total;
}

/** The packet as if it had never been cut, with a header of ours. Where a fragment was captured in part, it ends there. */
function whole(packet: Parts, last: IpPacket): IpPacket | undefined {
  const total = packet.total ?? 0;
  const header = headerOf(last, total);
  const bytes = new Uint8Array(header.length + total);
  bytes.set(header);
  let captured = total;
  for (const part of packet.parts.toReversed()) {
    bytes.set(
      part.bytes.subarray(0, Math.max(0, total - part.offset)),
      Math.min(bytes.length, header.length + part.offset),
    );
    if (part.bytes.length < part.length) captured = Math.min(captured, part.offset + part.bytes.length);
  }
  const read = readIpPacket(bytes.subarray(0, header.length + captured), 0, bytes.length);
  if (!read) return undefined;
  const headers = packet.headers + read.headers - header.length;
  return { ...read, headers, packets: packet.parts.length, fragments: packet.records };
}

function headerOf({ bytes, version, addresses, protocol }: IpPacket, payloadLength: number): Uint8Array {
  const header = new Uint8Array(version === 4 ? IPV4_HEADER : IPV6_HEADER);
  const length = payloadLength + (version === 4 ? IPV4_HEADER : 0);
  const said = length > MAX_LENGTH ? 0 : length;
  const field = version === 4 ? 2 : 4;
  header[0] = version === 4 ? 0x45 : 0x60;
  header[field] = said >>> 8;
  header[field + 1] = said & 0xff;
  header[version === 4 ? 9 : 6] = protocol;
  const pair = bytes.subarray(addresses, addresses + (version === 4 ? 8 : 32));
  header.set(pair, version === 4 ? 12 : 8);
  return header;
}
