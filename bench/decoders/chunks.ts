/** What Node reads from a socket at once. */
const CHUNK_BYTES = 65_536;

/** A stream as a socket would deliver it: pieces of 64 KiB, each memory of its own. */
export function chunksOf(bytes: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    chunks.push(Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, bytes.length - at)));
  }
  refill(chunks, bytes);
  return chunks;
}

/** Writes the stream into its chunks again: ws unmasks where the bytes lie. */
export function refill(chunks: readonly Buffer[], bytes: Buffer): void {
  let at = 0;
  for (const chunk of chunks) at += bytes.copy(chunk, 0, at);
}
