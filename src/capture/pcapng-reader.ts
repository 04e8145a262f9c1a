import type { Bytes } from '../tap.ts';
import { type CaptureFormat, MAX_BLOCK_LENGTH, MAX_FOUND_LENGTH, type Place } from './capture-format.ts';
import { LentNumbers } from './lent-numbers.ts';
import { type Block, PcapngContent } from './pcapng-content.ts';
import { BLOCK, BYTE_ORDER_MAGIC } from './pcapng-numbers.ts';
import type { CaptureRecord } from './record.ts';

/** A block's type and its length before what it holds, and its length once more behind. */
const LEAST_LENGTH = 12;
/** A section's header without options. */
const SECTION_LENGTH = 28;

/** The version of the format (section 4.1). */
const MAJOR_VERSION = 1;

/**
 * Reads pcapng files (draft-ietf-opsawg-pcapng): the framing of their blocks. Where that breaks, the next place is searched
 * where a block of a known kind has the same length before and behind it.
 */
export class PcapngReader implements CaptureFormat {
  needed = LEAST_LENGTH;
  readonly #content = new PcapngContent();
  /** Undefined in a section that does not say it. */
  #littleEndian: boolean | undefined;
  /** Where the next block begins is not known. */
  #isLost = false;
  /** The section is of a version that is not known: its blocks are passed over. */
  #isForeign = false;

  read(bytes: Bytes, place: Place, records: CaptureRecord[]): number {
    const lent = new LentNumbers(bytes, this.#littleEndian ?? true);
    let at = 0;
    let wasLost: boolean | undefined;
    while (wasLost !== this.#isLost && at < lent.length) {
      wasLost = this.#isLost;
      at = wasLost ? this.#seek(lent, at, place) : this.#readBlocks(lent, at, place, records);
    }
    if (at === lent.length) this.needed = LEAST_LENGTH;
    return at;
  }

  /** Reads whole blocks from `at`; returns where one begins that is not whole, or is none. */
  #readBlocks(lent: LentNumbers, at: number, place: Place, records: CaptureRecord[]): number {
    while (at + LEAST_LENGTH <= lent.length) {
      const type = lent.long(at);
      if (type === BLOCK.section) this.#readByteOrder(lent, at);
      const length = lent.long(at + 4);
      const offset = place.offset + at;
      if (!isLength(length, MAX_BLOCK_LENGTH) || this.#littleEndian === undefined) {
        records.push({ type: 'damage', offset, detail: this.#strange(length) });
        this.#isLost = true;
        return at + 1;
      }
      if (at + length > lent.length) return this.#wait(lent, at, length, place, records);
      if (lent.long(at + length - 4) !== length) {
        const detail = `a block of ${length} bytes ends with another length: ${lent.long(at + length - 4)}`;
        records.push({ type: 'damage', offset, detail });
        this.#isLost = true;
        return at + 1;
      }
      this.#readBlock({ lent, type, start: at, length, offset }, records);
      at += length;
    }
    return at === lent.length ? at : this.#wait(lent, at, LEAST_LENGTH, place, records);
  }

  #readBlock(block: Block, records: CaptureRecord[]): void {
    if (block.type === BLOCK.section) this.#startSection(block, records);
    else if (!this.#isForeign) this.#content.read(block, records);
  }

  #readByteOrder(lent: LentNumbers, at: number): void {
    this.#littleEndian = byteOrderAt(lent, at);
    lent.littleEndian = this.#littleEndian ?? true;
  }

  /** Section 4.1. */
  #startSection({ lent, start, length, offset }: Block, records: CaptureRecord[]): void {
    this.#content.startSection();
    const version = length < SECTION_LENGTH ? undefined : lent.short(start + 12);
    this.#isForeign = version !== MAJOR_VERSION;
    if (!this.#isForeign) return;
    const detail =
      version === undefined ? 'the header is too short' : `version ${version} of pcapng is not supported`;
    records.push({ type: 'damage', offset, detail: `a section is skipped: ${detail}` });
  }

  /** Asks for the rest of a block; at the end of the file there is none. */
  #wait(lent: LentNumbers, at: number, length: number, place: Place, records: CaptureRecord[]): number {
    this.needed = length;
    if (!place.isEnd) return at;
    const detail = `the file ends inside a block: ${lent.length - at} of ${length} bytes`;
    records.push({ type: 'damage', offset: place.offset + at, detail });
    // A block cut off is the last one, unless its length is a lie. Then others may lie within what it claims.
    this.#isLost = length > MAX_FOUND_LENGTH;
    return this.#isLost ? at + 1 : lent.length;
  }

  /** Looks for a block from `at` on; returns where one is, or where there are too few bytes to say. */
  #seek(lent: LentNumbers, at: number, place: Place): number {
    for (; at + LEAST_LENGTH <= lent.length; at++) {
      const length = this.#likelyLength(lent, at);
      if (length === undefined) continue;
      if (at + length <= lent.length) {
        this.#isLost = lent.long(at + length - 4) !== lent.long(at + 4);
        if (!this.#isLost) return at;
      } else if (!place.isEnd) {
        this.needed = length;
        return at;
      }
    }
    this.needed = LEAST_LENGTH;
    return place.isEnd ? lent.length : at;
  }

  /** The length of the block that may begin at `at`; undefined where none does. */
  #likelyLength(lent: LentNumbers, at: number): number | undefined {
    const type = lent.long(at);
    if (!isKnown(type)) return undefined;
    const order = type === BLOCK.section ? byteOrderAt(lent, at) : this.#littleEndian;
    if (order === undefined) return undefined;
    const length = lent.long(at + 4, order);
    return isLength(length, MAX_FOUND_LENGTH) ? length : undefined;
  }

  #strange(length: number): string {
    if (this.#littleEndian === undefined) return 'a section does not tell its byte order';
    return `a block of ${length} bytes is told, which cannot be`;
  }
}

/** Whether the section that begins at `at` is little-endian; undefined where it does not say. */
function byteOrderAt(lent: LentNumbers, at: number): boolean | undefined {
  if (lent.long(at + 8, true) === BYTE_ORDER_MAGIC) return true;
  return lent.long(at + 8, false) === BYTE_ORDER_MAGIC ? false : undefined;
}

function isLength(length: number, most: number): boolean {
  return length >= LEAST_LENGTH && length <= most && length % 4 === 0;
}

/** A switch takes a tenth of the time of a set: behind damage this is asked for each byte. */
function isKnown(type: number): boolean {
  switch (type) {
    case BLOCK.section:
    case BLOCK.interface:
    case BLOCK.packet:
    case BLOCK.simplePacket:
    case BLOCK.names:
    case BLOCK.statistics:
    case BLOCK.enhancedPacket:
    case BLOCK.secrets:
    case BLOCK.custom:
    case BLOCK.customFixed:
      return true;
    default:
      return false;
  }
}
