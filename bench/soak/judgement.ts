import type { Ending } from '../subjects/launch.ts';
import { megabytes, type Verdict } from '../verdict.ts';
import { meanRss, pace, part, quarter, rate, type Stretch, strandsOf } from './sample.ts';

/** Bounds of a soak. */
export interface Bounds {
  /** Bytes of resident memory, at any time. */
  readonly rss: number;
  /** The last quarter's memory beside the second's. */
  readonly growth: number;
  /** The last quarter's throughput beside the second's. */
  readonly pace: number;
  /** Milliseconds that a run must last before growth and pace are judged: until then all is still warming up. */
  readonly judgedFrom: number;
}

export const BOUNDS: Bounds = { rss: 1e9, growth: 1.15, pace: 0.9, judgedFrom: 120_000 };

/** Memory and throughput over the run. */
export function trendVerdicts(samples: Stretch, bounds: Bounds): Verdict[] {
  const [second, last] = [quarter(samples, 'second'), quarter(samples, 'last')];
  const isLong = samples.at(-1)!.at >= bounds.judgedFrom;
  return [
    peakVerdict(samples, bounds.rss),
    ...(isLong
      ? [growthVerdict(second, last, bounds.growth), paceVerdict(second, last, bounds.pace)]
      : [tooShort(bounds)]),
    ...stalled(part(samples, 0.5, 1)),
  ];
}

function tooShort({ judgedFrom }: Bounds): Verdict {
  return {
    words: `memory and throughput over time: for runs from ${judgedFrom / 60_000} min on`,
    isWell: undefined,
  };
}

function peakVerdict(samples: Stretch, limit: number): Verdict {
  const peak = Math.max(...samples.map(({ rss }) => rss));
  return { words: `memory: at most ${megabytes(limit)} resident; ${megabytes(peak)}`, isWell: peak <= limit };
}

function growthVerdict(second: Stretch, last: Stretch, limit: number): Verdict {
  const [before, after] = [meanRss(second), meanRss(last)];
  const growth = after / before;
  const found = `${megabytes(before)} in the second, ${megabytes(after)} in the last`;
  return {
    words: `memory: flat, the last quarter at most ${limit} x the second; ${growth.toFixed(2)} x, ${found}`,
    isWell: growth <= limit,
  };
}

function paceVerdict(second: Stretch, last: Stretch, limit: number): Verdict {
  const found = pace(second, last);
  const words = `throughput: the last quarter at least ${limit} x the second; ${found.toFixed(2)} x, the median of all kinds`;
  return { words, isWell: found >= limit };
}

/** Kinds of traffic that stood still in a stretch. */
function stalled(stretch: Stretch): Verdict[] {
  return strandsOf(stretch)
    .filter((strand) => rate(stretch, strand) === 0)
    .map((strand) => ({ words: `${strand}: nothing arrived in the last half`, isWell: false }));
}

/** Descriptors once all clients were gone. */
export function descriptorsVerdict(before: number, after: number, seconds: number): Verdict {
  const found = after <= before ? 'they are' : `${after - before} are left`;
  return {
    words: `descriptors: back at ${before} within ${seconds} s of the last client's end; ${found}`,
    isWell: after <= before,
  };
}

/** How tare ended on Ctrl-C, its audit included. */
export function endingVerdict({ how, output }: Ending): Verdict {
  const audit = /^audit: .*$/m.exec(output)?.[0] ?? 'no audit was told';
  const isWell = how === 0 && audit.startsWith('audit: every byte');
  return {
    words: `end: exit code 0 and a balanced audit; ${how}, ${audit}${isWell ? '' : `\n${output}`}`,
    isWell,
  };
}
