import { addressText } from './ip-address.ts';
import { readIpPacket } from './ip-packet.ts';
import { LINK_READERS } from './link-layer.ts';
import { NumberSet } from './number-set.ts';
import type { PacketTrace } from './packet-trace.ts';
import {
  enhancedPacket,
  interfaceDescription,
  MAX_OPTION_LENGTH,
  nameResolution,
  sectionHeader,
} from './pcapng-blocks.ts';
import type { NamesRecord, PacketRecord } from './record.ts';
import { SliceNames } from './slice-names.ts';

/** What to copy of a capture. */
export interface SlicePart {
  /** Connections, by serial. */
  readonly serials: NumberSet;
  /** Nanoseconds since the Unix epoch behind which nothing is copied. */
  readonly to: bigint | undefined;
}

/** As many as a reader takes of one section. */
const MOST_INTERFACES = 65_536;

/** Characters that take MAX_OPTION_LENGTH bytes at most, whichever they are. */
const LONGEST_COMMENT = Math.floor(MAX_OPTION_LENGTH / 3);

const SECTION = sectionHeader({ application: 'tare' });

/**
 * Copies the packets of some connections, as they were captured, to a pcapng file: told by a source that reads the capture, which packet
 * is whose. Those that came in fragments stand where the last of them did.
 */
export class SliceWriter implements PacketTrace {
  packets = 0;
  readonly #part: SlicePart;
  readonly #mostInterfaces: number;
  readonly #names = new SliceNames();
  /** Of this section, by what they were in the capture. */
  readonly #interfaces = new Map<number, number>();
  /** Connections of which there are packets. */
  readonly #introduced = new NumberSet();
  #blocks: Buffer[] = [SECTION];

  /** `mostInterfaces` of a section is a bound, for tests to lower. */
  constructor(part: SlicePart, mostInterfaces = MOST_INTERFACES) {
    this.#part = part;
    this.#mostInterfaces = mostInterfaces;
  }

  /** The blocks since the last call. */
  take(): Buffer[] {
    const blocks = this.#blocks;
    this.#blocks = [];
    return blocks;
  }

  names({ entries }: NamesRecord): void {
    this.#writeNames(this.#names.told(entries));
  }

  packet(serial: number, record: PacketRecord, fragments: readonly PacketRecord[] = []): void {
    const { serials, to } = this.#part;
    if (!serials.has(serial) || (to !== undefined && record.at > to)) return;
    if (!this.#introduced.has(serial)) {
      this.#introduced.add(serial);
      this.#writeNames(addressesOf(record).flatMap((address) => this.#names.use(address)));
    }
    for (const fragment of fragments) this.#write(fragment);
    this.#write(record);
  }

  #write({ interface: seen, link, at, bytes, length, comments }: PacketRecord): void {
    const texts = comments.map(fitting);
    const number = this.#interface(seen, link);
    this.#blocks.push(enhancedPacket({ interface: number, at, bytes: [bytes], length, comments: texts }));
    this.packets++;
  }

  #writeNames(entries: NamesRecord['entries']): void {
    if (entries.length > 0) this.#blocks.push(nameResolution(entries));
  }

  #interface(seen: number, link: number): number {
    const known = this.#interfaces.get(seen);
    if (known !== undefined) return known;
    if (this.#interfaces.size === this.#mostInterfaces) {
      this.#interfaces.clear();
      this.#blocks.push(SECTION);
    }
    const number = this.#interfaces.size;
    this.#interfaces.set(seen, number);
    this.#blocks.push(interfaceDescription({ link }));
    return number;
  }
}

/** What was no UTF-8 takes more room than it did in the capture. */
function fitting(comment: string): string {
  return Buffer.byteLength(comment) > MAX_OPTION_LENGTH ? comment.slice(0, LONGEST_COMMENT) : comment;
}

/** Both addresses of an IP packet. */
function addressesOf({ link, bytes, length }: PacketRecord): string[] {
  const start = LINK_READERS.get(link)?.(bytes)?.start;
  const packet = start === undefined ? undefined : readIpPacket(bytes, start, length);
  if (!packet) return [];
  const size = packet.version === 4 ? 4 : 16;
  return [packet.addresses, packet.addresses + size].map((at) => addressText(bytes.subarray(at, at + size)));
}
