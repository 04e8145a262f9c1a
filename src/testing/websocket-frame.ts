/** A frame to build, well-formed or not. */
export interface FrameParts {
  readonly opcode: number;
  readonly payload?: Uint8Array | string;
  /** True unless said otherwise. */
  readonly fin?: boolean;
  /** RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  readonly rsv?: number;
  /** Four bytes; without them the frame is not masked. */
  readonly key?: readonly number[] | undefined;
  /** Bytes that the length takes after the second one; the fewest unless said otherwise. */
  readonly lengthBytes?: 0 | 2 | 8;
  /** A length other than the payload's. */
  readonly length?: bigint;
}

/** Bytes of a frame, by the picture in RFC 6455 section 5.2. */
export function websocketFrame({
  opcode,
  payload = '',
  fin = true,
  rsv = 0,
  key,
  ...parts
}: FrameParts): Buffer {
  const data = Buffer.from(payload);
  const length = parts.length ?? BigInt(data.length);
  const lengthBytes = parts.lengthBytes ?? (length < 126n ? 0 : length < 65536n ? 2 : 8);
  const first = (fin ? 128 : 0) + rsv * 16 + opcode;
  const second = (key ? 128 : 0) + (lengthBytes === 0 ? Number(length) : lengthBytes === 2 ? 126 : 127);
  const extended = Buffer.alloc(8);
  extended.writeBigUInt64BE(length);
  const masked = key ? data.map((byte, index) => byte ^ key[index % 4]!) : data;
  return Buffer.concat([
    Buffer.from([first, second]),
    extended.subarray(8 - lengthBytes),
    Buffer.from(key ?? []),
    masked,
  ]);
}
