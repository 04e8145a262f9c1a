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

/** A second hash of the same kind, whose results have nothing to do with those of the first. */
const OTHER_BASIS = 0x9747b28c;
const OTHER_PRIME = 0x85ebca6b;

/** What no character is: so that the end of one text is not taken for the beginning of the next. */
const BETWEEN = 0x10000;

/**
 * A whole number of 53 bits that stands for `texts`, one after the other, as a key of a map: it is as short where they are
 * long, and keeps nothing of what they were cut out of. Among 20,000 that differ two are the same by chance once in 45
 * million sessions.
 */
export function textsKey(...texts: readonly string[]): number {
  let high = BASIS;
  let low = OTHER_BASIS;
  for (const text of texts) {
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      high = Math.imul(high ^ code, PRIME);
      low = Math.imul(low ^ code, OTHER_PRIME);
    }
    high = Math.imul(high ^ BETWEEN, PRIME);
    low = Math.imul(low ^ BETWEEN, OTHER_PRIME);
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}

/** FNV-1a in 32 bits: 1.5 ms for 1 MiB. */
export function bytesHash(bytes: Bytes): number {
  let hash = BASIS;
  for (let index = 0; index < bytes.length; index++) hash = Math.imul(hash ^ bytes[index]!, PRIME);
  return hash >>> 0;
}
