/** Something with more to do than one frame has time for: a search through a million messages, a sort. */
export interface Work {
  /** Goes on until `performance.now()` is `until`, or all is done; false when nothing is left to do. */
  work(until: number): boolean;
  /** 0 to 1; undefined while there is nothing to do. */
  readonly progress: number | undefined;
}
