/** What a check found. */
export interface Verdict {
  /** What was asked, and what was found. */
  readonly words: string;
  /** Undefined where the run was too short to tell. */
  readonly isWell: boolean | undefined;
}

/** Verdicts as lines, the failed ones last, where they are seen. */
export function verdictLines(verdicts: readonly Verdict[]): string {
  const sorted = [...verdicts.filter((verdict) => !isFailed(verdict)), ...verdicts.filter(isFailed)];
  return sorted.map((verdict) => `${mark(verdict)}  ${verdict.words}\n`).join('');
}

export function isFailed({ isWell }: Verdict): boolean {
  return isWell === false;
}

function mark({ isWell }: Verdict): string {
  if (isWell === undefined) return 'not judged';
  return isWell ? 'ok        ' : 'FAILED    ';
}

/** Whole megabytes, with their unit. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
}
