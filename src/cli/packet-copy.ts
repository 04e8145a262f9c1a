import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { findSlice, SliceCopy } from '../capture/slice.ts';
import { readTwice } from '../capture/twice-readable.ts';

/** Copies the packets of connections, by the numbers they have in the capture `file`, to a new file. Rejects with words. */
export async function copyPackets(file: string, connections: readonly number[], out: string): Promise<void> {
  const input = await readTwice(file);
  try {
    const chosen = new Set(connections);
    const { part } = await findSlice(input, { isConnection: (number) => chosen.has(number) });
    if (part.serials.size === 0) throw new Error(`${file} has nothing of it: save a .har`);
    await pipeline(new SliceCopy(input, part), createWriteStream(out, { mode: 0o600, flags: 'wx' }));
  } finally {
    await input[Symbol.asyncDispose]();
  }
}
