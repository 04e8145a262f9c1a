import type { Side } from '../../tap.ts';
import { numberIn, sizeIn } from './json-value.ts';
import { dataBytes, type ToldMessage } from './told-messages.ts';

/** A frame, and who sent it. */
export interface WrittenFrame {
  readonly from: Side;
  readonly bytes: Buffer;
  /** Bytes of payload behind these that the HAR lacks. */
  readonly missing: number;
}

/** Written with a key of zeros, as no HAR tells the true one: that leaves the payload as it is. */
const MASK_KEY_LENGTH = 4;

const NOTHING = Buffer.alloc(0);
const TEXT = 1;
const MAX_CONTROL = 125;

/** A message as one WebSocket frame (RFC 6455 section 5.2), not compressed; undefined where it tells of no message. */
export function writtenFrame({ told }: ToldMessage): WrittenFrame | undefined {
  const opcode = numberIn(told.opcode);
  const from = told.type === 'send' ? 'client' : told.type === 'receive' ? 'server' : undefined;
  if (from === undefined || opcode === undefined || !OPCODES.has(opcode)) return undefined;
  const missing = told._lost === true ? (sizeIn(told._payload) ?? 0) : 0;
  const payload = missing > 0 ? NOTHING : dataBytes(told, opcode !== TEXT);
  if (opcode >= 8 && payload.length + missing > MAX_CONTROL) return undefined;
  const isWhole = told._complete !== false || opcode >= 8;
  const header = frameHeader(opcode, payload.length + missing, from, isWhole);
  return { from, bytes: Buffer.concat([header, payload]), missing };
}

const OPCODES: ReadonlySet<number> = new Set([1, 2, 8, 9, 10]);

function frameHeader(opcode: number, length: number, from: Side, isWhole: boolean): Buffer {
  const extended = length < 126 ? 0 : length < 0x1_0000 ? 2 : 8;
  const isMasked = from === 'client';
  const header = Buffer.alloc(2 + extended + (isMasked ? MASK_KEY_LENGTH : 0));
  header[0] = (isWhole ? 0x80 : 0) | opcode;
  header[1] = (isMasked ? 0x80 : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) header.writeUInt16BE(length, 2);
  if (extended === 8) header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}
