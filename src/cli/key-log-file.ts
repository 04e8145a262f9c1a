import { type FileHandle, open } from 'node:fs/promises';
import type { KeyLog } from '../proxy/key-log.ts';
import { reason, UsageError } from './usage-error.ts';

/** Bytes that may wait for the disk: the secrets of 2,000 opened tunnels. */
const MAX_WAITING = 4 * 2 ** 20;

/**
 * An NSS key log, as Wireshark reads it, that TLS secrets are added to. A comment tells whose the lines behind it are. Adding
 * never waits: one write is under way at a time, and when the disk does not keep up, or fails, that is told once and nothing
 * more is written.
 */
export class KeyLogFile {
  readonly #file: Pick<FileHandle, 'appendFile' | 'close'>;
  readonly #onFailure: (why: string) => void;
  #waiting = '';
  #lastWhose: string | undefined;
  #writing: Promise<void> | undefined;
  #hasFailed = false;

  constructor(file: Pick<FileHandle, 'appendFile' | 'close'>, onFailure: (why: string) => void) {
    this.#file = file;
    this.#onFailure = onFailure;
  }

  readonly add: KeyLog = (whose, line) => {
    if (this.#hasFailed) return;
    if (whose !== this.#lastWhose) this.#waiting += `# ${whose}\n`;
    this.#lastWhose = whose;
    this.#waiting += line.toString('latin1');
    if (this.#waiting.length > MAX_WAITING) this.#fail('the disk does not keep up');
    else this.#writing ??= this.#write();
  };

  /** Waits until all is written. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close().catch((error: unknown) => this.#fail(reason(error)));
  }

  async #write(): Promise<void> {
    try {
      while (this.#waiting !== '' && !this.#hasFailed) {
        const text = this.#waiting;
        this.#waiting = '';
        await this.#file.appendFile(text, 'latin1');
      }
    } catch (error) {
      this.#fail(reason(error));
    }
    this.#writing = undefined;
  }

  #fail(why: string): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#waiting = '';
    this.#onFailure(why);
  }
}

/** Opens the key log at `path`, to be appended to; a new one is for this user's eyes only. */
export async function openKeyLog(path: string): Promise<KeyLogFile> {
  try {
    const file = await open(path, 'a', 0o600);
    return new KeyLogFile(file, (why) => {
      process.stderr.write(`tare: --keylog ${path}: cannot be written (${why}); no more keys are logged\n`);
    });
  } catch (error) {
    throw new UsageError(`--keylog ${path}: cannot be written (${reason(error)})`);
  }
}
