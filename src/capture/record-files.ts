import { readdir } from 'node:fs/promises';
import { basename, join, parse } from 'node:path';
import { openRecordFile, type RecordFile, RecordFileError, STANDARD_OUTPUT } from './record-file.ts';
import { recordName } from './record-name.ts';

/** How a file is opened for a recording. */
export type OpenRecordFile = (path: string) => Promise<RecordFile>;

/** The file of a recording, or its files where there is a limit to them: all of these have numbers in their names, from 1. */
export class RecordFiles {
  readonly #file: string;
  readonly #isNumbered: boolean;
  readonly #open: OpenRecordFile;
  readonly #names: string[] = [];
  #number = 1;

  constructor(file: string, isNumbered: boolean, open: OpenRecordFile = openRecordFile) {
    this.#file = file;
    this.#isNumbered = isNumbered;
    this.#open = open;
  }

  /** Those that were opened, in order. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** Opens the first one; rejects with a RecordFileError when it cannot be had. */
  async openFirst(): Promise<RecordFile> {
    if (this.#isNumbered && this.#file === STANDARD_OUTPUT) {
      const advice = 'name a file, or record without a limit';
      throw new RecordFileError('RECORD_LIMIT', `standard output cannot be several files: ${advice}`);
    }
    return this.#opened(this.#isNumbered ? recordName(this.#file, this.#number) : this.#file);
  }

  /** Opens the next one. Where a file is in the way which is no capture, that one stays, and its number is left out. */
  async openNext(): Promise<RecordFile> {
    for (;;) {
      try {
        const file = await this.#opened(recordName(this.#file, this.#number + 1));
        this.#number++;
        return file;
      } catch (error) {
        if (!(error instanceof RecordFileError) || error.code !== 'RECORD_IN_THE_WAY') throw error;
        this.#number++;
      }
    }
  }

  async #opened(name: string): Promise<RecordFile> {
    const file = await this.#open(name);
    this.#names.push(name);
    return file;
  }
}

/** Files that are there already and have a name of a recording of several, but for the first: this one overwrites what it comes to. */
export async function laterFiles(file: string): Promise<string[]> {
  const { dir, name, ext } = parse(file);
  const first = basename(recordName(file, 1));
  const found = await readdir(dir || '.').catch(() => []);
  const numbered = found.filter((other) => {
    const isLike = other.startsWith(`${name}.`) && other.endsWith(ext);
    return isLike && other !== first && NUMBER.test(other.slice(name.length + 1, other.length - ext.length));
  });
  return numbered.sort().map((other) => join(dir, other));
}

/** As `recordName` writes it. */
const NUMBER = /^\d{5,}$/;
