/** A session's clock: nanoseconds since the Unix epoch at which it read 0. */
interface Clock {
  readonly epoch: bigint;
}

/** A session's time as milliseconds since the Unix epoch; exact to a quarter of a microsecond, as doubles of that size are. */
export function unixTime({ epoch }: Clock, at: number): number {
  return Number(epoch) / 1e6 + at / 1e6;
}

export function unixTimeOf(clock: Clock, at: number | undefined): number | undefined {
  return at === undefined ? undefined : unixTime(clock, at);
}
