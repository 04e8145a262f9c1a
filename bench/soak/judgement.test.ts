import { expect, test } from 'vitest';
import { descriptorsVerdict, endingVerdict, trendVerdicts } from './judgement.ts';
import type { Sample } from './sample.ts';

const BOUNDS = { rss: 1e9, growth: 1.15, pace: 0.9, judgedFrom: 8_000 };

interface Trend {
  readonly rss?: (second: number) => number;
  readonly units?: (second: number) => number;
}

function run(seconds: number, { rss = () => 200e6, units = (second) => second * 100 }: Trend): Sample[] {
  return Array.from({ length: seconds + 1 }, (_, second) => ({
    at: second * 1000,
    rss: rss(second),
    descriptors: 20,
    units: new Map([['echo', units(second)]]),
  }));
}

const slower = (second: number) => (second < 6 ? second * 100 : 600 + (second - 6) * 80);

test.each<{ name: string; samples: Sample[]; failed: string[]; unjudged?: number }>([
  { name: 'steady', samples: run(8, {}), failed: [] },
  {
    name: 'memory that grows by a seventh',
    samples: run(8, { rss: (second) => (second < 6 ? 200e6 : 228e6) }),
    failed: [],
  },
  {
    name: 'memory that grows by a fifth',
    samples: run(8, { rss: (second) => (second < 6 ? 200e6 : 240e6) }),
    failed: [
      'memory: flat, the last quarter at most 1.15 x the second; 1.20 x, 200 MB in the second, 240 MB in the last',
    ],
  },
  {
    name: 'too much memory once',
    samples: run(8, { rss: (second) => (second === 1 ? 1.1e9 : 200e6) }),
    failed: ['memory: at most 1,000 MB resident; 1,100 MB'],
  },
  {
    name: 'a last quarter that is slower',
    samples: run(8, { units: slower }),
    failed: ['throughput: the last quarter at least 0.9 x the second; 0.80 x, the median of all kinds'],
  },
  {
    name: 'a kind that stands still',
    samples: run(8, { units: (second) => Math.min(second, 4) }),
    failed: [
      'throughput: the last quarter at least 0.9 x the second; 0.00 x, the median of all kinds',
      'echo: nothing arrived in the last half',
    ],
  },
  { name: 'slower, in a short run', samples: run(7, { units: slower }), failed: [], unjudged: 1 },
])('$name', ({ samples, failed, unjudged = 0 }) => {
  const verdicts = trendVerdicts(samples, BOUNDS);
  expect(verdicts.filter(({ isWell }) => isWell === false).map(({ words }) => words)).toEqual(failed);
  expect(verdicts.filter(({ isWell }) => isWell === undefined)).toHaveLength(unjudged);
});

test.each([
  { after: 20, isWell: true },
  { after: 19, isWell: true },
  { after: 21, isWell: false },
])('$after descriptors of 20', ({ after, isWell }) => {
  expect(descriptorsVerdict(20, after, 10).isWell).toBe(isWell);
});

const BALANCED = 'audit: every byte of 7 connections is accounted for\n';

test.each([
  { name: 'well', how: 0, output: `all 1 2 3\n${BALANCED}`, isWell: true },
  { name: 'by another exit code', how: 13, output: BALANCED, isWell: false },
  { name: 'by a signal', how: 'SIGKILL' as const, output: '', isWell: false },
  { name: 'without an audit', how: 0, output: 'all 1 2 3\n', isWell: false },
  { name: 'unbalanced', how: 3, output: 'audit: 2 sums do not balance\n', isWell: false },
])('an end: $name', ({ how, output, isWell }) => {
  expect(endingVerdict({ how, output }).isWell).toBe(isWell);
});
