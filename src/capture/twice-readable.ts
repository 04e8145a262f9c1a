import { createReadStream } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CaptureChunk, type CaptureInputOptions, captureBytes } from './capture-input.ts';
import type { DamageRecord } from './record.ts';

/** A capture that can be read more than once. */
export interface TwiceReadable extends AsyncDisposable {
  /** Its bytes from the beginning. */
  chunks(): AsyncGenerator<CaptureChunk>;
}

/**
 * The capture at `path` (`-`: stdin), to be read more than once. What comes out of a pipe is copied to a temporary file first, which
 * has no name and goes with the process. Rejects with a CaptureInputError where it cannot be read.
 */
export async function readTwice(path: string, options: CaptureInputOptions = {}): Promise<TwiceReadable> {
  const isPipe = path === '-' || (await isNoFile(path));
  if (isPipe) return copied(path, options);
  return { chunks: () => captureBytes(path, options), [Symbol.asyncDispose]: async () => {} };
}

async function isNoFile(path: string): Promise<boolean> {
  try {
    const found = await stat(path);
    return !found.isFile() && !found.isDirectory();
  } catch {
    return false; // what is wrong with it is told when it is read
  }
}

async function copied(path: string, options: CaptureInputOptions): Promise<TwiceReadable> {
  const file = await namelessFile();
  try {
    let damage: DamageRecord | undefined;
    for await (const chunk of captureBytes(path, options)) {
      await file.appendFile(chunk.bytes);
      damage ??= chunk.damage;
    }
    return { chunks: () => copiedChunks(file, damage), [Symbol.asyncDispose]: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** What was copied, and behind it why there was no more. */
async function* copiedChunks(
  file: FileHandle,
  damage: DamageRecord | undefined,
): AsyncGenerator<CaptureChunk> {
  const { size } = await file.stat();
  const stdin = createReadStream('', { fd: file.fd, start: 0, autoClose: false });
  for await (const chunk of captureBytes('-', { stdin })) yield { ...chunk, total: size };
  if (damage) yield { bytes: new Uint8Array(), read: size, total: size, damage };
}

/** Readable by nobody else, and gone when it is closed. */
async function namelessFile(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-'));
  try {
    return await open(join(folder, 'capture'), 'wx+', 0o600);
  } finally {
    await rm(folder, { recursive: true });
  }
}
