/** A request and its answer in time, all in nanoseconds. */
export interface Beat {
  readonly openedAt: number;
  /** Undefined while it is open. */
  readonly closedAt: number | undefined;
  /** How long the answer was held back; undefined while it is open, where it was an error or was cut off. */
  readonly hold: number | undefined;
  /** Whether it asked for, or was answered with, what a page is made of: HTML, a style sheet, a script, an image. */
  readonly isPagePart: boolean;
  /** Stands for what it asked for with the values of its query that may be the same in the next, or not. */
  readonly loose: number;
}

const MILLISECOND = 1_000_000;
const SECOND = 1000 * MILLISECOND;

/** Answers held for this long are long polling's. Servers that are only slow mostly answer sooner. */
export const LONG_HOLD = 500 * MILLISECOND;

/** The next long poll follows within this time of the answer, or within a tenth of the hold. */
const PROMPT = 250 * MILLISECOND;

/** A program that asks again within this time did not wait for a timer. */
const AT_ONCE = 50 * MILLISECOND;

/** Shorter intervals are bursts. */
const SHORTEST_CADENCE = 100 * MILLISECOND;

/** An interval of an even cadence is a quarter shorter than it at most; a burst needs no closer look. */
const SHORTEST_GAP = 0.75 * SHORTEST_CADENCE;

/** What timers do, however exact they are meant to be. */
const TIMER_NOISE = 25 * MILLISECOND;

/** The most beats a rule looks at. */
export const MAX_BEATS = 6;

/** How even intervals have to be: each is within `share` of their median, and within `most`. */
interface Evenness {
  readonly share: number;
  readonly most: number;
}

type Beats = readonly Beat[];

/**
 * The first rule that the last `count` beats keep makes a series of them. A person who reloads a page is told from a
 * timer by evenness alone: ten seconds, give or take one, three times in a row, is rare among people; the parts of a page,
 * which come back all together at each reload, take five intervals that differ by a twentieth at most. Programs that
 * walk through pages or download ask as soon as they have the answer, which is what long polling does too: it is told from
 * them by how long the answers were held, and with a value that is new in each request (a cursor of a slow list) by more of them.
 */
const RULES: readonly { readonly count: number; readonly keeps: (beats: Beats) => boolean }[] = [
  { count: 3, keeps: (beats) => !isDoubtful(beats) && isPrompt(beats) && shortestHold(beats) >= LONG_HOLD },
  { count: 4, keeps: (beats) => !hasPagePart(beats) && isRegular(beats, { share: 0.1, most: SECOND }) },
  { count: 6, keeps: (beats) => isPrompt(beats) && meanHold(beats) >= LONG_HOLD },
  { count: 6, keeps: (beats) => !hasPagePart(beats) && isRegular(beats, { share: 0.25, most: 5 * SECOND }) },
  { count: 6, keeps: (beats) => isRegular(beats, { share: 0.05, most: SECOND / 2 }) },
];

/** How many of the last `beats` are polls of one series; 0 where they are none. */
export function beatsInRhythm(beats: Beats): number {
  const last = beats.length - 1;
  if (last < 2 || beats[last]!.openedAt - beats[last - 1]!.openedAt < SHORTEST_GAP) return 0;
  for (const { count, keeps } of RULES) {
    if (beats.length >= count && keeps(beats.slice(-count))) return count;
  }
  return 0;
}

function hasPagePart(beats: Beats): boolean {
  return beats.some(({ isPagePart }) => isPagePart);
}

/** Slow pages and slow lists are asked for like long polls. */
function isDoubtful(beats: Beats): boolean {
  return hasPagePart(beats) || new Set(beats.map(({ loose }) => loose)).size === beats.length;
}

/** All but the last were held and whole, and the next request followed each soon. */
function isPrompt(beats: Beats): boolean {
  return pauses(beats).every((pause, index) => {
    const hold = beats[index]!.hold;
    return hold !== undefined && pause >= 0 && pause <= Math.max(PROMPT, hold / 10);
  });
}

function shortestHold(beats: Beats): number {
  return Math.min(...holds(beats));
}

function meanHold(beats: Beats): number {
  return holds(beats).reduce((sum, hold) => sum + hold, 0) / (beats.length - 1);
}

/** Of all but the last, which is open. */
function holds(beats: Beats): number[] {
  return beats.slice(0, -1).map(({ hold }) => hold ?? 0);
}

/** By the clock: from start to start, or from an answer to the next request. Not so what asks again at once. */
function isRegular(beats: Beats, evenness: Evenness): boolean {
  const waits = pauses(beats);
  if (waits.every((wait) => wait >= 0 && wait <= AT_ONCE)) return false;
  const isOverlapping = waits.some((wait) => wait < 0);
  if (isOverlapping && beats.some(({ loose }) => loose !== beats[0]!.loose)) return false;
  return isEven(gaps(beats), evenness) || (!isOverlapping && isEven(waits, evenness));
}

function gaps(beats: Beats): number[] {
  return beats.slice(1).map(({ openedAt }, index) => openedAt - beats[index]!.openedAt);
}

/** From each answer to the next request; below 0 where that came first. */
function pauses(beats: Beats): number[] {
  return beats.slice(1).map(({ openedAt }, index) => openedAt - (beats[index]!.closedAt ?? Infinity));
}

function isEven(intervals: readonly number[], { share, most }: Evenness): boolean {
  const middle = median(intervals);
  if (middle < SHORTEST_CADENCE) return false;
  const tolerance = Math.min(Math.max(middle * share, TIMER_NOISE), most);
  return intervals.every((interval) => Math.abs(interval - middle) <= tolerance);
}

/** The middle one, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
