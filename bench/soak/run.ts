import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openedSite } from '../site.ts';
import { commandOf } from '../subjects/command.ts';
import { type Launched, launchNode } from '../subjects/launch.ts';
import { vitalsOf } from '../subjects/vitals.ts';
import { isFailed, type Verdict, verdictLines } from '../verdict.ts';
import { Crowd } from './crowd.ts';
import { milliseconds } from './duration.ts';
import { BOUNDS, descriptorsVerdict, endingVerdict, trendVerdicts } from './judgement.ts';
import { progressLine, strandTable } from './report.ts';
import type { Sample } from './sample.ts';
import { STRANDS } from './strands/all.ts';

const SAMPLE_MS = 5_000;
/** Of a short run, so that its quarters have samples too. */
const LEAST_SAMPLES = 20;
const SETTLE_LIMIT_MS = 10_000;
/** For the audit of all that came. */
const STOP_LIMIT_MS = 60_000;

/** All kinds of traffic at once through one tare, for long: docs/benchmarks.md tells what must hold. */
async function main(): Promise<void> {
  const duration = durationOrExit();
  const site = await openedSite(false);
  const tare = await launchNode([...commandOf('tare', site), '--audit'], site.folder, false);
  const pid = tare.child.pid!;
  const before = vitalsOf(pid).descriptors;
  const crowd = new Crowd(STRANDS, tare.port, site.origin);
  const samples = await sampled(tare, crowd, duration);
  crowd.kill();
  const after = await settledDescriptors(pid, before);
  const ending = await tare.stop(STOP_LIMIT_MS);

  const { failures } = crowd;
  if (failures.length === 0) console.log(strandTable(STRANDS, samples));
  finish([
    ...(failures.length === 0 ? trendVerdicts(samples, BOUNDS) : []),
    descriptorsVerdict(before, after, SETTLE_LIMIT_MS / 1000),
    endingVerdict(ending),
    ...failures.map((words) => ({ words, isWell: false })),
  ]);
}

function durationOrExit(): number {
  try {
    if (process.platform !== 'linux') throw new Error('memory is read from /proc, which only Linux has');
    const { values } = parseArgs({ options: { for: { type: 'string', default: '10m' } } });
    return milliseconds(values.for);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

/** Samples until the time is over; ends the process when tare ended before, which leaves nothing to judge. */
async function sampled(tare: Launched, crowd: Crowd, duration: number): Promise<Sample[]> {
  tare.ended.then(({ how, output }) => {
    if (samples.at(-1)!.at < duration)
      finish([{ words: `tare ended with ${how}:\n${output}`, isWell: false }]);
  });
  const interval = Math.min(SAMPLE_MS, duration / LEAST_SAMPLES);
  const begun = performance.now();
  const take = (): Sample => {
    const { rss, descriptors } = vitalsOf(tare.child.pid!);
    return { at: performance.now() - begun, rss, descriptors, units: new Map(crowd.units) };
  };
  const samples = [take()];
  while (samples.at(-1)!.at < duration && crowd.failures.length === 0) {
    await pause(interval);
    samples.push(take());
    console.error(progressLine(samples, crowd.connections));
  }
  return samples;
}

/** Once they are as few as at the start, or the time for that is over. */
async function settledDescriptors(pid: number, start: number): Promise<number> {
  const begun = performance.now();
  let { descriptors } = vitalsOf(pid);
  while (descriptors > start && performance.now() - begun < SETTLE_LIMIT_MS) {
    await pause(100);
    ({ descriptors } = vitalsOf(pid));
  }
  return descriptors;
}

function finish(verdicts: readonly Verdict[]): never {
  process.stdout.write(verdictLines(verdicts));
  process.exit(verdicts.some(isFailed) ? 1 : 0);
}

await main();
