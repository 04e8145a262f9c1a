/** A moment as HAR writes it: ISO 8601, with microseconds. `at` is nanoseconds since the Unix epoch. */
export function isoMoment(at: bigint): string {
  const microseconds = at / 1000n;
  const rest = ((microseconds % 1000n) + 1000n) % 1000n;
  const milliseconds = Number((microseconds - rest) / 1000n);
  return new Date(milliseconds).toISOString().replace('Z', `${String(rest).padStart(3, '0')}Z`);
}

/** The same as seconds since the Unix epoch, to the microsecond, as messages have it. */
export function secondsMoment(at: bigint): number {
  return Number(at / 1000n) / 1e6;
}

const ISO = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d{1,9})\d*)?(Z|[+-]\d\d:?\d\d)?$/i;

/** What clocks tell: from 1970 until 2200. */
const LAST_MILLISECOND = Date.UTC(2200, 0);

/** Nanoseconds since the Unix epoch of a startedDateTime; undefined where it is none. */
export function readMoment(text: string): bigint | undefined {
  const iso = ISO.exec(text);
  const milliseconds = Date.parse(iso ? `${iso[1]}${iso[3] ?? 'Z'}` : text);
  if (!isPlausible(milliseconds)) return undefined;
  return BigInt(milliseconds) * 1_000_000n + BigInt((iso?.[2] ?? '').padEnd(9, '0'));
}

/**
 * Nanoseconds since the Unix epoch of a message's time, which is in seconds; some tools write milliseconds or microseconds.
 * Undefined where it is none of them.
 */
export function readSeconds(time: number): bigint | undefined {
  const milliseconds = time > 1e14 ? time / 1e3 : time > 1e11 ? time : time * 1e3;
  return isPlausible(milliseconds) ? BigInt(Math.round(milliseconds * 1e3)) * 1000n : undefined;
}

function isPlausible(milliseconds: number): boolean {
  return milliseconds >= 0 && milliseconds < LAST_MILLISECOND;
}
