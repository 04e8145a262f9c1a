/** Bytes of messages that follow one another, and what is in them. */
export interface Stream {
  readonly bytes: Buffer;
  readonly tally: Tally;
}

/** What a decoder found in a stream. That all decoders find the same shows that they do the same work. */
export interface Tally {
  readonly messages: number;
  /** Bytes of what the messages carry, decompressed, without framing. */
  readonly payload: number;
  /** Field lines of HTTP heads, 0 elsewhere. */
  readonly fields: number;
}

/** One decoder, ours or a peer's. */
export interface Contender {
  readonly name: string;
  /** Prepares what is no part of its work, and returns the work: one stream from its beginning to its end. */
  open(chunks: readonly Buffer[]): () => Tally | Promise<Tally>;
}

/** A stream, and decoders that read it side by side; the first of them is tare's. */
export interface DecoderCase {
  readonly name: string;
  /** Messages of a round: enough for some hundredths of a second. */
  readonly messages: number;
  stream(messages: number): Stream | Promise<Stream>;
  readonly contenders: readonly Contender[];
}
