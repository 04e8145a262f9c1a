import { existsSync } from 'node:fs';
import { OpenConnections } from '../capture/open-connections.ts';
import { openRecorder, type Recorder } from '../capture/recorder.ts';
import type { Session } from '../session/session.ts';
import type { TapSink } from '../tap.ts';
import type { RecordingControls, RecordingState } from '../views/inspector/controls.ts';
import { copyPackets } from './packet-copy.ts';
import { recordingReport } from './recording.ts';

/** A recording that goes on now. */
interface Running {
  readonly recorder: Recorder;
  /** Whether it gets its events from here. */
  readonly isOwn: boolean;
  readonly file: string;
  /** Whether it is one file on a disk: a pipe cannot be read again. */
  readonly isFile: boolean;
  problem: string | undefined;
}

/**
 * Recording that is started and stopped while the traffic goes on. Connections that are open when it starts are in the file from there
 * on, with what they are in the middle of: of a WebSocket the handshake and the frame that is under way.
 */
export class RecordingSwitch implements RecordingControls {
  readonly #session: Session;
  readonly #open = new OpenConnections();
  readonly #reports: string[] = [];
  #running: Running | undefined;
  #isStarting = false;

  /** To be handed every event. */
  readonly take: TapSink;

  /** `redact` makes a sink that takes secrets out of what is recorded: what is said again of open connections, too. */
  constructor(session: Session, redact: ((sink: TapSink) => TapSink) | undefined) {
    const take: TapSink = (event) => {
      this.#open.take(event);
      if (this.#running?.isOwn) this.#running.recorder.take(event);
    };
    this.#session = session;
    this.take = redact ? redact(take) : take;
  }

  /** Takes over a recording that `--record` began; `isFile`: it is one that can be read while it is written. */
  adopt(recorder: Recorder, file: string, isFile: boolean): void {
    this.#running = { recorder, isOwn: false, file, isFile, problem: undefined };
  }

  state(): RecordingState | undefined {
    if (!this.#running) return undefined;
    const { recorder, file, problem } = this.#running;
    return { file, bytes: recorder.bytes, problem };
  }

  async start(file: string): Promise<void> {
    if (this.#running) throw new Error(`${this.#running.file} is recorded already`);
    if (this.#isStarting) throw new Error('a recording begins already');
    if (file === '-') throw new Error('standard output is the screen: name a file');
    if (existsSync(file)) throw new Error(`${file} is there already: choose another name`);
    this.#isStarting = true;
    try {
      this.#running = await this.#begun(file);
    } finally {
      this.#isStarting = false;
    }
  }

  async #begun(file: string): Promise<Running> {
    const { epoch } = this.#session;
    const onTrouble = (words: string) => {
      running.problem = words;
    };
    const recorder = await openRecorder({ file, epoch, onTrouble });
    const running: Running = { recorder, isOwn: true, file, isFile: true, problem: undefined };
    for (const earlier of this.#open.earlier()) recorder.join(earlier);
    return running;
  }

  /** Ends the recording; resolves with what it came to, in words, or undefined where nothing was recorded. */
  async stop(): Promise<string | undefined> {
    const running = this.#running;
    if (!running) return undefined;
    this.#running = undefined;
    const report = recordingReport(await running.recorder.close()).trim();
    this.#reports.push(report);
    return report;
  }

  /** Ends the recording that goes on; resolves with what each one came to, in words. */
  async finish(): Promise<readonly string[]> {
    await this.stop();
    return this.#reports;
  }

  /** Copies connections, as far as they are recorded, to a new file. Rejects with words. */
  async copyPackets(connections: readonly number[], out: string): Promise<void> {
    const running = this.#running;
    if (!running)
      throw new Error('packets are kept of what is recorded only: start to record (r) first, or save a .har');
    if (!running.isFile) {
      throw new Error(
        `${running.file} cannot be read while it is recorded: use tare slice later, or save a .har`,
      );
    }
    if (running.problem !== undefined) throw new Error(running.problem);
    await running.recorder.flushed();
    await copyPackets(running.file, connections, out);
  }
}
