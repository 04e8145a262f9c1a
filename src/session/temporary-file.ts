import { closeSync, mkdtempSync, openSync, readSync, rmSync, write, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FULL = 'the disk is full';

/**
 * A file without a name, made when it is first written to: it goes with the process, however that ends. Writing never waits
 * for the disk.
 */
export class TemporaryFile {
  #descriptor: number | undefined;
  #writes = 0;
  #isClosed = false;

  /** Writes in the background; `bytes` must stay as they are until `then` is called, with what went wrong if something did. */
  write(bytes: Buffer, position: number, then: (error: Error | undefined) => void): void {
    let descriptor: number;
    try {
      descriptor = this.#open();
    } catch (error) {
      return then(error instanceof Error ? error : new Error(String(error)));
    }
    this.#writes++;
    write(descriptor, bytes, 0, bytes.length, position, (error, written) => {
      this.#writes--;
      if (this.#isClosed) return this.#closeWhenIdle();
      then(error ?? (written < bytes.length ? new Error(FULL) : undefined));
    });
  }

  /** Writes, and waits for the disk; returns what went wrong. For what is small, or must not wait any longer. */
  writeAtOnce(bytes: Buffer, position: number): Error | undefined {
    try {
      const written = writeSync(this.#open(), bytes, 0, bytes.length, position);
      return written < bytes.length ? new Error(FULL) : undefined;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** Fills `length` bytes of `into` from `offset` on; false when they cannot be read. */
  read(into: Buffer, offset: number, length: number, position: number): boolean {
    if (this.#descriptor === undefined) return false;
    try {
      return readSync(this.#descriptor, into, offset, length, position) === length;
    } catch {
      return false;
    }
  }

  /** Gives the disk's space back, once what is being written is written. */
  close(): void {
    this.#isClosed = true;
    this.#closeWhenIdle();
  }

  #closeWhenIdle(): void {
    if (this.#writes > 0 || this.#descriptor === undefined) return;
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #open(): number {
    if (this.#descriptor !== undefined) return this.#descriptor;
    const folder = mkdtempSync(join(tmpdir(), 'tare-')); // mode 0700
    try {
      this.#descriptor = openSync(join(folder, 'spool'), 'wx+', 0o600);
      return this.#descriptor;
    } finally {
      // Windows keeps the name of what is open: there it stays.
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
