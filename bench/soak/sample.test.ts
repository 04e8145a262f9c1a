import { expect, test } from 'vitest';
import { meanRss, pace, quarter, rate, type Sample } from './sample.ts';

/** A sample a second; `unitsAt` tells what each strand has had by then. */
function run(seconds: number, unitsAt: (second: number) => Readonly<Record<string, number>>): Sample[] {
  return Array.from({ length: seconds + 1 }, (_, second) => ({
    at: second * 1000,
    rss: second * 10,
    descriptors: 20,
    units: new Map(Object.entries(unitsAt(second))),
  }));
}

test('a quarter has the samples from its beginning through its end', () => {
  const samples = run(8, () => ({}));
  expect(quarter(samples, 'second').map(({ at }) => at)).toEqual([2000, 3000, 4000]);
  expect(quarter(samples, 'last').map(({ at }) => at)).toEqual([6000, 7000, 8000]);
});

test('memory is the mean of all samples', () => {
  expect(meanRss(run(4, () => ({})))).toBe(20);
});

test('a rate is what came between the first sample and the last, a second', () => {
  const samples = run(4, (second) => ({ echo: second * second }));
  expect(rate(samples, 'echo')).toBe(4);
  expect(rate(samples.slice(0, 1), 'echo')).toBe(0);
});

test('of the pace one strand decides as much as another, and one that had stood still nothing', () => {
  const samples = run(8, (second) => ({
    flood: second * 1_000_000,
    echo: second <= 4 ? second * 10 : 40 + (second - 4) * 5,
    late: second <= 4 ? 0 : second,
    https: second <= 4 ? second * 10 : 40 + (second - 4) * 8,
  }));
  expect(pace(quarter(samples, 'second'), quarter(samples, 'last'))).toBe(0.8);
});
