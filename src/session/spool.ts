import { closeSync, mkdtempSync, openSync, readSync, rmSync, write } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bytes } from '../tap.ts';

const SLAB_BYTES = 1 << 20;

/** Memory that payloads may take before the oldest go to disk, in bytes. */
const DEFAULT_SPOOL_MEMORY = 64 << 20;

/** A piece of the spool whose memory was given back once it was on disk. */
type Slab = Buffer | undefined;

/**
 * Bytes kept for later: in memory up to a budget, the oldest of them in a temporary file without a name.
 * Writing never waits for the disk. When the disk fails, what is past the budget is forgotten, and `lost` tells how much.
 */
export class Spool {
  readonly #slabs: Slab[] = [];
  readonly #memory: number;
  #end = 0;
  /** Slabs before this one are on disk, or given up. */
  #firstInMemory = 0;
  #writing = false;
  /** Memory that was written to disk, to be filled anew: touching fresh memory takes as long as filling it. */
  #spare: Buffer | undefined;
  #isClosed = false;
  /** Of the file, once there is one. */
  #descriptor: number | undefined;
  #lostBefore = 0;

  constructor(memory: number = DEFAULT_SPOOL_MEMORY) {
    this.#memory = Math.max(memory, 2 * SLAB_BYTES);
  }

  /** Bytes that were forgotten because they could not be written to disk. */
  get lost(): number {
    return this.#lostBefore;
  }

  /** Keeps a copy and returns its position, to be read back with its length. */
  append(bytes: Bytes): number {
    const position = this.#end;
    let taken = 0;
    while (taken < bytes.length) {
      const offset = this.#end % SLAB_BYTES;
      if (offset === 0) this.#addSlab();
      const count = Math.min(bytes.length - taken, SLAB_BYTES - offset);
      const part = count === bytes.length ? bytes : bytes.subarray(taken, taken + count);
      this.#slabs[this.#slabs.length - 1]!.set(part as Uint8Array, offset);
      taken += count;
      this.#end += count;
    }
    return position;
  }

  /** A copy of `length` bytes from `position`; undefined when they were lost. */
  read(position: number, length: number): Buffer | undefined {
    if (position < this.#lostBefore && length > 0) return undefined;
    const bytes = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const at = position + filled;
      const offset = at % SLAB_BYTES;
      const count = Math.min(length - filled, SLAB_BYTES - offset);
      const slab = this.#slabs[Math.floor(at / SLAB_BYTES)];
      if (slab) slab.copy(bytes, filled, offset, offset + count);
      else if (!this.#readFile(bytes, filled, count, at)) return undefined;
      filled += count;
    }
    return bytes;
  }

  /** Forgets everything and closes the file, once what is being written there is written. */
  close(): void {
    this.#slabs.length = 0;
    this.#isClosed = true;
    if (!this.#writing) this.#closeFile();
  }

  #closeFile(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #addSlab(): void {
    this.#slabs.push(this.#spare ?? Buffer.allocUnsafeSlow(SLAB_BYTES));
    this.#spare = undefined;
    this.#spill();
  }

  /** Writes the oldest slab to disk when memory holds more than the budget; one at a time, in the background. */
  #spill(): void {
    const inMemory = (this.#slabs.length - this.#firstInMemory) * SLAB_BYTES;
    if (inMemory <= this.#memory) return;
    if (this.#writing) {
      // The disk does not keep up: rather forget than grow without bound.
      if (inMemory > 2 * this.#memory) this.#giveUpOldest();
      return;
    }
    const file = this.#openFile();
    if (file === undefined) return this.#giveUpOldest();
    const index = this.#firstInMemory;
    const slab = this.#slabs[index]!;
    this.#writing = true;
    write(file, slab, 0, SLAB_BYTES, index * SLAB_BYTES, (error, written) => {
      this.#writing = false;
      if (this.#isClosed) return this.#closeFile();
      if (this.#slabs[index] !== slab) return;
      if (error || written < SLAB_BYTES) return this.#giveUpOldest();
      this.#slabs[index] = undefined;
      this.#spare = slab;
      this.#firstInMemory = index + 1;
      this.#spill();
    });
  }

  #giveUpOldest(): void {
    this.#slabs[this.#firstInMemory] = undefined;
    this.#firstInMemory++;
    this.#lostBefore = this.#firstInMemory * SLAB_BYTES;
  }

  #openFile(): number | undefined {
    if (this.#descriptor !== undefined) return this.#descriptor;
    try {
      const folder = mkdtempSync(join(tmpdir(), 'tare-spool-')); // mode 0700
      this.#descriptor = openSync(join(folder, 'spool'), 'wx+', 0o600);
      // Nameless, it goes with the process however that ends. Windows keeps the name of what is open: there it stays.
      rmSync(folder, { recursive: true, force: true });
      return this.#descriptor;
    } catch {
      return undefined;
    }
  }

  #readFile(bytes: Buffer, filled: number, count: number, position: number): boolean {
    if (this.#descriptor === undefined) return false;
    try {
      return readSync(this.#descriptor, bytes, filled, count, position) === count;
    } catch {
      return false;
    }
  }
}
