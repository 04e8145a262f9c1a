import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Bytes that this process holds in objects and buffers once the garbage is gone; memory of buffers goes a turn later. */
export async function heldMemory(): Promise<number> {
  collectGarbage();
  await new Promise(setImmediate);
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Bytes that go when nobody holds any more what `make` makes; what else was compiled or kept meanwhile is no part of them. */
export async function memoryOf(make: () => unknown): Promise<number> {
  const kept = [await make()];
  const before = await heldMemory();
  kept.pop();
  return before - (await heldMemory());
}
