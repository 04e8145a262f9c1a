import type { Bytes } from '../../tap.ts';

/** 2 fixed bytes, up to 8 of extended length, 4 of masking key. */
export const MAX_HEADER_LENGTH = 14;

/** The RSV bits as they lie in a header's first byte. Which of them means what is up to extensions. */
export const RSV1 = 0x40;
export const ALL_RSV = 0x70;

/** Opcodes of RFC 6455 section 11.8; the others are reserved. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** RFC 6455 section 5.2. */
export interface FrameHeader {
  readonly fin: boolean;
  /** Which RSV bits are set, in their place in the first byte. */
  readonly reserved: number;
  readonly opcode: number;
  /** The four bytes of the key as a little-endian number, where there is one (section 5.3). */
  readonly maskKey: number | undefined;
  /** Bytes of this header. */
  readonly length: number;
  /** Bytes that follow it; not a safe integer above 2^53 - 1, Infinity where the highest of 64 bits is set. */
  readonly payloadLength: number;
}

/** Reads the header that begins at `at`, or gives undefined when it is not all there. */
export function readFrameHeader(bytes: Bytes, at: number): FrameHeader | undefined {
  const available = bytes.length - at;
  if (available < 2) return undefined;
  const first = bytes[at]!;
  const second = bytes[at + 1]!;
  const shortLength = second & 0x7f;
  const lengthBytes = shortLength < 126 ? 0 : shortLength === 126 ? 2 : 8;
  const maskAt = at + 2 + lengthBytes;
  const isMasked = second >= 0x80;
  const length = 2 + lengthBytes + (isMasked ? 4 : 0);
  if (available < length) return undefined;
  return {
    fin: first >= 0x80,
    reserved: first & ALL_RSV,
    opcode: first & 0x0f,
    maskKey: isMasked ? maskKey(bytes, maskAt) : undefined,
    length,
    payloadLength: lengthBytes === 0 ? shortLength : bigEndian(bytes, at + 2, maskAt),
  };
}

/** Whether it is a control frame's: close, ping, pong, or one not defined yet (section 5.5). */
export function isControl({ opcode }: FrameHeader): boolean {
  return opcode >= OPCODE.close;
}

/** Whether the length is written in as few bytes as can be, as section 5.2 demands. */
export function isLengthMinimal({ length, maskKey, payloadLength }: FrameHeader): boolean {
  const lengthBytes = length - (maskKey === undefined ? 2 : 6);
  return lengthBytes === 0 || payloadLength > (lengthBytes === 2 ? 125 : 0xffff);
}

function maskKey(bytes: Bytes, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function bigEndian(bytes: Bytes, start: number, end: number): number {
  let value = 0;
  if (end - start === 8 && bytes[start]! >= 0x80) return Number.POSITIVE_INFINITY;
  for (let index = start; index < end; index++) value = value * 256 + bytes[index]!;
  return value;
}
