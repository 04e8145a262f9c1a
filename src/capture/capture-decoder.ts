import { ByteQueue } from '../decoders/byte-queue.ts';
import type { Bytes } from '../tap.ts';
import type { CaptureFormat, Place } from './capture-format.ts';
import { readPcapMagic } from './pcap-header.ts';
import { PcapReader } from './pcap-reader.ts';
import { BLOCK } from './pcapng-numbers.ts';
import { PcapngReader } from './pcapng-reader.ts';
import type { CaptureRecord } from './record.ts';

const MAGIC_LENGTH = 4;

/** Files that people may well give to be read, by their first four bytes, and what to say about them. */
const STRANGERS: ReadonlyMap<number, string> = new Map([
  [0x28b52ffd, 'the file is compressed with zstd: unpack it first'],
  [0x04224d18, 'the file is compressed with lz4: unpack it first'],
  [0xfd377a58, 'the file is compressed with xz: unpack it first'],
  [0x504b0304, 'the file is a ZIP archive: unpack it first'],
  [0x736e6f6f, 'the file is a snoop capture, which is not supported: convert it with editcap'],
]);

/**
 * Reads the bytes of a capture file: pcap or pcapng, told apart by their first bytes. What is wrong with a file becomes a
 * `damage` record, behind which reading goes on where another block is found.
 *
 * Packets are views of the bytes pushed, good until the next push; only one that lies across two pushes is copied. 1 MB of
 * packets of 165 bytes takes 0.6 ms.
 */
export class CaptureDecoder {
  readonly #queue = new ByteQueue();
  #format: CaptureFormat | undefined;
  /** Where in the file the queue begins. */
  #offset = 0;

  /** Reads the next bytes of the file, wherever they were cut, and returns what they completed. */
  push(bytes: Bytes): CaptureRecord[] {
    const records: CaptureRecord[] = [];
    this.#queue.add(bytes);
    while (this.#readOn(records)) {
      // on to the next piece
    }
    this.#queue.keep();
    return records;
  }

  /** Reads the end of the file: a block that is not all there is damage. */
  end(): CaptureRecord[] {
    const records: CaptureRecord[] = [];
    const bytes = this.#queue.front(this.#queue.length);
    if (this.#format) this.#format.read(bytes, this.#place(true), records);
    else records.push({ type: 'damage', offset: 0, detail: tooShort(bytes) });
    this.#skip(bytes.length);
    return records;
  }

  /** Reads what lies in one piece. Whether there may be more to read. */
  #readOn(records: CaptureRecord[]): boolean {
    const needed = this.#format?.needed ?? MAGIC_LENGTH;
    const bytes = this.#queue.front(needed);
    if (bytes.length < needed) return false;
    if (this.#format) this.#skip(this.#format.read(bytes, this.#place(false), records));
    else this.#format = formatOf(bytes);
    return true;
  }

  #skip(count: number): void {
    this.#queue.skip(count);
    this.#offset += count;
  }

  #place(isEnd: boolean): Place {
    return { offset: this.#offset, isEnd };
  }
}

function formatOf(bytes: Bytes): CaptureFormat {
  const magic = new DataView(bytes.buffer, bytes.byteOffset, MAGIC_LENGTH).getUint32(0);
  if (magic === BLOCK.section) return new PcapngReader();
  const pcap = readPcapMagic(magic);
  if (pcap?.unsupported !== undefined) return new Unreadable(pcap.unsupported);
  if (pcap) return new PcapReader(pcap);
  return new Unreadable(STRANGERS.get(magic) ?? strange(magic));
}

function strange(magic: number): string {
  if (magic >>> 16 === 0x1f8b) return 'the file is compressed with gzip inside another gzip';
  return `the file is no capture: it begins with ${magic.toString(16).padStart(8, '0')}`;
}

function tooShort(bytes: Bytes): string {
  return bytes.length === 0 ? 'the file is empty' : 'the file is no capture: it is too short for one';
}

/** A file that is no capture, or not one that can be read: it tells so once. */
class Unreadable implements CaptureFormat {
  readonly needed = 1;
  #detail: string | undefined;

  constructor(detail: string) {
    this.#detail = detail;
  }

  read(bytes: Bytes, _: Place, records: CaptureRecord[]): number {
    if (this.#detail !== undefined) records.push({ type: 'damage', offset: 0, detail: this.#detail });
    this.#detail = undefined;
    return bytes.length;
  }
}
