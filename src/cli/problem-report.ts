import type { CaptureReading } from '../capture/capture-session.ts';

const SHOWN_PROBLEMS = 5;

/** What of the capture `file` could not be read, for people; empty where all could. */
export function problemReport(
  file: string,
  { problems, problemCount }: Pick<CaptureReading, 'problems' | 'problemCount'>,
): string {
  const lines = problems.slice(0, SHOWN_PROBLEMS).map((words) => `${file}: ${words}\n`);
  const more = problemCount - lines.length;
  return lines.join('') + (more > 0 ? `${file}: and ${more} more places that cannot be read\n` : '');
}
