import type { Bytes } from '../tap.ts';
import type { IpPacket } from './ip-packet.ts';

/** Control bits (RFC 9293 section 3.1). */
export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;

/** A TCP segment. Sequence numbers are 32 bits with a sign, as they are only ever compared. */
export interface TcpSegment {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  /** Bytes of its header, options included. */
  readonly header: number;
  /** What the capture has of the payload. Borrowed. */
  readonly bytes: Bytes;
  /** Bytes of payload on the wire. */
  readonly length: number;
}

export const TCP = 6;

const SMALLEST_HEADER = 20;
/** Bytes of a header up to the control bits: what has to be captured. */
const NEEDED = 14;
const NOTHING = new Uint8Array();

/** Reads the segment in an IP packet (RFC 9293 section 3.1); undefined where its header is broken or not captured. */
export function readTcpSegment({ bytes, payload, payloadLength }: IpPacket): TcpSegment | undefined {
  if (bytes.length < payload + NEEDED) return undefined;
  const header = (bytes[payload + 12]! >>> 4) * 4;
  if (header < SMALLEST_HEADER || header > payloadLength) return undefined;
  const start = payload + header;
  const length = payloadLength - header;
  return {
    sourcePort: bytes[payload]! * 256 + bytes[payload + 1]!,
    destinationPort: bytes[payload + 2]! * 256 + bytes[payload + 3]!,
    seq: number32(bytes, payload + 4),
    ack: number32(bytes, payload + 8),
    flags: bytes[payload + 13]!,
    header,
    bytes: length === 0 ? NOTHING : bytes.subarray(start, start + length),
    length,
  };
}

function number32(bytes: Bytes, offset: number): number {
  return (bytes[offset]! << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) | bytes[offset + 3]!;
}
