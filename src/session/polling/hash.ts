import type { Bytes } from '../../tap.ts';

const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * FNV-1a in 32 bits, of the characters' codes. It tells what differs by chance: whoever wants two texts taken for one
 * can have that, and gains a wrong number on a screen.
 */
export function textHash(text: string, basis = BASIS): number {
  let hash = basis;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
  }
  return hash >>> 0;
}

/** FNV-1a in 32 bits: 1.5 ms for 1 MiB. */
export function bytesHash(bytes: Bytes): number {
  let hash = BASIS;
  for (let index = 0; index < bytes.length; index++) hash = Math.imul(hash ^ bytes[index]!, PRIME);
  return hash >>> 0;
}
