import type { Session } from '../session/session.ts';
import type { TapEvent, TapSink } from '../tap.ts';
import { CaptureDecoder } from './capture-decoder.ts';
import { type CaptureChunk, type CaptureInputOptions, captureBytes } from './capture-input.ts';
import { isHar, readHar } from './har/har-source.ts';
import { PacketSource } from './packet-source.ts';
import type { CaptureRecord, DamageRecord } from './record.ts';

export interface CaptureSessionOptions extends CaptureInputOptions {
  /** Told what part of the file has been read, in bytes; `total` where it is known. */
  readonly onProgress?: ((read: number, total: number | undefined) => void) | undefined;
  /** Makes a sink that changes what the session is to take, and hands it to the one given. */
  readonly redact?: ((sink: TapSink) => TapSink) | undefined;
}

/** What was found in a capture besides what the session now tells. */
export interface CaptureReading {
  readonly format: 'packets' | 'har';
  /** Packets, or entries of a HAR. */
  readonly count: number;
  /** What could not be read, in words; the first 100. */
  readonly problems: readonly string[];
  /** All of them. */
  readonly problemCount: number;
  /** Time of the last event, in nanoseconds since the session's epoch. */
  readonly endedAt: number;
}

const MAX_PROBLEMS = 100;

/** Events of a HAR that are taken before the disk has its turn. */
const TURN = 1000;

/**
 * Reads the capture at `path` (`-`: stdin) into `session`, which tells of it as of traffic that goes on. Rejects with a
 * CaptureInputError when the file cannot be read; what is damaged in it is told in what this resolves with.
 */
export async function readCaptureInto(
  session: Session,
  path: string,
  { onProgress, redact, ...input }: CaptureSessionOptions = {},
): Promise<CaptureReading> {
  const filling = new Filling(session, redact);
  let packets: Packets | undefined;
  const har: Uint8Array[] = [];
  for await (const chunk of captureBytes(path, input)) {
    if (!packets && (har.length > 0 || isHar(chunk.bytes))) har.push(Uint8Array.from(chunk.bytes));
    else {
      packets ??= new Packets(filling);
      packets.take(chunk);
    }
    if (chunk.damage) filling.damage(chunk.damage);
    onProgress?.(chunk.read, chunk.total);
    await aTurn();
  }
  if (har.length > 0) return fromHar(filling, Buffer.concat(har));
  packets ??= new Packets(filling);
  return packets.end();
}

/** A session that is filled, and what is wrong with what it is filled from. */
class Filling {
  readonly session: Session;
  readonly #sink: TapSink;
  readonly problems: string[] = [];
  problemCount = 0;
  now = 0;

  constructor(session: Session, redact?: CaptureSessionOptions['redact']) {
    this.session = session;
    this.#sink = redact ? redact(session.take) : session.take;
  }

  take(event: TapEvent, epoch: bigint): void {
    this.session.epoch = epoch;
    this.now = event.at;
    this.#sink(event);
  }

  damage({ offset, detail }: DamageRecord): void {
    this.problem(`at byte ${offset}: ${detail}`);
  }

  problem(words: string): void {
    this.problemCount++;
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(words);
  }

  reading(format: CaptureReading['format'], count: number): CaptureReading {
    const { problems, problemCount, now: endedAt } = this;
    return { format, count, problems, problemCount, endedAt };
  }
}

/** A file of packets. */
class Packets {
  readonly #filling: Filling;
  readonly #decoder = new CaptureDecoder();
  readonly #source: PacketSource;

  constructor(filling: Filling) {
    this.#filling = filling;
    this.#source = new PacketSource((event) => filling.take(event, this.#source.epoch));
  }

  take({ bytes }: CaptureChunk): void {
    this.#takeAll(this.#decoder.push(bytes));
  }

  end(): CaptureReading {
    this.#takeAll(this.#decoder.end());
    this.#source.end();
    const { packets, cut } = this.#source.counts;
    if (cut > 0) this.#filling.problem(cutReport(cut));
    return this.#filling.reading('packets', packets);
  }

  #takeAll(records: readonly CaptureRecord[]): void {
    for (const record of records) {
      if (record.type === 'damage') this.#filling.damage(record);
      else this.#source.take(record);
    }
  }
}

function cutReport(packets: number): string {
  const what = packets === 1 ? '1 packet was' : `${packets} packets were`;
  return `${what} not captured whole, so part of what they carried is missing: tcpdump -s 0 captures all`;
}

async function fromHar(filling: Filling, bytes: Buffer): Promise<CaptureReading> {
  const source = readHar(bytes);
  let taken = 0;
  for (const event of source.events()) {
    filling.take(event, source.epoch);
    if (++taken % TURN === 0) await aTurn();
  }
  for (const { entry, detail } of source.problems) {
    filling.problem(entry === undefined ? detail : `entry ${entry}: ${detail}`);
  }
  return filling.reading('har', source.entries);
}

/** Lets others have their turn: the disk that the session writes to, a view, a signal. */
function aTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
