import type { Bytes } from '../tap.ts';
import type { PacketRecord } from './record.ts';

/** An IP packet, or what a capture has of it. */
export interface IpPacket {
  readonly bytes: Bytes;
  readonly version: 4 | 6;
  /** Offset of the source address; the destination's is behind it. */
  readonly addresses: number;
  readonly protocol: number;
  /** Offset of what it carries. */
  readonly payload: number;
  /** Bytes that it carried on the wire: perhaps more than the capture has. */
  readonly payloadLength: number;
  /** Bytes of IP headers, options and extension headers included: of all fragments, where there were some. */
  readonly headers: number;
  /** Packets that it travelled in. */
  readonly packets: number;
  /** Present when it is a part of a packet. */
  readonly fragment: Fragment | undefined;
  /** Of a packet put together, where they were kept: what its fragments came in, but for the last one. */
  readonly fragments?: readonly PacketRecord[];
}

/** Which part of a packet a fragment is. */
interface Fragment {
  readonly id: number;
  /** Bytes before it. */
  readonly offset: number;
  readonly isLast: boolean;
}

export const IPV4_HEADER = 20;
export const IPV6_HEADER = 40;

const IPV4_ADDRESSES = 12;
const IPV6_ADDRESSES = 8;

const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION = 60;
const FRAGMENT_HEADER = 8;
/** No packet has a use for more; RFC 8200 section 4.1 lists 7. */
const MAX_EXTENSIONS = 16;

/** Bytes of a packet whose header says 0, as a network card was to cut it up; Linux makes them of 512 KiB at most. */
const MAX_UNCUT = 1 << 20;

/**
 * Reads the IP packet at `start` of a frame that had `wireLength` bytes on the wire; undefined where its header is broken or not
 * all there. What lies behind the packet (an Ethernet trailer) is not part of it.
 */
export function readIpPacket(bytes: Bytes, start: number, wireLength: number): IpPacket | undefined {
  const version = (bytes[start] ?? 0) >>> 4;
  const whole = Math.max(wireLength, bytes.length);
  if (version === 4) return readIpv4(bytes, start, whole);
  return version === 6 ? readIpv6(bytes, start, whole) : undefined;
}

/** RFC 791 section 3.1. */
function readIpv4(bytes: Bytes, start: number, wireLength: number): IpPacket | undefined {
  if (bytes.length < start + IPV4_HEADER) return undefined;
  const payload = start + (bytes[start]! & 0x0f) * 4;
  const total = number16(bytes, start + 2);
  const end = total === 0 ? wireLength : start + total;
  if (payload < start + IPV4_HEADER || end < payload || end - start > MAX_UNCUT) return undefined;
  const flags = number16(bytes, start + 6);
  const isLast = (flags & 0x2000) === 0;
  const offset = (flags & 0x1fff) * 8;
  const protocol = bytes[start + 9]!;
  if (!isLast || offset > 0) {
    const fragment = { id: number16(bytes, start + 4), offset, isLast };
    return packet(bytes, 4, start, protocol, payload, end, fragment);
  }
  if (protocol !== AUTHENTICATION) return packet(bytes, 4, start, protocol, payload, end, undefined);
  return readExtensions(bytes, 4, start, protocol, payload, end);
}

/** RFC 8200 section 3. A packet of more than 65,535 bytes says 0 (RFC 2675 section 3). */
function readIpv6(bytes: Bytes, start: number, wireLength: number): IpPacket | undefined {
  const payload = start + IPV6_HEADER;
  if (bytes.length < payload) return undefined;
  const length = number16(bytes, start + 4);
  const end = length === 0 ? wireLength : payload + length;
  if (end - start > MAX_UNCUT) return undefined;
  return readExtensions(bytes, 6, start, bytes[start + 6]!, payload, end);
}

/** Goes through extension headers (RFC 8200 section 4) to what the packet carries. */
function readExtensions(
  bytes: Bytes,
  version: 4 | 6,
  start: number,
  first: number,
  offset: number,
  end: number,
): IpPacket | undefined {
  let protocol = first;
  let position = offset;
  for (let count = 0; count <= MAX_EXTENSIONS && position <= end; count++) {
    const length = extensionLength(protocol, bytes[position + 1] ?? 0);
    if (length === 0) return packet(bytes, version, start, protocol, position, end, undefined);
    if (position + FRAGMENT_HEADER > bytes.length) return undefined;
    const fragment = protocol === FRAGMENT ? readFragment(bytes, position) : undefined;
    protocol = bytes[position]!;
    position += length;
    if (fragment) return packet(bytes, version, start, protocol, position, end, fragment);
  }
  return undefined;
}

/** Bytes of an extension header that says `length` of itself; 0 where the protocol is none. */
function extensionLength(protocol: number, length: number): number {
  switch (protocol) {
    case HOP_BY_HOP:
    case ROUTING:
    case DESTINATION:
      return (length + 1) * 8;
    case AUTHENTICATION:
      return (length + 2) * 4;
    case FRAGMENT:
      return FRAGMENT_HEADER;
    default:
      return 0;
  }
}

/** RFC 8200 section 4.5; undefined where the fragment is the whole packet (RFC 6946). */
function readFragment(bytes: Bytes, start: number): Fragment | undefined {
  const place = number16(bytes, start + 2);
  const isLast = (place & 1) === 0;
  const offset = place & 0xfff8;
  if (isLast && offset === 0) return undefined;
  return { id: number16(bytes, start + 4) * 0x10000 + number16(bytes, start + 6), offset, isLast };
}

function packet(
  bytes: Bytes,
  version: 4 | 6,
  start: number,
  protocol: number,
  payload: number,
  end: number,
  fragment: Fragment | undefined,
): IpPacket | undefined {
  if (payload > end) return undefined;
  const addresses = start + (version === 4 ? IPV4_ADDRESSES : IPV6_ADDRESSES);
  const payloadLength = end - payload;
  return {
    bytes,
    version,
    addresses,
    protocol,
    payload,
    payloadLength,
    headers: payload - start,
    packets: 1,
    fragment,
  };
}

function number16(bytes: Bytes, offset: number): number {
  return bytes[offset]! * 256 + bytes[offset + 1]!;
}
