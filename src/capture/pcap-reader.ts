import type { Bytes } from '../tap.ts';
import { type CaptureFormat, MAX_FOUND_LENGTH, type Place } from './capture-format.ts';
import { LentNumbers } from './lent-numbers.ts';
import {
  PCAP_HEADER_LENGTH,
  type PcapHeader,
  type PcapMagic,
  type PcapUnit,
  readPcapHeader,
} from './pcap-header.ts';
import type { CaptureRecord } from './record.ts';
import { nanosecondsOf } from './timestamp.ts';

/** Bytes of what stands before each packet. */
const PACKET_HEADER_LENGTH = 16;

/** A packet record found behind damage is of the same day as the one before. */
const DAY = 86_400;

type State = 'reading' | 'lost' | 'unreadable';

const NO_COMMENTS: readonly string[] = [];

/**
 * Reads pcap files (draft-ietf-opsawg-pcap). Nothing marks where a packet record begins: behind damage the next place is
 * searched where two records in a row are likely ones.
 */
export class PcapReader implements CaptureFormat {
  needed = PCAP_HEADER_LENGTH;
  readonly #littleEndian: boolean;
  readonly #unit: PcapUnit;
  #header: PcapHeader | undefined;
  #state: State = 'reading';
  /** Seconds of the last packet's timestamp. */
  #seconds: number | undefined;

  constructor(magic: PcapMagic & { readonly unsupported?: never }) {
    this.#littleEndian = magic.littleEndian;
    this.#unit = magic.unit;
  }

  read(bytes: Bytes, place: Place, records: CaptureRecord[]): number {
    const lent = new LentNumbers(bytes, this.#littleEndian);
    let at = this.#header ? 0 : this.#readHeader(bytes, place, records);
    if (this.#state === 'unreadable') at = lent.length;
    let state: State | undefined;
    while (state !== this.#state && at < lent.length) {
      state = this.#state;
      if (state === 'reading') at = this.#readPackets(lent, at, place, records);
      else at = this.#seek(lent, at, place);
    }
    if (at === lent.length) this.needed = PACKET_HEADER_LENGTH;
    return at;
  }

  #readHeader(bytes: Bytes, place: Place, records: CaptureRecord[]): number {
    if (bytes.length < PCAP_HEADER_LENGTH) {
      records.push({ type: 'damage', offset: 0, detail: 'the file ends inside its header' });
      return bytes.length;
    }
    const header = readPcapHeader(bytes, this.#littleEndian);
    this.#header = header;
    if (!header.version.startsWith('2.')) {
      this.#state = 'unreadable';
      const detail = `version ${header.version} of pcap is not supported`;
      records.push({ type: 'damage', offset: place.offset + 4, detail });
    }
    return PCAP_HEADER_LENGTH;
  }

  /** Reads whole packets from `at`; returns where one begins that is not whole, or is none. */
  #readPackets(lent: LentNumbers, at: number, place: Place, records: CaptureRecord[]): number {
    const { link, longest } = this.#header!;
    while (at + PACKET_HEADER_LENGTH <= lent.length) {
      const captured = lent.long(at + 8);
      const length = lent.long(at + 12);
      if (captured > longest || isNothing(lent, at)) {
        records.push({ type: 'damage', offset: place.offset + at, detail: unlikely(captured) });
        this.#state = 'lost';
        return at + 1;
      }
      const start = at + PACKET_HEADER_LENGTH;
      if (start + captured > lent.length) return this.#wait(lent, at, start + captured, place, records);
      this.#seconds = lent.long(at);
      records.push({
        type: 'packet',
        at: nanosecondsOf(this.#seconds, lent.long(at + 4) * this.#unit),
        link,
        bytes: lent.view(start, captured),
        length: Math.max(length, captured),
        comments: NO_COMMENTS,
        interface: 0,
      });
      at = start + captured;
    }
    return at === lent.length ? at : this.#wait(lent, at, at + PACKET_HEADER_LENGTH, place, records);
  }

  /** Asks for the rest of a packet that ends at `end`; at the end of the file there is none. */
  #wait(lent: LentNumbers, at: number, end: number, place: Place, records: CaptureRecord[]): number {
    this.needed = end - at;
    if (!place.isEnd) return at;
    const detail = `the file ends inside a packet: ${lent.length - at} of ${end - at} bytes`;
    records.push({ type: 'damage', offset: place.offset + at, detail });
    return lent.length;
  }

  /** Looks for a packet from `at` on; returns where one is, or where there are too few bytes to say. */
  #seek(lent: LentNumbers, at: number, place: Place): number {
    for (; at + PACKET_HEADER_LENGTH <= lent.length; at++) {
      if (!this.#isLikely(lent, at)) continue;
      const next = at + PACKET_HEADER_LENGTH + lent.long(at + 8);
      const isWhole = next + PACKET_HEADER_LENGTH <= lent.length;
      if (!isWhole && !place.isEnd) {
        this.needed = next + PACKET_HEADER_LENGTH - at;
        return at;
      }
      if (isWhole ? this.#isLikely(lent, next) : next === lent.length) {
        this.#state = 'reading';
        return at;
      }
    }
    this.needed = PACKET_HEADER_LENGTH;
    return place.isEnd ? lent.length : at;
  }

  #isLikely(lent: LentNumbers, at: number): boolean {
    const seconds = lent.long(at);
    const captured = lent.long(at + 8);
    return (
      captured > 0 &&
      captured <= MAX_FOUND_LENGTH &&
      captured <= this.#header!.longest &&
      captured <= lent.long(at + 12) &&
      lent.long(at + 12) <= MAX_FOUND_LENGTH &&
      lent.long(at + 4) * this.#unit < 1e9 &&
      Math.abs(seconds - (this.#seconds ?? seconds)) <= DAY
    );
  }
}

function unlikely(captured: number): string {
  if (captured === 0) return 'zeros stand where a packet should';
  return `a packet of ${captured} bytes is told, more than there can be`;
}

/** Whether a packet's header is nothing but zeros, as a crash leaves them. */
function isNothing(lent: LentNumbers, at: number): boolean {
  return (
    lent.long(at + 8) === 0 && lent.long(at) === 0 && lent.long(at + 4) === 0 && lent.long(at + 12) === 0
  );
}
