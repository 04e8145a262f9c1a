import type { Blocks } from './block-memory.ts';
import { codeOf, type RecordFile } from './record-file.ts';
import { endOfWholeBlocks, packetsIn } from './whole-blocks.ts';

/** What the output needs of the recorder. */
export interface OutputOwner {
  /** Opens the next file of a recording of several. */
  openNext(): Promise<RecordFile>;
  /** These blocks are on the disk, or are given up. */
  done(blocks: Blocks): void;
  /** Something goes wrong; it is tried again, unless nobody reads any more. */
  trouble(error: unknown): void;
}

/** What went to the files, and what was given up. */
export interface Written {
  bytes: number;
  givenUpBytes: number;
  givenUpPackets: number;
}

/**
 * Appends blocks to the file, in order and in the background. What the disk refuses waits and is tried again each second, from
 * where the disk stopped: a disk that was full for a while leaves no trace. Only at the end it is given up, and what lies half on
 * the disk is taken away.
 */
export class RecordOutput {
  readonly #owner: OutputOwner;
  /** What is to be done: blocks to append, or another file to begin. */
  #queue: (Blocks | 'next file')[] = [];
  #file: { readonly output: RecordFile; position: number };
  #running: Promise<void> | undefined;
  #isEnding = false;
  /** Ends the pause until the next attempt. */
  #wake: () => void = () => {};

  /** Bytes that are neither on the disk nor given up. */
  waiting = 0;

  /** True when who read the recording is gone: nothing can be written any more. */
  isGone = false;

  readonly written: Written = { bytes: 0, givenUpBytes: 0, givenUpPackets: 0 };

  constructor(file: RecordFile, owner: OutputOwner) {
    this.#file = { output: file, position: 0 };
    this.#owner = owner;
  }

  append(blocks: readonly Blocks[]): void {
    for (const part of blocks) {
      this.#queue.push(part);
      this.waiting += part.bytes.length;
    }
    this.#running ??= this.#run();
  }

  /** What is appended from here on goes to the next file. */
  beginNext(): void {
    this.#queue.push('next file');
    this.#running ??= this.#run();
  }

  /** Resolves when all that was appended is on the disk. */
  async settled(): Promise<void> {
    await this.#running;
  }

  /** Resolves when all is on the disk or was refused once more, and the file is closed. */
  async close(): Promise<void> {
    this.#isEnding = true;
    this.#wake();
    await this.#running;
    await this.#attempt(() => this.#file.output.close());
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      if (this.#queue[0] === 'next file') {
        this.#queue.shift();
        await this.#openNext();
      } else await this.#append(this.#takeBlocks());
    }
    this.#running = undefined;
  }

  /** All that can go to the present file at once: one call of the system is one turn of the event loop, however much it writes. */
  #takeBlocks(): Blocks[] {
    const end = this.#queue.indexOf('next file');
    const taken = this.#queue.splice(0, end < 0 ? MOST_PARTS : Math.min(end, MOST_PARTS));
    return taken.filter((task) => task !== 'next file');
  }

  async #openNext(): Promise<void> {
    await this.#attempt(() => this.#file.output.close());
    const output = await this.#persist(() => this.#owner.openNext());
    this.#file = { output: output ?? NO_FILE, position: 0 };
  }

  async #append(blocks: readonly Blocks[]): Promise<void> {
    let parts: readonly Buffer[] = blocks.map(({ bytes }) => bytes);
    while (parts.length > 0) {
      const rest = parts;
      const count = await this.#persist(() => this.#file.output.write(rest, this.#file.position));
      if (count === undefined) break;
      this.#file.position += count;
      this.written.bytes += count;
      parts = behind(parts, count);
    }
    await this.#giveUp(parts, blocks);
    for (const part of blocks) {
      this.waiting -= part.bytes.length;
      this.#owner.done(part);
    }
  }

  /** Counts what is not on the disk of these blocks. A block of which a part is on it is taken away whole. */
  async #giveUp(parts: readonly Buffer[], blocks: readonly Blocks[]): Promise<void> {
    for (const [index, part] of parts.entries()) {
      const { bytes } = blocks[blocks.length - parts.length + index]!;
      const written = bytes.length - part.length;
      const whole = endOfWholeBlocks(bytes, written);
      this.written.givenUpBytes += bytes.length - whole;
      this.written.givenUpPackets += packetsIn(bytes, whole);
      if (written > whole) await this.#takeAway(written - whole);
    }
  }

  async #takeAway(count: number): Promise<void> {
    this.#file.position -= count;
    this.written.bytes -= count;
    await this.#attempt(() => this.#file.output.truncate(this.#file.position));
  }

  /** Tries until it works, or until the recording ends: then once. Resolves with undefined when it never did. */
  async #persist<Value>(attempt: () => Promise<Value>): Promise<Value | undefined> {
    while (!this.isGone) {
      const isLast = this.#isEnding;
      try {
        return await attempt();
      } catch (error) {
        this.isGone = codeOf(error) === 'EPIPE';
        this.#owner.trouble(error);
      }
      if (isLast) return undefined;
      if (!this.isGone && !this.#isEnding) await this.#pause();
    }
    return undefined;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, RETRY).unref();
    });
  }

  async #attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#owner.trouble(error);
    }
  }
}

/** Milliseconds. */
const RETRY = 1_000;

/** No system takes fewer in one call. */
const MOST_PARTS = 64;

/** What is left of `parts` when the first `count` bytes are gone. */
function behind(parts: readonly Buffer[], count: number): Buffer[] {
  let gone = count;
  let first = 0;
  while (first < parts.length && gone >= parts[first]!.length) gone -= parts[first++]!.length;
  const rest = parts.slice(first);
  if (gone > 0) rest[0] = rest[0]!.subarray(gone);
  return rest;
}

/** Stands where the next file could not be opened before the recording ended. */
const NO_FILE: RecordFile = {
  write: () => Promise.reject(new Error('the file was not opened')),
  truncate: async () => {},
  close: async () => {},
};
