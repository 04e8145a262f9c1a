import fc from 'fast-check';

/** Places to cut bytes at, wherever the network might. */
export const cuts = fc.array(fc.nat(), { maxLength: 20 });

/** The bytes in pieces, each in memory of its own, as a socket delivers them. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const edges = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
  return [0, ...edges].map((edge, index) =>
    Uint8Array.from(bytes.subarray(edge, edges[index] ?? bytes.length)),
  );
}

/** Bytes of spaced hexadecimal digits. */
export function hex(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits.replaceAll(' ', ''), 'hex'));
}
