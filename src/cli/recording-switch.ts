import { existsSync } from 'node:fs';
import { openRecorder, type Recorder } from '../capture/recorder.ts';
import { gross } from '../session/ledger.ts';
import type { Session } from '../session/session.ts';
import type { TapSink } from '../tap.ts';
import type { RecordingControls, RecordingState } from '../views/inspector/controls.ts';
import { recordingReport } from './recording.ts';

/** A recording that goes on now. */
interface Running {
  readonly recorder: Recorder;
  /** Whether it gets its events from here. */
  readonly isOwn: boolean;
  readonly file: string;
  problem: string | undefined;
}

/**
 * Recording that is started and stopped while the traffic goes on. Connections that are open when it starts are in the file
 * from there on, as connections whose beginning is missing.
 */
export class RecordingSwitch implements RecordingControls {
  readonly #session: Session;
  readonly #redact: ((sink: TapSink) => TapSink) | undefined;
  #running: Running | undefined;

  /** `redact` makes a sink that takes secrets out of what is recorded. */
  constructor(session: Session, redact: ((sink: TapSink) => TapSink) | undefined) {
    this.#session = session;
    this.#redact = redact;
  }

  /** To be handed every event. */
  readonly take: TapSink = (event) => {
    if (this.#running?.isOwn) this.#running.recorder.take(event);
  };

  /** Takes over a recording that `--record` began. */
  adopt(recorder: Recorder, file: string): void {
    this.#running = { recorder, isOwn: false, file, problem: undefined };
  }

  state(): RecordingState | undefined {
    if (!this.#running) return undefined;
    const { recorder, file, problem } = this.#running;
    return { file, bytes: recorder.bytes, problem };
  }

  async start(file: string): Promise<void> {
    if (this.#running) throw new Error(`${this.#running.file} is recorded already`);
    if (existsSync(file)) throw new Error(`${file} is there already: choose another name`);
    const trouble = (words: string) => {
      if (this.#running) this.#running.problem = words;
    };
    const recorder = await openRecorder({
      file,
      epoch: this.#session.epoch,
      redact: this.#redact,
      onTrouble: trouble,
    });
    for (const { number, openedAt, facts, ledger } of this.#session.connections.open()) {
      if (!facts) continue;
      const tapped = { client: gross(ledger.client), server: gross(ledger.server) };
      recorder.join({ connection: number, openedAt, facts, tapped, ended: [] });
    }
    this.#running = { recorder, isOwn: true, file, problem: undefined };
  }

  /** Ends the recording; resolves with what it came to, in words, or undefined where nothing was recorded. */
  async stop(): Promise<string | undefined> {
    const running = this.#running;
    if (!running) return undefined;
    this.#running = undefined;
    return recordingReport(await running.recorder.close()).trim();
  }
}
