import type { TapEvent, TapSink } from '../tap.ts';
import { BlockMemory } from './block-memory.ts';
import { PacketWriter } from './packet-writer.ts';
import { codeOf, type RecordFile } from './record-file.ts';
import { type OpenRecordFile, RecordFiles } from './record-files.ts';
import { RecordOutput } from './record-output.ts';
import type { EarlierConnection } from './recorded-connection.ts';

export interface RecorderSettings {
  /** A path, or `-` for standard output. */
  readonly file: string;
  /** Bytes of a file, and a little more where one event takes more: then the next one begins, `file` with a number in it. */
  readonly limit?: number | undefined;
  /** Nanoseconds since the Unix epoch at which the source's clock read 0. */
  readonly epoch: bigint;
  /** Told once, in words for people, that something is in the way of recording. */
  readonly onTrouble: (words: string) => void;
  /** Makes a sink that changes what is to be recorded, and hands it to the one given. */
  readonly redact?: ((sink: TapSink) => TapSink) | undefined;
  /** How a file is opened: on the disk, unless a test has one of its own. */
  readonly open?: OpenRecordFile;
}

/** What a recording came to. */
export interface Recording {
  /** Those that were written, in order. */
  readonly files: readonly string[];
  /** Of all files. */
  readonly bytes: number;
  readonly packets: number;
  /** Bytes that are not in them though they passed: the connections have holes there. */
  readonly dropped: number;
}

/** Begins a recording; rejects with a RecordFileError when the file cannot be had. */
export async function openRecorder(settings: RecorderSettings): Promise<Recorder> {
  const files = new RecordFiles(settings.file, settings.limit !== undefined, settings.open);
  return new Recorder(settings, files, await files.openFirst());
}

/**
 * A sink that records tap events. It never throws, waits or delays: packets are gathered in memory and appended to the file in
 * the background, each half second and each mebibyte. So whatever happens to this process, the file holds all but the last second.
 * What a full or slow disk has not taken waits; past 64 MiB of it, bytes of connections are passed over as holes that readers
 * see, until half of it is on the disk.
 */
export class Recorder {
  readonly #limit: number;
  readonly #memory = new BlockMemory();
  readonly #writer: PacketWriter;
  readonly #output: RecordOutput;
  readonly #sink: TapSink;
  readonly #files: RecordFiles;
  readonly #trouble: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #isBehind = false;
  #dropped = 0;
  #ended: Promise<Recording> | undefined;

  constructor(settings: RecorderSettings, files: RecordFiles, file: RecordFile) {
    const { limit, epoch, onTrouble, redact } = settings;
    const record: TapSink = (event) => this.#record(event);
    this.#limit = limit ?? Number.POSITIVE_INFINITY;
    this.#writer = new PacketWriter(epoch, this.#memory, limit !== undefined);
    this.#files = files;
    this.#sink = redact ? redact(record) : record;
    this.#trouble = onceInWords(settings.file, onTrouble);
    this.#output = new RecordOutput(file, {
      openNext: () => files.openNext(),
      done: (blocks) => this.#memory.giveBack(blocks),
      trouble: this.#trouble,
    });
    this.#flush(); // the file is a capture from here on
  }

  /** Records an event. */
  readonly take: TapSink = (event) => {
    if (this.#ended) return;
    try {
      this.#sink(event);
    } catch (error) {
      this.#trouble(error);
    }
  };

  /** Makes a connection known that opened before the recording began: it is introduced when it has something to tell. */
  join(earlier: EarlierConnection): void {
    this.#writer.join(earlier);
  }

  /** Bytes that its files hold so far. */
  get bytes(): number {
    return this.#output.written.bytes;
  }

  /** Resolves when what was recorded so far is on the disk. */
  flushed(): Promise<void> {
    this.#flush();
    return this.#output.settled();
  }

  /** Ends the recording: all goes to the disk, as far as it takes it now. What comes after this is not recorded. */
  close(): Promise<Recording> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<Recording> {
    this.#flush();
    await this.#output.close();
    const { bytes, givenUpBytes, givenUpPackets } = this.#output.written;
    const packets = this.#writer.packets - givenUpPackets;
    return { files: this.#files.names, bytes, packets, dropped: this.#dropped + givenUpBytes };
  }

  #record(event: TapEvent): void {
    if (!this.#hasRoom(event)) return this.#pass(event);
    this.#keepToLimit(event);
    this.#writer.write(event);
    if (this.#memory.waiting >= FLUSH_AT) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), FLUSH_AFTER).unref();
  }

  /** What tells of connections themselves is small, and finds room when their bytes do not any more. */
  #hasRoom({ type }: TapEvent): boolean {
    const waiting = this.#memory.waiting + this.#output.waiting;
    if (waiting > MOST_WAITING) this.#isBehind = true;
    else if (waiting < MOST_WAITING / 2) this.#isBehind = false;
    if (this.#output.isGone) return false;
    return type === 'bytes' ? !this.#isBehind : waiting < MOST_WAITING + RESERVE;
  }

  #pass(event: TapEvent): void {
    if (event.type === 'bytes') this.#dropped += event.bytes.length;
    this.#writer.pass(event);
    this.#trouble('the disk is slower than the traffic');
  }

  #keepToLimit(event: TapEvent): void {
    if (this.#limit === Number.POSITIVE_INFINITY || this.#writer.isFileEmpty) return;
    if (this.#writer.fileLength + this.#writer.needed(event) <= this.#limit) return;
    this.#flush();
    this.#output.beginNext();
    this.#writer.beginFile();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#output.append(this.#memory.take());
  }
}

const FLUSH_AT = 1_048_576;

/** Milliseconds: the disk has the other half of a second. */
const FLUSH_AFTER = 500;

const MOST_WAITING = 67_108_864;

/** Bytes kept for what is not bytes of connections. */
const RESERVE = 16_777_216;

/** Turns the first thing that goes wrong into words. */
function onceInWords(file: string, onTrouble: (words: string) => void): (error: unknown) => void {
  let hasTold = false;
  return (error) => {
    if (hasTold) return;
    hasTold = true;
    const what = error instanceof Error ? error.message : String(error);
    const rest =
      codeOf(error) === 'EPIPE'
        ? 'nobody reads it any more, so it ends here'
        : 'it goes on when that is over: up to 64 MiB wait, the rest is left out and marked as missing';
    onTrouble(`recording to ${file}: ${what}; ${rest}. The traffic is not held up`);
  };
}
