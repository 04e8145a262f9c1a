import { type FileHandle, open, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { codeOf } from '../capture/record-file.ts';
import { reason, UsageError } from './usage-error.ts';

/** Readable by nobody else: it holds what was said in private. */
const PRIVATE = 0o600;

/**
 * Writes all of `pieces` to the file `out`, whether it is there or not; `-` is stdout. Rejects with a UsageError, and leaves no part of
 * a file behind.
 */
export async function writeTo(
  out: string,
  pieces: Iterable<string> | AsyncIterable<Uint8Array>,
): Promise<void> {
  if (out === '-') return pipeline(pieces, process.stdout);
  const { handle, isFile } = await opened(out);
  try {
    await pipeline(pieces, handle.createWriteStream());
  } catch (error) {
    if (isFile) await rm(out, { force: true });
    throw unwritable(out, error);
  }
}

async function opened(out: string): Promise<{ readonly handle: FileHandle; readonly isFile: boolean }> {
  try {
    const handle = await open(out, 'w', PRIVATE);
    const isFile = (await handle.stat()).isFile();
    if (isFile) await handle.chmod(PRIVATE); // one that was there may be open to others
    return { handle, isFile };
  } catch (error) {
    throw unwritable(out, error);
  }
}

/** Words for what is often in the way. */
const OBSTACLES: ReadonlyMap<string | undefined, string> = new Map([
  ['ENOENT', 'there is no such folder; create it first'],
  ['ENOSPC', 'the disk is full'],
  ['EISDIR', 'it is a folder; name a file in it'],
  ['EACCES', 'there is no permission to write it'],
]);

/** What is in the way of writing `out`, in words. */
export function unwritable(out: string, error: unknown): UsageError {
  return new UsageError(`could not write ${out}: ${OBSTACLES.get(codeOf(error)) ?? reason(error)}`);
}
