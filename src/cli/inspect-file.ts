import { basename } from 'node:path';
import { readCaptureInto } from '../capture/capture-session.ts';
import { Session } from '../session/session.ts';
import type { Controls, Reading } from '../views/inspector/controls.ts';
import { EXIT } from './exit-codes.ts';
import { type InspectorWish, openInspectorView } from './inspector-view.ts';
import { copyPackets } from './packet-copy.ts';
import { problemReport } from './problem-report.ts';
import { type CopyPackets, saveSelection, saveText } from './saving.ts';
import { byteSize } from './size.ts';
import { reason, UsageError } from './usage-error.ts';

export interface InspectSettings extends InspectorWish {
  /** A path, or `-`. */
  readonly file: string;
  readonly follow: boolean;
  readonly memory: string | undefined;
}

/** Shows a capture in the inspector, while it is read and until somebody leaves it. Resolves with the exit code. */
export async function inspectFile(settings: InspectSettings): Promise<number> {
  const { file, follow, memory } = settings;
  const session = new Session(memory === undefined ? {} : { memory: byteSize(memory, 'memory', '16M') });
  const stop = new AbortController();
  const left = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
  const quit = () => stop.abort();
  process.once('SIGINT', quit).once('SIGTERM', quit);
  const state = new FileState(session, file);
  const view = await openInspectorView(session, state.controls(quit), settings);
  view.gone.then(quit);
  let failure: unknown;
  try {
    const { signal } = stop;
    const reading = await readCaptureInto(session, file, { follow, signal, onProgress: state.told });
    state.finish(reading.endedAt);
    process.stderr.write(problemReport(file, reading));
    if (session.connections.size === 0 && reading.problemCount > 0) throw new Error(reading.problems[0]);
    await left;
  } catch (error) {
    failure = error;
  }
  process.off('SIGINT', quit).off('SIGTERM', quit);
  await view.finish(state.now);
  session.close();
  if (failure !== undefined) throw new UsageError(`${file}: ${reason(failure)}`);
  return EXIT.well;
}

/** How far a file is read, and what may be done with it. */
class FileState {
  readonly #session: Session;
  readonly #file: string;
  readonly #startedAt = performance.now();
  #reading: Reading | undefined = { share: undefined, bytes: 0, rate: 0 };
  #endedAt: number | undefined;

  constructor(session: Session, file: string) {
    this.#session = session;
    this.#file = file;
  }

  /** Nanoseconds of the session at which the file ends, as far as it is read. */
  get now(): number {
    return this.#endedAt ?? this.#session.now;
  }

  readonly told = (bytes: number, total: number | undefined): void => {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const share = total === undefined || total === 0 ? undefined : Math.min(1, bytes / total);
    this.#reading = { share, bytes, rate: Math.round(bytes / Math.max(0.001, seconds)) };
  };

  finish(at: number): void {
    this.#reading = undefined;
    this.#endedAt = at;
  }

  controls(quit: () => void): Controls {
    const isFile = this.#file !== '-';
    const copy: CopyPackets = (connections, out) => copyPackets(this.#file, connections, out);
    return {
      title: isFile ? basename(this.#file) : 'standard input',
      now: () => this.now,
      reading: () => this.#reading,
      save: (selection, out) => saveSelection(this.#session, selection, out, isFile ? copy : undefined),
      saveText,
      quit,
    };
  }
}
