import type { Bytes } from '../tap.ts';

/** Decompresses one stream, synchronously and as it arrives, with a bound on what comes out. */
export interface Inflater {
  /**
   * What `bytes` and all before them give, as far as the compressor flushed it. Owned by the caller.
   * Undefined once the stream is broken or more than the limit came out: ask `broken` why.
   */
  push(bytes: Bytes): Bytes | undefined;

  /** Why nothing more can come out, in words, or undefined while all is well. */
  readonly broken: string | undefined;
}
