import { stat } from 'node:fs/promises';
import { readCaptureInto } from '../capture/capture-session.ts';
import { Session } from '../session/session.ts';
import { openView, type ViewName } from '../views/view.ts';
import { EXIT } from './exit-codes.ts';
import { Progress } from './progress.ts';
import { byteSize } from './size.ts';
import { isPipeClosed } from './the-end.ts';
import { reason, UsageError } from './usage-error.ts';

export interface ShowSettings {
  /** A path, or `-`. */
  readonly file: string;
  readonly view: ViewName;
  readonly follow: boolean;
  readonly memory: string | undefined;
}

/** Shows what a capture holds as if it went on now, and what it came to. Resolves with the exit code. */
export async function show({ file, view: name, follow, memory }: ShowSettings): Promise<number> {
  const session = new Session(memory === undefined ? {} : { memory: byteSize(memory, 'memory', '16M') });
  if (file !== '-') await stat(file).catch((error: unknown) => unreadable(file, error));
  const view = await openView(name, session, process.stdout);
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  view.gone.then(onSignal);
  const progress = new Progress(file);
  const { signal } = stop;
  try {
    const reading = await readCaptureInto(session, file, { follow, signal, onProgress: progress.told });
    progress.end();
    if (reading.count === 0 && reading.problemCount > 0) throw new Error(`${file}: ${reading.problems[0]}`);
    await view.finish(reading.endedAt);
    process.stderr.write(problemReport(file, reading.problems, reading.problemCount));
    return EXIT.well;
  } catch (error) {
    if (error instanceof Error && isPipeClosed(error)) return EXIT.well;
    return unreadable(file, error);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    session.close();
  }
}

function unreadable(file: string, error: unknown): never {
  const why =
    error instanceof Error && 'code' in error && error.code === 'ENOENT'
      ? 'there is no such file'
      : reason(error);
  throw new UsageError(why.includes(file) ? why : `${file}: ${why}`);
}

const SHOWN_PROBLEMS = 5;

function problemReport(file: string, problems: readonly string[], count: number): string {
  const lines = problems.slice(0, SHOWN_PROBLEMS).map((words) => `${file}: ${words}\n`);
  const more = count - lines.length;
  return lines.join('') + (more > 0 ? `${file}: and ${more} more places that cannot be read\n` : '');
}
