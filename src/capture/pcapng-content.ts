import type { LentNumbers } from './lent-numbers.ts';
import { readNames } from './pcapng-names.ts';
import { BLOCK, OPTION } from './pcapng-numbers.ts';
import { type BlockOption, commentsOf, padded, readOptions } from './pcapng-options.ts';
import type { CaptureRecord, DamageRecord } from './record.ts';
import { InterfaceClock } from './timestamp.ts';

/** A whole block within borrowed bytes. */
export interface Block {
  readonly lent: LentNumbers;
  readonly type: number;
  readonly start: number;
  readonly length: number;
  /** Where in the file the block begins. */
  readonly offset: number;
}

/** What an Interface Description Block tells (draft-ietf-opsawg-pcapng section 4.2). */
interface Interface {
  /** Among all interfaces of the file. */
  readonly number: number;
  readonly link: number;
  /** The most bytes captured of a packet. */
  readonly longest: number;
  readonly clock: InterfaceClock;
}

/** The length that ends each block. */
const TRAILER_LENGTH = 4;
/** Bytes of a block before what is its own, and of those kinds that are read before their data or options. */
const HEADER_LENGTH = 8;
const PACKET_HEADER_LENGTH = 28;
const SIMPLE_HEADER_LENGTH = 12;
const INTERFACE_HEADER_LENGTH = 16;

const MICROSECONDS = 6;

/** A section with more interfaces than this was not made by a capture. */
const MAX_INTERFACES = 65_536;

const NO_COMMENTS: readonly string[] = [];
const NO_OPTIONS = { options: [], whole: true };
const BROKEN_OPTIONS = 'an option ends behind its block';

/** What the blocks of a pcapng file tell, one by one. */
export class PcapngContent {
  /** Those of this section. */
  #interfaces: Interface[] = [];
  /** Interfaces of the sections before. */
  #before = 0;
  /** It was told that packets of this section come from interfaces that are not known. */
  #hasStrangers = false;
  /** When the last packet was: a simple one has no time of its own. */
  #now = 0n;

  /** Forgets the interfaces: each section describes its own. */
  startSection(): void {
    this.#before += this.#interfaces.length;
    this.#interfaces = [];
    this.#hasStrangers = false;
  }

  /** Reads a block whose length is right. Blocks that tell nothing of the traffic are skipped. */
  read(block: Block, records: CaptureRecord[]): void {
    switch (block.type) {
      case BLOCK.enhancedPacket:
      case BLOCK.packet:
        if (isLongEnough(block, PACKET_HEADER_LENGTH, records)) this.#readPacket(block, records);
        break;
      case BLOCK.simplePacket:
        if (isLongEnough(block, SIMPLE_HEADER_LENGTH, records)) this.#readSimplePacket(block, records);
        break;
      case BLOCK.interface:
        if (isLongEnough(block, INTERFACE_HEADER_LENGTH, records)) this.#describe(block, records);
        break;
      case BLOCK.names:
        readNamesBlock(block, records);
    }
  }

  /** Section 4.2. */
  #describe(block: Block, records: CaptureRecord[]): void {
    if (this.#interfaces.length === MAX_INTERFACES) return;
    const { lent, start } = block;
    const { options, whole } = readOptions(lent, start + INTERFACE_HEADER_LENGTH, endOf(block));
    this.#interfaces.push({
      number: this.#before + this.#interfaces.length,
      link: lent.short(start + 8),
      longest: lent.long(start + 12) || Number.POSITIVE_INFINITY,
      clock: clockOf(lent, options),
    });
    if (!whole) records.push(damage(block, BROKEN_OPTIONS));
  }

  /** Section 4.3; and the obsolete block of appendix A, whose interface has a short number. */
  #readPacket(block: Block, records: CaptureRecord[]): void {
    const { lent, start } = block;
    const number = block.type === BLOCK.packet ? lent.short(start + 8) : lent.long(start + 8);
    const source = this.#interface(number, block, records);
    if (!source) return;
    const captured = lent.long(start + 20);
    if (captured > block.length - PACKET_HEADER_LENGTH - TRAILER_LENGTH) {
      records.push(damage(block, `a packet of ${captured} bytes is told in a block of ${block.length}`));
      return;
    }
    this.#now = source.clock.nanoseconds(lent.long(start + 12), lent.long(start + 16));
    const optionsStart = start + PACKET_HEADER_LENGTH + padded(captured);
    const { options, whole } =
      optionsStart < endOf(block) ? readOptions(lent, optionsStart, endOf(block)) : NO_OPTIONS;
    records.push({
      type: 'packet',
      at: this.#now,
      link: source.link,
      bytes: lent.view(start + PACKET_HEADER_LENGTH, captured),
      length: Math.max(lent.long(start + 24), captured),
      comments: options.length === 0 ? NO_COMMENTS : commentsOf(lent, options),
      interface: source.number,
    });
    if (!whole) records.push(damage(block, BROKEN_OPTIONS));
  }

  /** Section 4.4: of the first interface, as much as its limit and the block allow. */
  #readSimplePacket(block: Block, records: CaptureRecord[]): void {
    const source = this.#interface(0, block, records);
    if (!source) return;
    const { lent, start } = block;
    const length = lent.long(start + HEADER_LENGTH);
    const room = block.length - SIMPLE_HEADER_LENGTH - TRAILER_LENGTH;
    records.push({
      type: 'packet',
      at: this.#now,
      link: source.link,
      bytes: lent.view(start + SIMPLE_HEADER_LENGTH, Math.min(source.longest, length, room)),
      length,
      comments: NO_COMMENTS,
      interface: source.number,
    });
  }

  /** The interface of that number in this section. That there is none is told once a section. */
  #interface(number: number, block: Block, records: CaptureRecord[]): Interface | undefined {
    const found = this.#interfaces[number];
    if (!found && !this.#hasStrangers) {
      records.push(
        damage(block, `a packet is of interface ${number}, which is not described: such are skipped`),
      );
      this.#hasStrangers = true;
    }
    return found;
  }
}

/** Section 4.5. */
function readNamesBlock(block: Block, records: CaptureRecord[]): void {
  const { entries, whole } = readNames(block.lent, block.start + HEADER_LENGTH, endOf(block));
  if (entries.length > 0) records.push({ type: 'names', entries });
  if (!whole) records.push(damage(block, 'a name ends behind its block'));
}

/** What the ticks of an interface's timestamps are: microseconds since the epoch, if its options do not say otherwise. */
function clockOf(lent: LentNumbers, options: readonly BlockOption[]): InterfaceClock {
  const resolution = options.find(({ code, length }) => code === OPTION.resolution && length === 1);
  const offset = options.find(({ code, length }) => code === OPTION.timeOffset && length === 8);
  return new InterfaceClock(
    resolution ? lent.byte(resolution.start) : MICROSECONDS,
    offset ? lent.signed(offset.start) : 0n,
  );
}

/** Whether a block has room for what its kind begins with. */
function isLongEnough(block: Block, header: number, records: CaptureRecord[]): boolean {
  const least = header + TRAILER_LENGTH;
  if (block.length >= least) return true;
  records.push(
    damage(block, `a block of type ${block.type} has ${block.length} bytes, not the ${least} it takes`),
  );
  return false;
}

/** Where what a block holds ends. */
function endOf(block: Block): number {
  return block.start + block.length - TRAILER_LENGTH;
}

function damage({ offset }: Block, detail: string): DamageRecord {
  return { type: 'damage', offset, detail };
}
