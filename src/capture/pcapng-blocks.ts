import type { Bytes } from '../tap.ts';
import { addressBytes } from './ip-address.ts';
import { BLOCK, BYTE_ORDER_MAGIC, NAME_ENTRY, NANOSECONDS, OPTION } from './pcapng-numbers.ts';
import { padded } from './pcapng-options.ts';
import type { NamesRecord } from './record.ts';
import { highHalf, lowHalf } from './timestamp.ts';

/** The longest value that an option can have, in bytes. */
export const MAX_OPTION_LENGTH = 0xffff;

const HEADER_LENGTH = 8;
const TRAILER_LENGTH = 4;
const OPTION_HEADER_LENGTH = 4;
const PACKET_HEADER_LENGTH = 28;
/** Both halves of the length of a section that nobody knows yet. */
const UNKNOWN_LENGTH = 0xffffffff;
const NOTHING = Buffer.alloc(0);

/** One option: its number, and its value as text or bytes. */
type Option = readonly [code: number, value: string | Uint8Array];

/** The header of a section (draft-ietf-opsawg-pcapng section 4.1), little-endian as all blocks made here are. */
export function sectionHeader(facts: {
  readonly application: string;
  readonly hardware?: string;
  readonly system?: string;
}): Buffer {
  const fixed = Buffer.alloc(16);
  fixed.writeUInt32LE(BYTE_ORDER_MAGIC, 0);
  fixed.writeUInt16LE(1, 4);
  fixed.writeUInt32LE(UNKNOWN_LENGTH, 8);
  fixed.writeUInt32LE(UNKNOWN_LENGTH, 12);
  const options: Option[] = [];
  if (facts.hardware !== undefined) options.push([OPTION.hardware, facts.hardware]);
  if (facts.system !== undefined) options.push([OPTION.system, facts.system]);
  options.push([OPTION.application, facts.application]);
  return block(BLOCK.section, fixed, options);
}

/** An interface (section 4.2) whose timestamps are nanoseconds; the first one described in a section is number 0. */
export function interfaceDescription(facts: { readonly link: number; readonly name?: string }): Buffer {
  const fixed = Buffer.alloc(8);
  fixed.writeUInt16LE(facts.link, 0);
  const options: Option[] = [[OPTION.resolution, Uint8Array.of(NANOSECONDS)]];
  if (facts.name !== undefined) options.unshift([OPTION.interfaceName, facts.name]);
  return block(BLOCK.interface, fixed, options);
}

/** The names of addresses (section 4.5). What is no IP address is left out. */
export function nameResolution(entries: NamesRecord['entries']): Buffer {
  const parts = entries.map(({ address, names }) => {
    const bytes = addressBytes(address);
    return bytes && names.length > 0 ? nameEntry(bytes, names) : NOTHING;
  });
  return block(BLOCK.names, Buffer.concat([...parts, numbered(NAME_ENTRY.end, NOTHING)]), []);
}

/** What a packet's block is made of. */
export interface PacketFacts {
  /** Number of the interface within the section. */
  readonly interface: number;
  /** Nanoseconds since the Unix epoch. */
  readonly at: bigint;
  /** The packet in its pieces, headers and payload say: they are copied one behind the other. */
  readonly bytes: readonly Bytes[];
  /** Bytes of it on the wire, where the capture has fewer. */
  readonly length?: number;
  /** Each at most MAX_OPTION_LENGTH bytes of UTF-8, else a RangeError. */
  readonly comments?: readonly string[];
}

/** A packet (section 4.3). */
export function enhancedPacket({ interface: number, at, bytes, length, comments = [] }: PacketFacts): Buffer {
  let captured = 0;
  for (const piece of bytes) captured += piece.length;
  const options =
    comments.length === 0 ? NOTHING : optionBytes(comments.map((text) => [OPTION.comment, text]));
  const optionsStart = PACKET_HEADER_LENGTH + padded(captured);
  const made = framed(BLOCK.enhancedPacket, optionsStart + options.length + TRAILER_LENGTH);
  made.writeUInt32LE(number, 8);
  writeTimestamp(made, at, 12);
  made.writeUInt32LE(captured, 20);
  made.writeUInt32LE(length ?? captured, 24);
  let end = PACKET_HEADER_LENGTH;
  for (const piece of bytes) {
    made.set(piece, end);
    end += piece.length;
  }
  while (end < optionsStart) made[end++] = 0;
  made.set(options, optionsStart);
  return made;
}

/** What an interface had received, and how many packets were dropped, up to a time (section 4.6). */
export function interfaceStatistics(facts: {
  readonly interface: number;
  /** Nanoseconds since the Unix epoch. */
  readonly at: bigint;
  readonly received?: number;
  readonly dropped: number;
}): Buffer {
  const fixed = Buffer.alloc(12);
  fixed.writeUInt32LE(facts.interface, 0);
  writeTimestamp(fixed, facts.at, 4);
  const options: Option[] = [[OPTION.dropped, longBytes(facts.dropped)]];
  if (facts.received !== undefined) options.unshift([OPTION.received, longBytes(facts.received)]);
  return block(BLOCK.statistics, fixed, options);
}

/** A block of what is the same in all of its kind, and of options. */
function block(type: number, fixed: Uint8Array, options: readonly Option[]): Buffer {
  const bytes = optionBytes(options);
  const made = framed(type, HEADER_LENGTH + fixed.length + bytes.length + TRAILER_LENGTH);
  made.set(fixed, HEADER_LENGTH);
  made.set(bytes, HEADER_LENGTH + fixed.length);
  return made;
}

/** Memory for a block, with its type and lengths. */
function framed(type: number, length: number): Buffer {
  const made = Buffer.allocUnsafe(length);
  made.writeUInt32LE(type, 0);
  made.writeUInt32LE(length, 4);
  made.writeUInt32LE(length, length - TRAILER_LENGTH);
  return made;
}

/** Options one behind the other, and their end; nothing where there are none. */
function optionBytes(options: readonly Option[]): Buffer {
  if (options.length === 0) return NOTHING;
  const parts = options.map(([code, value]) => {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    if (bytes.length > MAX_OPTION_LENGTH)
      throw new RangeError(`an option of ${bytes.length} bytes is too long`);
    return numbered(code, bytes);
  });
  return Buffer.concat([...parts, numbered(OPTION.end, NOTHING)]);
}

/** Names that one entry has no room for are told in none: no host name is so long. */
function nameEntry(address: Uint8Array, names: readonly string[]): Buffer {
  const text = Buffer.from(names.map((name) => `${name}\0`).join(''));
  const type = address.length === 4 ? NAME_ENTRY.ipv4 : NAME_ENTRY.ipv6;
  const value = Buffer.concat([address, text]);
  return value.length > MAX_OPTION_LENGTH ? NOTHING : numbered(type, value);
}

/** A value with its number and length before it, and padding behind it. */
function numbered(code: number, value: Uint8Array): Buffer {
  const made = Buffer.alloc(OPTION_HEADER_LENGTH + padded(value.length));
  made.writeUInt16LE(code, 0);
  made.writeUInt16LE(value.length, 2);
  made.set(value, OPTION_HEADER_LENGTH);
  return made;
}

/** The higher half comes first in either byte order. */
function writeTimestamp(into: Buffer, at: bigint, offset: number): void {
  into.writeUInt32LE(highHalf(at), offset);
  into.writeUInt32LE(lowHalf(at), offset + 4);
}

function longBytes(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
