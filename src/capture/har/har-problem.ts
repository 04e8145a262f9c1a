/**
 * What of a HAR was not taken as it stands there: `damaged`, what could not be read; `left-out`, what never travelled or has no
 * place in a session; `changed`, what was written otherwise than it was told, and sizes that differ.
 */
export interface HarProblem {
  readonly type: 'damaged' | 'left-out' | 'changed';
  /** Number of the entry in the file, from 1; undefined of the file itself. */
  readonly entry: number | undefined;
  readonly detail: string;
}

/** Problems that are kept; more are only counted. */
const MAX_KEPT = 1_000;

/** The problems of one file. */
export class HarProblems {
  readonly kept: HarProblem[] = [];
  readonly counts = { damaged: 0, 'left-out': 0, changed: 0 };

  add(type: HarProblem['type'], entry: number | undefined, detail: string): void {
    this.counts[type]++;
    if (this.kept.length < MAX_KEPT) this.kept.push({ type, entry, detail });
  }
}
