/** Milliseconds that many of one thing took. */
export interface Times {
  readonly median: number;
  readonly p99: number;
  readonly most: number;
}

/** Something done in slices: milliseconds of work in all, and of the longest slice. */
export interface Sliced {
  readonly work: number;
  readonly longest: number;
}

/** Keys pressed while messages come. */
export interface Keys {
  readonly times: Times;
  /** Frames a second meanwhile. */
  readonly frames: number;
  /** Messages a second that came. */
  readonly messages: number;
}

/** What an inspector of a large session takes. */
export interface Figures {
  /** From `openInspector` to the first frame, in milliseconds. */
  readonly firstPaint: number;
  readonly draws: Readonly<Record<'start' | 'middle' | 'end' | 'messages', Times>>;
  readonly sort: Sliced;
  /** The same column again, other way round. */
  readonly sortAgain: Sliced;
  readonly search: Sliced;
  readonly typed: Keys;
  /** As a keyboard repeats a key that is held. */
  readonly held: Keys;
}

export function timesOf(times: readonly number[]): Times {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { median: at(0.5), p99: at(0.99), most: sorted.at(-1) ?? 0 };
}
