import { setImmediate as aTurn } from 'node:timers/promises';
import { Session } from '../session/session.ts';
import { CaptureDecoder } from './capture-decoder.ts';
import { isHar } from './har/har-source.ts';
import { NumberSet } from './number-set.ts';
import { PacketSource } from './packet-source.ts';
import type { PacketTrace } from './packet-trace.ts';
import type { CaptureRecord, PacketRecord } from './record.ts';
import { SliceChoice, type SliceWish, type TimeWindow } from './slice-choice.ts';
import { type SlicePart, SliceWriter } from './slice-writer.ts';
import type { TwiceReadable } from './twice-readable.ts';

/** What a capture has of what was wished for. */
export interface FoundSlice {
  readonly part: SlicePart;
  /** Connections in the capture, failed ones included. */
  readonly connections: number;
  /** Packets in it, those of other protocols included. */
  readonly packets: number;
  /** When its first and its last packet was, in nanoseconds since the Unix epoch. */
  readonly beganAt: bigint;
  readonly endedAt: bigint;
  /** What could not be read, in words: the first of it, and how many there are. */
  readonly problem: string | undefined;
  readonly problemCount: number;
}

/** Told what part of the file has been read, in bytes; `total` where it is known. */
type OnProgress = (read: number, total: number | undefined) => void;

/** A HAR tells what was said, and has no packets. */
class SliceOfHarError extends Error {
  readonly code = 'SLICE_OF_HAR';

  constructor() {
    super('it is a HAR, which has no packets: slice the recording it was made of, and export that');
  }
}

/** Memory of the session that is filled to find out what connections are: little of it is looked at again. */
const MEMORY = 32 << 20;

/** Reads a capture, and finds the connections in it that are wished for. Rejects where it cannot be read, or is a HAR. */
export async function findSlice(
  input: TwiceReadable,
  wish: SliceWish,
  onProgress?: OnProgress,
): Promise<FoundSlice> {
  const session = new Session({ memory: MEMORY });
  try {
    const search = new SliceSearch(session, wish);
    for await (const records of recordsOf(input, onProgress)) {
      for (const record of records) search.take(record);
    }
    return search.end();
  } finally {
    session.close();
  }
}

/** Reads a capture again, and gives the blocks of a pcapng file with the part of it that was found. */
export class SliceCopy implements AsyncIterable<Buffer> {
  /** Copied so far. */
  packets = 0;
  bytes = 0;
  readonly #input: TwiceReadable;
  readonly #part: SlicePart;
  readonly #onProgress: OnProgress | undefined;

  constructor(input: TwiceReadable, part: SlicePart, onProgress?: OnProgress) {
    this.#input = input;
    this.#part = part;
    this.#onProgress = onProgress;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    const writer = new SliceWriter(this.#part);
    const source = new PacketSource(() => {}, { trace: writer });
    for await (const records of recordsOf(this.#input, this.#onProgress)) {
      for (const record of records) {
        if (record.type === 'names') writer.names(record);
        else source.take(record);
      }
      const blocks = Buffer.concat(writer.take());
      this.packets = writer.packets;
      this.bytes += blocks.length;
      if (blocks.length > 0) yield blocks;
    }
  }
}

/** The connections of a capture as they are read, by serial. */
class SliceSearch implements PacketTrace {
  readonly #choice: SliceChoice;
  readonly #source: PacketSource;
  readonly #windowOf: SliceWish['window'];
  readonly #numbers = new NumbersBySerial();
  /** Had a packet within the window. */
  readonly #active = new NumberSet();
  #window: TimeWindow | undefined;
  #span: { readonly first: bigint; last: bigint } | undefined;
  #problem: string | undefined;
  #problemCount = 0;

  constructor(session: Session, wish: SliceWish) {
    this.#choice = new SliceChoice(session, wish);
    this.#windowOf = wish.window;
    // Numbers and times need no decoding, which is two thirds of the work.
    const { isServer, protocols, isMeant } = wish;
    const isDecoded = [isServer, protocols, isMeant].some((wished) => wished !== undefined);
    this.#source = new PacketSource(isDecoded ? session.take : () => {}, { trace: this });
  }

  take(record: CaptureRecord): void {
    if (record.type === 'damage') {
      this.#problem ??= `at byte ${record.offset}: ${record.detail}`;
      this.#problemCount++;
      return;
    }
    if (record.type === 'packet') this.#takeTime(record);
    this.#source.take(record);
  }

  packet(serial: number, { at }: PacketRecord): void {
    const window = this.#window;
    if (window && at >= window.from && at <= window.to) this.#active.add(serial);
  }

  numbered(serial: number, connection: number): void {
    this.#numbers.set(serial, connection);
  }

  end(): FoundSlice {
    this.#source.end();
    const { first = 0n, last = 0n } = this.#span ?? {};
    return {
      part: { serials: this.#chosen(), to: this.#window?.to },
      connections: this.#numbers.highest,
      packets: this.#source.counts.packets,
      beganAt: first,
      endedAt: last,
      problem: this.#problem,
      problemCount: this.#problemCount,
    };
  }

  #takeTime({ at }: PacketRecord): void {
    if (!this.#span) {
      this.#span = { first: at, last: at };
      this.#window = this.#windowOf?.(at);
    } else if (at > this.#span.last) this.#span.last = at;
  }

  #chosen(): NumberSet {
    const chosen = new NumberSet();
    for (let serial = 1; serial <= this.#numbers.highest; serial++) {
      const isThere = this.#window === undefined || this.#active.has(serial);
      if (isThere && this.#choice.has(this.#numbers.get(serial))) chosen.add(serial);
    }
    return chosen;
  }
}

const FIRST_SERIALS = 1_024;

/** The number of each connection. */
class NumbersBySerial {
  highest = 0;
  #numbers = new Float64Array(FIRST_SERIALS);

  set(serial: number, number: number): void {
    if (serial >= this.#numbers.length) {
      const larger = new Float64Array(2 * serial);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[serial] = number;
    this.highest = Math.max(this.highest, serial);
  }

  get(serial: number): number {
    return this.#numbers[serial] ?? 0;
  }
}

/** The records of a capture, by the chunks in which it is read: packets are good until the next are asked for. */
async function* recordsOf(
  input: TwiceReadable,
  onProgress: OnProgress | undefined,
): AsyncGenerator<readonly CaptureRecord[]> {
  const decoder = new CaptureDecoder();
  let isFirst = true;
  for await (const { bytes, read, total, damage } of input.chunks()) {
    if (isFirst && isHar(bytes)) throw new SliceOfHarError();
    isFirst = false;
    yield decoder.push(bytes);
    if (damage) yield [damage];
    onProgress?.(read, total);
    await aTurn(); // for the disk that the session writes to, and for signals
  }
  yield decoder.end();
}
