import { once } from 'node:events';
import type { Socket } from 'node:net';

const BATCH_BYTES = 65_536;

/** Writes `unit` `count` times, in batches of about 64 KiB, as fast as the peer takes them. */
export async function flood(socket: Socket, unit: Buffer, count: number): Promise<void> {
  const perBatch = Math.min(count, Math.ceil(BATCH_BYTES / unit.length));
  const batch = Buffer.alloc(perBatch * unit.length, unit);
  for (let left = count; left > 0; left -= perBatch) {
    const written = socket.write(left < perBatch ? batch.subarray(0, left * unit.length) : batch);
    if (!written) await once(socket, 'drain');
  }
}
