import { spreadOf } from '../spread.ts';

/** What was seen at one moment. */
export interface Sample {
  /** Milliseconds since the clients began. */
  readonly at: number;
  /** Resident memory of tare in bytes. */
  readonly rss: number;
  readonly descriptors: number;
  /** Units that have arrived since the clients began, by strand. */
  readonly units: ReadonlyMap<string, number>;
}

/** A part of a run, from its first sample through its last. */
export type Stretch = readonly Sample[];

/** The second or the last quarter of a run. */
export function quarter(samples: Stretch, which: 'second' | 'last'): Stretch {
  return which === 'second' ? part(samples, 0.25, 0.5) : part(samples, 0.75, 1);
}

/** The samples between two points in time, given as shares of all of it. */
export function part(samples: Stretch, from: number, to: number): Stretch {
  const end = samples.at(-1)?.at ?? 0;
  return samples.filter(({ at }) => at >= end * from && at <= end * to);
}

/** Of the memory of all samples. */
export function meanRss(stretch: Stretch): number {
  return stretch.reduce((sum, { rss }) => sum + rss, 0) / stretch.length;
}

/** Units of a strand a second, between the first and the last sample; 0 of fewer than two. */
export function rate(stretch: Stretch, strand: string): number {
  const [first, last] = [stretch[0], stretch.at(-1)];
  if (!first || !last || first === last) return 0;
  return ((last.units.get(strand)! - first.units.get(strand)!) / (last.at - first.at)) * 1000;
}

/**
 * How many times as fast everything was later as earlier: the median over the strands, each of which counts the same.
 * 0 where nothing was measured.
 */
export function pace(earlier: Stretch, later: Stretch): number {
  const ratios = strandsOf(later).map((strand) => rate(later, strand) / rate(earlier, strand));
  return spreadOf(ratios.filter(Number.isFinite))?.median ?? 0;
}

export function strandsOf(stretch: Stretch): string[] {
  return [...(stretch[0]?.units.keys() ?? [])];
}
