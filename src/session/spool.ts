import type { Bytes } from '../tap.ts';
import { type OnLost, type Page, PageStore } from './page-store.ts';

const PAGE_BYTES = 1 << 20;

/**
 * Bytes kept for later: in memory up to a budget, the oldest of them in a temporary file. Writing never waits for the disk:
 * what that does not take is forgotten, and `lost` tells how much.
 */
export class Spool {
  readonly #store: PageStore;
  /** The one that is being filled. */
  #page: Page | undefined;
  #end = 0;

  /** `memory` in bytes; `onLost` is told each time a page of it is forgotten, and why. */
  constructor(memory: number, onLost: OnLost = () => {}) {
    this.#store = new PageStore(PAGE_BYTES, memory, onLost);
  }

  /** Bytes that were forgotten, the room between them included. */
  get lost(): number {
    return this.#store.lost * PAGE_BYTES;
  }

  /** Keeps a copy and returns its position, to be read back with its length. */
  append(bytes: Bytes): number {
    const position = this.#end;
    let taken = 0;
    while (taken < bytes.length) {
      const offset = this.#end % PAGE_BYTES;
      if (offset === 0) this.#page = this.#store.add();
      const count = Math.min(bytes.length - taken, PAGE_BYTES - offset);
      const part = count === bytes.length ? bytes : bytes.subarray(taken, taken + count);
      this.#page!.bytes.set(part as Uint8Array, offset);
      taken += count;
      this.#end += count;
    }
    return position;
  }

  /** A copy of `length` bytes from `position`; undefined when some of them were lost. */
  read(position: number, length: number): Buffer | undefined {
    const bytes = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const offset = (position + filled) % PAGE_BYTES;
      const page = Math.floor((position + filled) / PAGE_BYTES);
      const count = Math.min(length - filled, PAGE_BYTES - offset);
      if (!this.#store.copy(page, offset, count, bytes, filled)) return undefined;
      filled += count;
    }
    return bytes;
  }

  /** The same in slices of at most `size`; it ends where some of them were lost. */
  *slices(position: number, length: number, size: number): Generator<Buffer> {
    for (let start = 0; start < length; start += size) {
      const slice = this.read(position + start, Math.min(size, length - start));
      if (!slice) return;
      yield slice;
    }
  }

  /** Forgets everything. */
  close(): void {
    this.#store.close();
  }
}
