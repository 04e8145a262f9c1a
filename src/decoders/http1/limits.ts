/** How much of a peer's HTTP/1 is read before a decoder stops understanding and only counts. */
export interface Http1Limits {
  /** Bytes of a head, from the start line through the blank line. */
  readonly head: number;
  /** Field lines of a head or of a trailer section. */
  readonly fieldLines: number;
  /** Bytes of a chunk-size line, its extensions included. */
  readonly chunkLine: number;
  /** Bytes of a trailer section. */
  readonly trailers: number;
  /** Bytes kept while it is open whether the protocol switches. */
  readonly held: number;
  /** Exchanges of one connection that wait for an answer. */
  readonly open: number;
}

/** Far above what Node, nginx or Apache accept, so that what they let pass is understood here. */
export const HTTP1_LIMITS: Http1Limits = {
  head: 256 * 1024,
  fieldLines: 10_000,
  chunkLine: 16 * 1024,
  trailers: 256 * 1024,
  held: 1024 * 1024,
  open: 10_000,
};
