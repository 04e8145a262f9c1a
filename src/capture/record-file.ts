import { constants, writev } from 'node:fs';
import { access, type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { promisify } from 'node:util';
import { BLOCK } from './pcapng-numbers.ts';

/** Where a recording is written to. */
export interface RecordFile {
  /** Writes the beginning of what `parts` are together, at `position` where the file has places; resolves with how many bytes. */
  write(parts: readonly Uint8Array[], position: number): Promise<number>;
  /** Takes away what is behind `length`, where that can be. */
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

/** Why there can be no recording, in words for people: what was tried, what is in the way, what helps. */
export class RecordFileError extends Error {
  readonly code: RecordFileErrorCode;

  constructor(code: RecordFileErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'RecordFileError';
    this.code = code;
  }
}

export type RecordFileErrorCode = 'RECORD_IN_THE_WAY' | 'RECORD_NOT_CREATED' | 'RECORD_LIMIT';

/** Stands for standard output. */
export const STANDARD_OUTPUT = '-';

/**
 * Opens a file for a recording, readable by its owner only. A capture or an empty file that is there already is overwritten, as
 * tcpdump does; anything else is not. Pipes and devices are written to as they are.
 */
export async function openRecordFile(path: string): Promise<RecordFile> {
  if (path === STANDARD_OUTPUT) return new Pipe(async () => STDOUT);
  try {
    return (await isPipe(path)) ? await openPipe(path) : await openFile(path);
  } catch (error) {
    if (error instanceof RecordFileError) throw error;
    throw new RecordFileError(
      'RECORD_NOT_CREATED',
      `cannot record to ${path}: ${obstacle(path, error)}`,
      error,
    );
  }
}

async function isPipe(path: string): Promise<boolean> {
  try {
    const found = await stat(path);
    return !found.isFile() && !found.isDirectory();
  } catch {
    return false; // what is wrong with it shows when it is opened
  }
}

async function openPipe(path: string): Promise<RecordFile> {
  await access(path, constants.W_OK);
  return new Pipe(() => open(path, constants.O_WRONLY));
}

async function openFile(path: string): Promise<RecordFile> {
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT, PRIVATE);
  try {
    if (!(await isEmptyOrCapture(handle))) {
      const advice = 'name another file, or delete that one first';
      const message = `cannot record to ${path}: it exists and is no pcapng capture; ${advice}`;
      throw new RecordFileError('RECORD_IN_THE_WAY', message);
    }
    await handle.chmod(PRIVATE); // one that was there may be open to others
    await handle.truncate(0);
    return new DiskFile(handle);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Recordings hold what was said in private. */
const PRIVATE = 0o600;

async function isEmptyOrCapture(handle: FileHandle): Promise<boolean> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
  return bytesRead === 0 || (bytesRead === 4 && buffer.readUInt32LE() === BLOCK.section);
}

class DiskFile implements RecordFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(parts: readonly Uint8Array[], position: number): Promise<number> {
    const { bytesWritten } = await this.#handle.writev(parts, position);
    return bytesWritten;
  }

  truncate(length: number): Promise<void> {
    return this.#handle.truncate(length);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

type OpenPipe = Pick<FileHandle, 'fd' | 'close'>;

const STDOUT: OpenPipe = { fd: 1, close: async () => {} };

/**
 * Opened and written to by a thread of its own, which may wait for the reader, for the first one too; `process.stdout` would make
 * the traffic wait.
 */
class Pipe implements RecordFile {
  readonly #open: () => Promise<OpenPipe>;
  #pipe: OpenPipe | undefined;

  constructor(open: () => Promise<OpenPipe>) {
    this.#open = open;
  }

  async write(parts: readonly Uint8Array[]): Promise<number> {
    this.#pipe ??= await this.#open();
    try {
      const { bytesWritten } = await writeTo(this.#pipe.fd, parts);
      return bytesWritten;
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') throw error;
      await after(AGAIN);
      return 0;
    }
  }

  async truncate(): Promise<void> {}

  async close(): Promise<void> {
    await this.#pipe?.close();
  }
}

const writeTo = promisify(writev);

/** Milliseconds until a full pipe is tried again. */
const AGAIN = 20;

function obstacle(path: string, error: unknown): string {
  switch (codeOf(error)) {
    case 'EISDIR':
      return 'it is a folder; name a file in it';
    case 'ENOENT':
    case 'ENOTDIR':
      return `there is no folder ${dirname(path)}; create it first, or name another file`;
    case 'EACCES':
      return 'there is no permission to write it; name another file';
    case 'EPERM':
      return 'it belongs to somebody else, who could read what is recorded; name another file';
    case 'EROFS':
      return 'the disk can only be read; name a file on another one';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

/** The system's word for what went wrong. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
