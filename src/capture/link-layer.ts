/**
 * From packets to the tap: a link layer holds an IP packet (`link-layer.ts`, `ip-packet.ts`, `ip-fragments.ts`), that a TCP segment
 * (`tcp-segment.ts`); `packet-source.ts` finds its connection (`flow-table.ts`), which puts each direction's bytes in order
 * (`tcp-stream.ts`, `waiting-segments.ts`) and tells of them (`tcp-connection.ts`, `tcp-end.ts`).
 */
import type { Bytes } from '../tap.ts';

/** What a link layer holds. */
interface LinkContents {
  /** Offset of the IP packet. */
  readonly start: number;
  /** Tells apart where on one interface packets were seen: VLANs, or the interfaces behind one that stands for all. */
  readonly place: number;
}

/** Finds the IP packet in a frame; undefined where there is none, or the frame is cut off before it. */
export type LinkReader = (bytes: Bytes) => LinkContents | undefined;

const IPV4 = 0x0800;
const IPV6 = 0x86dd;

/** IEEE 802.1Q, 802.1ad, and what was used for the outer of two tags before that. */
const VLAN_TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100, 0x9200]);
const VLAN_TAG = 4;
const VLAN_IDS = 0x1000;
const MAX_TAGS = 4;

const ETHERNET_TYPE = 12;

const COOKED_PROTOCOL = 14;

const COOKED2_INTERFACE = 4;
const COOKED2_PACKET_TYPE = 10;
const COOKED2_HEADER = 20;
/** Packet types of Linux are numbers below 8. */
const PACKET_TYPES = 8;

const LOOPBACK_HEADER = 4;
/** Address families: IPv4 is 2 everywhere, IPv6 has a number in each BSD, Darwin and Linux. */
const IP_FAMILIES: ReadonlySet<number> = new Set([2, 10, 24, 28, 30]);

const RAW: LinkContents = { start: 0, place: 0 };
const LOOPBACK: LinkContents = { start: LOOPBACK_HEADER, place: 0 };

/** Readers by LINKTYPE number (tcpdump.org/linktypes.html). */
export const LINK_READERS: ReadonlyMap<number, LinkReader> = new Map([
  [0, readLoopback],
  [1, (bytes) => readFrom(bytes, ETHERNET_TYPE, 0)],
  [12, () => RAW],
  [14, () => RAW],
  [101, () => RAW],
  [108, readLoopback],
  [113, readCooked],
  [228, () => RAW],
  [229, () => RAW],
  [276, readCooked2],
]);

/** LINUX_SLL: the type of the packet stands for its place, since one that is forwarded is seen coming and going. */
function readCooked(bytes: Bytes): LinkContents | undefined {
  return readFrom(bytes, COOKED_PROTOCOL, bytes[1] ?? 0);
}

/** LINUX_SLL2, which has the protocol in front. */
function readCooked2(bytes: Bytes): LinkContents | undefined {
  if (bytes.length < COOKED2_HEADER) return undefined;
  const index = (number16(bytes, COOKED2_INTERFACE) << 16) | number16(bytes, COOKED2_INTERFACE + 2);
  const place = index * PACKET_TYPES + bytes[COOKED2_PACKET_TYPE]!;
  const protocol = number16(bytes, 0);
  if (isIp(protocol)) return { start: COOKED2_HEADER, place };
  // Of a tag its type stands in the header; its number, and the type of what it holds, are the first of what the frame holds.
  return VLAN_TAGS.has(protocol) ? readFrom(bytes, COOKED2_HEADER + 2, place) : undefined;
}

/** BSD null in the byte order of the machine that captured, loop in the network's. */
function readLoopback(bytes: Bytes): LinkContents | undefined {
  if (bytes.length < LOOPBACK_HEADER) return undefined;
  const [first, , , last] = bytes;
  return IP_FAMILIES.has(first! | last!) ? LOOPBACK : undefined;
}

/** Reads on where an EtherType stands, through the tags of VLANs. */
function readFrom(bytes: Bytes, offset: number, place: number): LinkContents | undefined {
  let seenAt = place;
  for (let tags = 0; tags <= MAX_TAGS && offset + 2 <= bytes.length; tags++) {
    const type = number16(bytes, offset);
    if (isIp(type)) return { start: offset + 2, place: seenAt };
    if (!VLAN_TAGS.has(type) || offset + VLAN_TAG > bytes.length) return undefined;
    seenAt = seenAt * VLAN_IDS + (number16(bytes, offset + 2) % VLAN_IDS);
    offset += VLAN_TAG;
  }
  return undefined;
}

function isIp(type: number): boolean {
  return type === IPV4 || type === IPV6;
}

function number16(bytes: Bytes, offset: number): number {
  return bytes[offset]! * 256 + bytes[offset + 1]!;
}
