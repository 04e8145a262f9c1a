import type { Bytes } from '../tap.ts';
import { MAX_BLOCK_LENGTH } from './capture-format.ts';

/** Bytes of the header that a pcap file begins with, magic number and all. */
export const PCAP_HEADER_LENGTH = 24;

/** Snapshot lengths are often too small to be true; Wireshark and tcpdump write packets up to this length. */
const LARGEST_PACKET = 262_144;

/** What the magic number of a pcap file tells, or why such a file is not read. */
export type PcapMagic =
  | { readonly littleEndian: boolean; readonly unit: PcapUnit; readonly unsupported?: never }
  | { readonly unsupported: string };

/** Nanoseconds that the fraction of a timestamp counts. */
export type PcapUnit = 1 | 1000;

const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;

/** Variants whose packet records differ, by their magic numbers. */
const VARIANTS: ReadonlyMap<number, string> = new Map([
  [0xa1b2cd34, 'modified pcap (Kuznetzov)'],
  [0xa1b234cd, 'modified pcap (Mesquita)'],
  [0xa12b3c4d, 'modified pcap (Navtel)'],
  [0x1c0001ac, 'IXIA pcap'],
  [0x1c0001ab, 'IXIA pcap'],
]);

/** Reads a magic number (draft-ietf-opsawg-pcap section 4), its bytes taken as big-endian. Undefined where it is none. */
export function readPcapMagic(magic: number): PcapMagic | undefined {
  const swapped = bytesSwapped(magic);
  if (magic === MICROSECONDS || swapped === MICROSECONDS) {
    return { littleEndian: swapped === MICROSECONDS, unit: 1000 };
  }
  if (magic === NANOSECONDS || swapped === NANOSECONDS) {
    return { littleEndian: swapped === NANOSECONDS, unit: 1 };
  }
  const variant = VARIANTS.get(magic) ?? VARIANTS.get(swapped);
  if (variant === undefined) return undefined;
  return { unsupported: `the file is a ${variant}, which is not supported: convert it with editcap` };
}

/** What the rest of the header tells of all packets. */
export interface PcapHeader {
  /** '2.4'. */
  readonly version: string;
  /** LINKTYPE number. */
  readonly link: number;
  /** The most bytes a packet may have. */
  readonly longest: number;
}

/** Reads the header that `bytes` begin with; there must be PCAP_HEADER_LENGTH of them. */
export function readPcapHeader(bytes: Bytes, littleEndian: boolean): PcapHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, PCAP_HEADER_LENGTH);
  const snapshot = view.getUint32(16, littleEndian);
  const isUnlimited = snapshot === 0 || snapshot > MAX_BLOCK_LENGTH;
  return {
    version: `${view.getUint16(4, littleEndian)}.${view.getUint16(6, littleEndian)}`,
    link: view.getUint32(20, littleEndian) & 0xffff, // the rest tells of frame check sequences
    longest: isUnlimited ? MAX_BLOCK_LENGTH : Math.max(snapshot, LARGEST_PACKET),
  };
}

function bytesSwapped(number: number): number {
  const swapped = (number << 24) | ((number & 0xff00) << 8) | ((number >>> 8) & 0xff00) | (number >>> 24);
  return swapped >>> 0;
}
