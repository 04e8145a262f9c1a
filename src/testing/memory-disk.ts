import type { RecordFile } from '../capture/record-file.ts';

/** A disk that a test can fill, slow down and read. */
export class MemoryDisk {
  readonly #files = new Map<string, MemoryFile>();
  #held: (() => void)[] | undefined;

  /** Bytes there is room for, in all files. */
  room = Number.POSITIVE_INFINITY;

  /** Files that are open. */
  open = 0;

  /** The name of what opening fails with. */
  opening: string | undefined;

  /** How a recorder opens a file on this disk. */
  readonly openFile = async (path: string): Promise<RecordFile> => {
    if (this.opening) throw failure(this.opening);
    const file = { bytes: Buffer.alloc(4_096), length: 0 };
    this.#files.set(path, file);
    this.open++;
    return {
      write: (parts, position) => this.#write(file, Buffer.concat(parts), position),
      truncate: async (length) => {
        file.length = length;
      },
      close: async () => {
        this.open--;
      },
    };
  };

  get names(): string[] {
    return [...this.#files.keys()];
  }

  read(path: string): Buffer {
    const file = this.#files.get(path);
    return file ? file.bytes.subarray(0, file.length) : Buffer.alloc(0);
  }

  /** From here on nothing is written until `release`. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const go of held) go();
  }

  async #write(file: MemoryFile, bytes: Uint8Array, position: number): Promise<number> {
    if (this.#held) await new Promise<void>((resolve) => this.#held?.push(resolve));
    if (this.room <= 0) throw failure('ENOSPC');
    const count = Math.min(bytes.length, this.room);
    this.room -= count;
    file.length = position + count;
    if (file.length > file.bytes.length) file.bytes = Buffer.concat([file.bytes], file.length * 2);
    file.bytes.set(bytes.subarray(0, count), position);
    return count;
  }
}

interface MemoryFile {
  bytes: Buffer;
  length: number;
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: the test's disk`), { code });
}
