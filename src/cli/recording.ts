import { laterFiles } from '../capture/record-files.ts';
import { openRecorder, type Recorder, type Recording } from '../capture/recorder.ts';
import type { TapSink } from '../tap.ts';
import { byteCount } from '../views/byte-count.ts';
import { EarlyEvents } from './early-events.ts';
import { byteSize } from './size.ts';
import { reason, UsageError } from './usage-error.ts';

type Redact = (sink: TapSink) => TapSink;

/** What `--record` and `--record-limit` ask for. */
export class RecordingWish {
  readonly #file: string;
  readonly #limit: number | undefined;
  readonly #redact: Redact | undefined;
  readonly #early = new EarlyEvents();
  /** Takes the events, those too that come before the file is open. */
  readonly take = this.#early.take;

  /** Throws a UsageError. `redact` makes a sink that takes secrets out. */
  constructor(file: string, limit: string | undefined, redact: Redact | undefined) {
    this.#file = file;
    this.#limit = limit === undefined ? undefined : byteSize(limit, 'record-limit', '64k');
    this.#redact = redact;
  }

  /** Begins the recording, of a source whose clock read 0 at `epoch`. Rejects with a UsageError. */
  async open(epoch: bigint): Promise<Recorder> {
    const onTrouble = (words: string) => process.stderr.write(`tare: ${words}\n`);
    try {
      const recorder = await openRecorder({
        file: this.#file,
        limit: this.#limit,
        epoch,
        onTrouble,
        redact: this.#redact,
      });
      this.#early.handTo(recorder.take);
      if (this.#limit !== undefined) process.stderr.write(laterReport(await laterFiles(this.#file)));
      return recorder;
    } catch (error) {
      throw new UsageError(`--record ${this.#file}: ${reason(error)}`);
    }
  }
}

/** Whoever reads all files of a name at once would take those of an earlier recording for the end of this one. */
function laterReport([first, ...others]: readonly string[]): string {
  if (first === undefined) return '';
  const last = others.at(-1);
  const which = last === undefined ? `${first} is` : `${first} to ${last} are`;
  return `tare: ${which} there from an earlier recording, and will stay unless this one gets that far: delete them, or use a new name\n`;
}

/** What a recording came to, for people. */
export function recordingReport({ files, bytes, packets, dropped }: Recording): string {
  const where = files.length === 1 ? files[0] : `${files.length} files, the last ${files.at(-1)}`;
  const holes = dropped > 0 ? `; ${byteCount(dropped)} could not be written and are holes in it` : '';
  return `recorded ${packets} packets, ${byteCount(bytes)}, in ${where}${holes}\n`;
}
