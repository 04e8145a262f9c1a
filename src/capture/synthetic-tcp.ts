import type { Bytes, Side } from '../tap.ts';
import type { Slab } from './block-memory.ts';
import { checksum, inMachineOrder, wordSum } from './checksum.ts';
import type { SyntheticEnds } from './synthetic-ends.ts';
import { ACK, FIN, SYN, TCP } from './tcp-segment.ts';

/** Bytes of payload in a packet at most: what an IPv4 packet holds, and a little less. */
export const MAX_SEGMENT = 65_000;

/**
 * One TCP connection as nobody sent it: writes the IP packets that would have carried its bytes. The window is 1 GiB, nothing is
 * sent twice; each packet acknowledges all that the other side sent before it.
 */
export class SyntheticTcp {
  /** Bytes of the IP header. */
  readonly #ip: number;
  /** Headers as each side sends them, in words of this machine's byte order; what differs between packets is 0. */
  readonly #headers: Readonly<Record<Side, Int32Array>>;
  /** Sequence number of what each side sends next. */
  readonly #next: Record<Side, number>;

  /** `seed` makes the sequence numbers begin elsewhere than those of another connection between the same ends. */
  constructor(ends: SyntheticEnds, seed: number) {
    const { client, server, clientPort, serverPort } = ends;
    this.#ip = client.length === 4 ? 20 : 40;
    this.#headers = {
      client: headers(client, server, clientPort, serverPort),
      server: headers(server, client, serverPort, clientPort),
    };
    const first = Math.imul(seed, 0x9e37_79b1) >>> 0;
    this.#next = { client: first, server: (first ^ 0x5bd1_e995) >>> 0 };
  }

  /** Bytes of a packet with these control bits and this much payload. */
  length(flags: number, payload: number): number {
    return this.#ip + TCP_HEADER + (flags & SYN ? SYN_OPTIONS : 0) + payload;
  }

  /** What that side sends next comes so many bytes later, or earlier where `count` is negative. */
  skip(from: Side, count: number): void {
    this.#next[from] = modulo32(this.#next[from] + count);
  }

  /**
   * Writes a packet at `at`, a multiple of 4, with `payload` from `start` to `end`, and fills it up to the next multiple of 4 with
   * zeros.
   */
  write(slab: Slab, at: number, from: Side, flags: number, payload: Bytes, start: number, end: number): void {
    const { bytes, words } = slab;
    const header = this.#headers[from];
    const length = this.length(flags, end - start);
    const tcp = at + this.#ip;
    words[(at + length - 1) >>> 2] = 0;
    for (let index = 0, word = at >>> 2; index < header.length; index++) words[word++] = header[index]!;
    bytes.writeUInt32BE(this.#next[from], tcp + 4);
    if (flags & ACK) bytes.writeUInt32BE(this.#next[from === 'client' ? 'server' : 'client'], tcp + 8);
    bytes[tcp + 12] = (flags & SYN ? TCP_HEADER + SYN_OPTIONS : TCP_HEADER) << 2;
    bytes[tcp + 13] = flags;
    if (flags & SYN) bytes.set(SYN_OPTION_BYTES, tcp + TCP_HEADER);
    if (end > start) {
      bytes.set(
        end - start === payload.length ? payload : payload.subarray(start, end),
        at + length - (end - start),
      );
    }
    this.#writeLengthAndSums(slab, at, length);
    this.skip(from, end - start + (flags & (SYN | FIN) ? 1 : 0));
  }

  #writeLengthAndSums({ bytes, words, halves }: Slab, at: number, length: number): void {
    const isIPv4 = this.#ip === 20;
    const segment = length - this.#ip;
    bytes.writeUInt16BE(isIPv4 ? length : segment, at + (isIPv4 ? 2 : 4));
    if (isIPv4) halves[(at + 10) >>> 1] = checksum(wordSum(words, at >>> 2, (at + 20) >>> 2));
    const addresses = at + (isIPv4 ? 12 : 8);
    const pseudo = inMachineOrder(TCP) + inMachineOrder(segment);
    const sum = wordSum(words, addresses >>> 2, (at + length + 3) >>> 2) + pseudo; // addresses lie right before TCP
    halves[(at + this.#ip + 16) >>> 1] = checksum(sum);
  }
}

const TCP_HEADER = 20;

/** A segment of 65,495 bytes at most (RFC 9293 section 3.7.1), and windows scaled by 2^14 (RFC 7323 section 2.2). */
const SYN_OPTION_BYTES = Uint8Array.of(2, 4, 0xff, 0xd7, 1, 3, 3, 14);
const SYN_OPTIONS = SYN_OPTION_BYTES.length;

function headers(from: Uint8Array, to: Uint8Array, fromPort: number, toPort: number): Int32Array {
  const ip = from.length === 4 ? ipv4Header(from, to) : ipv6Header(from, to);
  const bytes = new Uint8Array(ip.length + TCP_HEADER);
  bytes.set(ip);
  bytes.set([fromPort >>> 8, fromPort & 0xff, toPort >>> 8, toPort & 0xff], ip.length);
  bytes.set([0xff, 0xff], ip.length + 14); // the window
  return new Int32Array(bytes.buffer);
}

/** RFC 791 section 3.1, "don't fragment" set; a time to live of 64. */
function ipv4Header(from: Uint8Array, to: Uint8Array): number[] {
  return [0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, TCP, 0, 0, ...from, ...to];
}

/** RFC 8200 section 3, with a hop limit of 64. */
function ipv6Header(from: Uint8Array, to: Uint8Array): number[] {
  return [0x60, 0, 0, 0, 0, 0, TCP, 64, ...from, ...to];
}

/** For numbers of any size below 2^53, holes of more than 4 GiB among them. */
function modulo32(value: number): number {
  return ((value % 0x1_0000_0000) + 0x1_0000_0000) % 0x1_0000_0000;
}
