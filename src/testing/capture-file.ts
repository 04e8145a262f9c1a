import type { CaptureRecord } from '../capture/record.ts';

/** Makes the pieces of capture files in either byte order, right or wrong as a test wants them. */
export class CaptureFile {
  readonly #littleEndian: boolean;

  constructor(byteOrder: 'little' | 'big' = 'little') {
    this.#littleEndian = byteOrder === 'little';
  }

  short(number: number): Uint8Array {
    const bytes = new Uint8Array(2);
    new DataView(bytes.buffer).setUint16(0, number, this.#littleEndian);
    return bytes;
  }

  long(number: number): Uint8Array {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, number, this.#littleEndian);
    return bytes;
  }

  /** A pcapng block; `length` and `trailer` for one that lies. */
  block(type: number, body: Uint8Array, length = body.length + 12, trailer = length): Uint8Array {
    return joined(this.long(type), this.long(length), body, this.long(trailer));
  }

  section(version = 1): Uint8Array {
    const body = joined(this.long(0x1a2b3c4d), this.short(version), this.short(0), this.long(0xffffffff));
    return this.block(0x0a0d0d0a, joined(body, this.long(0xffffffff)));
  }

  option(code: number, value: Uint8Array | string): Uint8Array {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    return joined(this.short(code), this.short(bytes.length), padded(bytes));
  }

  interface(link: number, ...options: Uint8Array[]): Uint8Array {
    return this.block(1, joined(this.short(link), this.short(0), this.long(0), ...options));
  }

  /** An Enhanced Packet Block, with a timestamp of 64 bits. */
  packet(ticks: bigint, data: Uint8Array, options: readonly Uint8Array[] = [], source = 0): Uint8Array {
    const time = joined(this.long(Number(ticks >> 32n)), this.long(Number(ticks & 0xffff_ffffn)));
    const lengths = joined(this.long(data.length), this.long(data.length));
    return this.block(6, joined(this.long(source), time, lengths, padded(data), ...options));
  }

  /** The header of a pcap file. */
  pcap(magic: number, link = 101, snapshot = 262_144): Uint8Array {
    const version = joined(this.short(2), this.short(4));
    return joined(
      this.long(magic),
      version,
      this.long(0),
      this.long(0),
      this.long(snapshot),
      this.long(link),
    );
  }

  /** A packet record of a pcap file; `captured` for one that lies. */
  record(seconds: number, fraction: number, data: Uint8Array, captured = data.length): Uint8Array {
    const header = [seconds, fraction, captured, data.length].map((number) => this.long(number));
    return joined(...header, data);
  }
}

/** The bytes one behind the other. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

/** What a capture file told, a line a record. */
export function captureStory(records: readonly CaptureRecord[]): string[] {
  return records.map(toldOf);
}

function toldOf(record: CaptureRecord): string {
  switch (record.type) {
    case 'damage':
      return `damage at ${record.offset}: ${record.detail}`;
    case 'names':
      return `names ${record.entries.map(({ address, names }) => `${address}=${names.join(',')}`).join(' ')}`;
    case 'packet': {
      const { at, bytes, length, link, comments } = record;
      const data = Buffer.from(bytes).toString('hex');
      const said = comments.map((comment) => ` "${comment}"`).join('');
      return `packet ${record.interface}/${link} at ${at}: ${data} of ${length}${said}`;
    }
  }
}

function padded(bytes: Uint8Array): Uint8Array {
  return joined(bytes, new Uint8Array(-bytes.length & 3));
}
