import { type FileHandle, open } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { Gunzipping, isGzip } from './gunzipping.ts';
import type { DamageRecord } from './record.ts';

/** The next bytes of a capture file, unpacked where it is a gzip. */
export interface CaptureChunk {
  /** Good until the next chunk is asked for. */
  readonly bytes: Uint8Array;
  /** How many bytes of the file, packed ones where it is, have been read. */
  readonly read: number;
  /** How many there are, where that is known: of a pipe it is not. */
  readonly total: number | undefined;
  /** Why no more can be read; the last chunk's only. */
  readonly damage?: DamageRecord;
}

export interface CaptureInputOptions {
  /** Goes on behind the end of a file, which another program writes to, until `signal`. */
  readonly follow?: boolean | undefined;
  /** Ends the reading: no error, just no more chunks. */
  readonly signal?: AbortSignal | undefined;
  /** What `-` means. */
  readonly stdin?: Readable;
  /** Waits before a followed file is looked at again; a tenth of a second. */
  readonly rest?: (signal: AbortSignal | undefined) => Promise<void>;
}

/** A file that cannot be opened or read. */
class CaptureInputError extends Error {
  readonly code = 'CAPTURE_UNREADABLE';

  constructor(path: string, cause: unknown) {
    super(`could not read ${path}: ${obstacle(cause)}`, { cause });
  }
}

/** The system's words for what is often in the way, and ours. */
const OBSTACLES: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'there is no permission to read it'],
  ['EISDIR', 'it is a folder; name a file in it'],
]);

function obstacle(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return OBSTACLES.get('code' in cause && cause.code) ?? cause.message;
}

const CHUNK_LENGTH = 1024 * 1024;
const REST_MS = 100;

/** The bytes of the file at `path`, or with `-` of stdin, chunk by chunk. Throws a CaptureInputError. */
export function captureBytes(path: string, options: CaptureInputOptions = {}): AsyncGenerator<CaptureChunk> {
  const chunks = path === '-' ? streamed(options) : filed(path, options);
  return unpacked(chunks, options.signal);
}

async function* streamed({
  stdin = process.stdin,
  signal,
}: CaptureInputOptions): AsyncGenerator<CaptureChunk> {
  const stream = signal ? addAbortSignal(signal, stdin) : stdin;
  let read = 0;
  try {
    for await (const bytes of stream) {
      read += bytes.length;
      yield { bytes, read, total: undefined };
    }
  } catch (error) {
    if (!signal?.aborted) throw new CaptureInputError('stdin', error);
  }
}

async function* filed(path: string, options: CaptureInputOptions): AsyncGenerator<CaptureChunk> {
  const { follow, signal, rest = aMoment } = options;
  let file: FileHandle | undefined;
  let reading: ReadAhead | undefined;
  try {
    file = await open(path);
    const stats = await file.stat();
    const { size } = stats;
    reading = new ReadAhead(file, stats.isFile());
    let read = 0;
    while (!signal?.aborted) {
      const bytes = await reading.next();
      read += bytes.length;
      const total = size === 0 ? undefined : Math.max(size, read); // a pipe has no size
      if (bytes.length > 0) yield { bytes, read, total };
      else if (follow) await rest(signal);
      else return;
    }
  } catch (error) {
    throw new CaptureInputError(path, error);
  } finally {
    await reading?.done();
    await file?.close();
  }
}

/** Reads the next chunk while the one before is being used. Only of files: what is read ahead of a pipe may never come. */
class ReadAhead {
  readonly #file: FileHandle;
  readonly #isAhead: boolean;
  /** Filled by turns. */
  #memory = Buffer.allocUnsafeSlow(CHUNK_LENGTH);
  #other = Buffer.allocUnsafeSlow(CHUNK_LENGTH);
  #reading: Promise<number> | undefined;

  constructor(file: FileHandle, isAhead: boolean) {
    this.#file = file;
    this.#isAhead = isAhead;
  }

  /** The next bytes, good until the next call; none where the file ends for now. */
  async next(): Promise<Buffer> {
    const length = await (this.#reading ?? this.#read(this.#memory));
    const bytes = this.#memory.subarray(0, length);
    [this.#memory, this.#other] = [this.#other, this.#memory];
    this.#reading = this.#isAhead && length > 0 ? this.#read(this.#memory) : undefined;
    this.#reading?.catch(() => {}); // told when it is asked for
    return bytes;
  }

  /** Resolves when nothing is being read any more: until then the file must not be closed. */
  async done(): Promise<void> {
    await this.#reading?.catch(() => {});
  }

  async #read(memory: Buffer): Promise<number> {
    const { bytesRead } = await this.#file.read(memory, 0, CHUNK_LENGTH, null);
    return bytesRead;
  }
}

/** What is in the chunks of a gzip file; those of any other as they are. */
async function* unpacked(
  chunks: AsyncIterable<CaptureChunk>,
  signal: AbortSignal | undefined,
): AsyncGenerator<CaptureChunk> {
  let unpacking: Gunzipping | undefined;
  let read = 0;
  let offset = 0;
  try {
    for await (const chunk of chunks) {
      if (read === 0 && isGzip(chunk.bytes)) unpacking = new Gunzipping();
      read = chunk.read;
      if (!unpacking) {
        yield chunk;
        continue;
      }
      for await (const bytes of unpacking.push(chunk.bytes)) {
        offset += bytes.length;
        yield { ...chunk, bytes };
      }
    }
    if (!signal?.aborted) await unpacking?.end();
  } catch (error) {
    if (error instanceof CaptureInputError || !unpacking) throw error;
    const detail = `the gzip around the capture is damaged: ${error instanceof Error ? error.message : error}`;
    yield { bytes: new Uint8Array(), read, total: read, damage: { type: 'damage', offset, detail } };
  } finally {
    unpacking?.[Symbol.dispose]();
  }
}

/** A tenth of a second, or as long as nobody gives up. */
async function aMoment(signal: AbortSignal | undefined): Promise<void> {
  await setTimeout(REST_MS, undefined, { signal }).catch(() => {});
}
