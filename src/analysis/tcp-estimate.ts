import type { Ledger } from '../session/ledger.ts';

/** Bytes, or messages, by who sent them. */
type BySide = Readonly<Record<keyof Ledger, number>>;

/** What of TCP and IP is taken for granted. */
export interface TcpModel {
  readonly isIpv6: boolean;
  /** Payload bytes of a full segment, with timestamps: 1,500 of Ethernet less headers. */
  readonly segment: number;
  /** Whether each segment has the timestamps option: 12 bytes (RFC 7323). */
  readonly hasTimestamps: boolean;
  /** Segments that one ACK answers (RFC 9293 section 3.8.6.3: every second one at least). */
  readonly segmentsAnAck: number;
}

/** What a connection is likely to have taken of the network below it, both directions together. */
export interface TcpEstimate {
  readonly packets: number;
  /** Bytes of IP and TCP headers. */
  readonly headers: number;
}

const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
const TCP_HEADER = 20;
const TIMESTAMPS = 12;

/** Options of a SYN: segment size, window scale, SACK, timestamps. */
const SYN_OPTIONS = 20;
const HANDSHAKE = 3;
const CLOSE = 4;
const ETHERNET = 1500;

/**
 * Estimates TCP and IP for a connection that carried so many bytes each way: a handshake of three packets, a close of four,
 * full segments, nothing lost, and an ACK for each two segments. A chatty protocol takes more than that: each small message a
 * segment of its own, as `messages` tells.
 */
export function estimateTcp(
  bytes: BySide,
  { isIpv6 = false, segment, hasTimestamps = true, segmentsAnAck = 2 }: Partial<TcpModel> = {},
  messages: BySide = { client: 0, server: 0 },
): TcpEstimate {
  const header = (isIpv6 ? IPV6_HEADER : IPV4_HEADER) + TCP_HEADER + (hasTimestamps ? TIMESTAMPS : 0);
  const most = segment ?? ETHERNET - header;
  const segments = (['client', 'server'] as const).map((side) =>
    Math.max(Math.ceil(bytes[side] / most), Math.min(messages[side], bytes[side])),
  );
  const data = segments.reduce((sum, count) => sum + count, 0);
  const acks = segments.reduce((sum, count) => sum + Math.ceil(count / segmentsAnAck), 0);
  const packets = HANDSHAKE + CLOSE + data + acks;
  const syns = 2 * (SYN_OPTIONS - (hasTimestamps ? TIMESTAMPS : 0));
  return { packets, headers: packets * header + syns };
}
