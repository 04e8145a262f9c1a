import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from '../markdown-table.ts';
import { type Spread, spreadOf } from '../spread.ts';
import type { Site } from '../subjects/command.ts';
import { megabytes } from '../verdict.ts';
import type { CaptureCase } from './cases.ts';
import type { CaptureBenchOptions } from './options.ts';
import { type Found, type Reading, readingOf } from './reader-process.ts';
import { recorded } from './samples.ts';
import { writeRepeated } from './stretch.ts';

const HEADINGS = [
  'capture',
  'size',
  'packets',
  'messages',
  'MB/s (min..max)',
  'MB a CPU second (min..max)',
  'aim',
  'met',
  'peak RSS',
  'aim',
  'met',
];
/** MB of capture a second, decoding included. */
const SPEED = 150;
const SAMPLE_BYTES = 16e6;

/** How fast captures are read and what memory that takes, as a Markdown table. Throws where not all that is in them was found. */
export async function readingTable(
  site: Site,
  folder: string,
  { rounds, size, captures }: CaptureBenchOptions,
): Promise<string> {
  const rows: string[][] = [];
  for (const wanted of captures) {
    console.error(`reading ${wanted.name} ...`);
    rows.push(await row(wanted, { site, folder, size }, rounds));
  }
  return markdownTable(HEADINGS, rows);
}

interface Place {
  readonly site: Site;
  readonly folder: string;
  readonly size: number;
}

async function row(
  { name, talk, stretch, memory }: CaptureCase,
  place: Place,
  rounds: number,
): Promise<string[]> {
  const path = join(place.folder, name);
  const share = Math.min(1, place.size / SAMPLE_BYTES);
  const sample = stretch(await recorded(talk, place.site, share));
  const times = Math.ceil(place.size / sample.packets.length);
  writeRepeated(path, sample, 1);
  const { found: foundOnce } = await readingOf(path);
  writeRepeated(path, sample, times);
  const { size } = statSync(path);
  const readings: Reading[] = [];
  for (let round = 0; round < rounds; round++) readings.push(await readingOf(path));
  rmSync(path);
  for (const { found } of readings) refuseUnlessAll(name, found, foundOnce, times);
  const peak = Math.max(...readings.map(({ toll }) => toll.peakRss));
  const speed = spreadOf(readings.map(({ toll }) => size / 1e3 / toll.milliseconds))!;
  const speedOfCpu = spreadOf(readings.map(({ toll }) => size / toll.cpu))!;
  return [
    name,
    megabytes(size),
    (sample.stamps.length * times).toLocaleString('en'),
    readings[0]!.found.messages.toLocaleString('en'),
    speedCell(speed),
    speedCell(speedOfCpu),
    `${SPEED} MB/s`,
    speed.median >= SPEED ? 'yes' : 'no',
    megabytes(peak),
    megabytes(memory),
    peak <= memory ? 'yes' : 'no',
  ];
}

/** What is there so many times must be found so many times. */
function refuseUnlessAll(name: string, found: Found, once: Found, times: number): void {
  const isWhole =
    found.connections === once.connections * times &&
    found.exchanges === once.exchanges * times &&
    found.messages === once.messages * times;
  if (isWhole && once.messages > 0) return;
  throw new Error(
    `${name}: found ${JSON.stringify(found)} in what is ${times} times a capture of ${JSON.stringify(once)}`,
  );
}

function speedCell({ median, least, most }: Spread): string {
  return `${median.toFixed(0)} (${least.toFixed(0)}..${most.toFixed(0)})`;
}
