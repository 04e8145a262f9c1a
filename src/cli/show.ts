import { stat } from 'node:fs/promises';
import type { Filter } from '../analysis/filter/filter.ts';
import { ShownExchanges } from '../analysis/filter/shown-exchanges.ts';
import { readCaptureInto } from '../capture/capture-session.ts';
import { Session } from '../session/session.ts';
import { openView, type Showing, type ViewName } from '../views/view.ts';
import { EXIT } from './exit-codes.ts';
import { problemReport } from './problem-report.ts';
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
  readonly filter: Filter | undefined;
}

/** Shows what a capture holds as if it went on now, and what it came to. Resolves with the exit code. */
export async function show(settings: ShowSettings): Promise<number> {
  const { file, view: name, follow } = settings;
  const session = newSession(settings);
  if (file !== '-') await stat(file).catch((error: unknown) => unreadable(file, error));
  const showing = await showingOf(settings);
  const view = await openView(name, session, process.stdout, showing);
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
    process.stderr.write(problemReport(file, reading));
    return EXIT.well;
  } catch (error) {
    if (error instanceof Error && isPipeClosed(error)) return EXIT.well;
    return unreadable(file, error);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    session.close();
  }
}

function newSession({ memory }: ShowSettings): Session {
  return new Session(memory === undefined ? {} : { memory: byteSize(memory, 'memory', '16M') });
}

/**
 * What is shown through the filter. A file is read before, to know of each exchange how it ends when it begins; what comes from a
 * pipe, or is still written, is shown by what is known so far, and the summary alone needs no more than its end.
 */
async function showingOf(settings: ShowSettings): Promise<Showing | undefined> {
  const { file, view, follow, filter } = settings;
  if (!filter || view === 'none' || file === '-' || follow) return filter && { filter };
  const session = newSession(settings);
  const progress = new Progress(`${file} (1 of 2)`);
  try {
    if (!(await stat(file)).isFile()) return { filter };
    await readCaptureInto(session, file, { onProgress: progress.told });
    return { filter, known: new ShownExchanges(session, filter) };
  } catch (error) {
    return unreadable(file, error);
  } finally {
    progress.end();
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
