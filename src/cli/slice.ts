import { fstatSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { codeOf } from '../capture/record-file.ts';
import { type FoundSlice, findSlice, SliceCopy } from '../capture/slice.ts';
import type { SliceWish } from '../capture/slice-choice.ts';
import { readTwice, type TwiceReadable } from '../capture/twice-readable.ts';
import { byteCount } from '../views/byte-count.ts';
import { EXIT } from './exit-codes.ts';
import { Progress } from './progress.ts';
import { type SliceOptions, sliceWish } from './slice-options.ts';
import { isPipeClosed } from './the-end.ts';
import { reason, UsageError } from './usage-error.ts';
import { writeTo } from './written-file.ts';

/** Copies what `options` say of the capture `file` to `out`; each may be `-`. Resolves with the exit code: 1 when that is nothing. */
export async function slice(file: string, out: string, options: SliceOptions): Promise<number> {
  const wish = sliceWish(options);
  await refuse(file, out);
  let input: TwiceReadable | undefined;
  try {
    input = await readTwice(file);
    const found = await find(input, wish, file);
    if (found.part.serials.size === 0) {
      process.stderr.write(`tare: ${out} was not written: ${nothingReport(file, found, options)}\n`);
      return EXIT.checkFailed;
    }
    const copy = await copied(input, found, file, out);
    process.stderr.write(keptReport(found, copy, out));
    return EXIT.well;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (error instanceof Error && isPipeClosed(error)) return EXIT.well;
    throw new UsageError(
      codeOf(error) === 'CAPTURE_UNREADABLE' ? reason(error) : `${file}: ${reason(error)}`,
    );
  } finally {
    await input?.[Symbol.asyncDispose]();
  }
}

async function find(input: TwiceReadable, wish: SliceWish, file: string): Promise<FoundSlice> {
  const found = await withProgress(`${file} (1 of 2)`, (told) => findSlice(input, wish, told));
  if (found.packets === 0 && found.problem !== undefined) throw new UsageError(`${file}: ${found.problem}`);
  process.stderr.write(problemReport(file, found));
  return found;
}

function copied(input: TwiceReadable, { part }: FoundSlice, file: string, out: string): Promise<SliceCopy> {
  return withProgress(`${file} (2 of 2)`, async (told) => {
    const copy = new SliceCopy(input, part, told);
    await writeTo(out, copy);
    return copy;
  });
}

type Told = (read: number, total: number | undefined) => void;

async function withProgress<Value>(label: string, run: (told: Told) => Promise<Value>): Promise<Value> {
  const progress = new Progress(label, false);
  try {
    return await run(progress.told);
  } finally {
    progress.end();
  }
}

/** What cannot go well, said before anything is read. */
async function refuse(file: string, out: string): Promise<void> {
  if (out === '-' && process.stdout.isTTY) {
    throw new UsageError(
      '- writes packets to stdout, which is a terminal: name a file, or a program behind |',
    );
  }
  const [read, written] = await Promise.all([identityOf(file, 0), identityOf(out, 1)]);
  if (read !== undefined && read === written) {
    const target = out === '-' ? 'stdout' : out;
    throw new UsageError(`${target} is the file to read, which would be lost: name another one to write`);
  }
}

/** The same for each name of one file; undefined for pipes, and where there is none. */
async function identityOf(path: string, standard: number): Promise<string | undefined> {
  try {
    const found = path === '-' ? fstatSync(standard) : await stat(path);
    return found.isFile() ? `${found.dev} ${found.ino}` : undefined;
  } catch {
    return undefined;
  }
}

function problemReport(file: string, { problem, problemCount }: FoundSlice): string {
  if (problem === undefined) return '';
  const more = problemCount > 1 ? `; and ${problemCount - 1} more places that cannot be read` : '';
  return `${file}: ${problem}${more}\n`;
}

function keptReport({ part, connections, packets }: FoundSlice, copy: SliceCopy, out: string): string {
  const kept = `${part.serials.size} of ${connections} connections, ${copy.packets} of ${packets} packets`;
  return `kept ${kept}: ${byteCount(copy.bytes)} in ${out === '-' ? 'stdout' : out}\n`;
}

function nothingReport(file: string, found: FoundSlice, options: SliceOptions): string {
  const { connections, beganAt, endedAt } = found;
  if (connections === 0) return `there are no connections in ${file}`;
  const said = (['connection', 'host', 'protocol', 'filter', 'from', 'to'] as const).flatMap((option) =>
    [options[option] ?? []].flat().map((value) => `--${option} ${value}`),
  );
  const span = `${localTime(beganAt)} to ${localTime(endedAt)}`;
  return `none of the ${connections} connections in ${file}, which is of ${span}, is meant by ${said.join(' ')}`;
}

function localTime(at: bigint): string {
  const time = new Date(Number(at / 1_000_000n));
  if (Number.isNaN(time.getTime())) return `${at} ns`; // a capture may say anything
  const shifted = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 23).replace('T', ' ');
}
