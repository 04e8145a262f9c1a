/** What a decoder needed for a whole stream once. */
export interface Round {
  /** Of the stream. */
  readonly bytes: number;
  /** Nanoseconds. */
  readonly wall: number;
  /** Nanoseconds of all threads: the garbage collector's and zlib's too. */
  readonly cpu: number;
}

/** All rounds of one case, by contender; tare's come first. */
export interface CaseOutcome {
  readonly name: string;
  /** Messages of a round. */
  readonly messages: number;
  readonly rounds: ReadonlyMap<string, readonly Round[]>;
}
