import { UsageError } from './usage-error.ts';

/** A moment that an option names, which may need to know when a capture began; both in nanoseconds since the Unix epoch. */
export interface Moment {
  readonly at: (beganAt: bigint) => bigint;
  /** The last nanosecond that is meant: of a time that is given to the millisecond, as views show it, that is the millisecond's last. */
  readonly endsAt: (beganAt: bigint) => bigint;
}

const MILLISECOND = 1_000_000n;
const HALF_A_DAY = 12n * 3_600_000n * MILLISECOND;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

const DURATION = /^\+?(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h)?$/;
const NANOSECONDS = /^\d{19}$/;
const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,9}))?)?$/;
const DATE = /^(\d{4}-\d\d-\d\d)(?:[T ]([\d:.,]+?)(Z|[+-]\d\d:?\d\d)?)?$/i;

/**
 * Reads a time that was given for `--option`: since the beginning of the capture (`+12s`, or `12` for seconds), of the day
 * (`14:03:05.250`), of a date (ISO 8601), or as views write `at` (nanoseconds since the Unix epoch). Local time, where no zone
 * is given. Throws a UsageError.
 */
export function moment(text: string, option: string): Moment {
  const read = readDuration(text) ?? readNanoseconds(text) ?? readClock(text) ?? readDate(text);
  if (read) return read;
  const examples = '+12s (since the recording began), 14:03:05, or 2025-11-22T14:03:05Z';
  throw new UsageError(`--${option} ${text}: not a time; write for example ${examples}`);
}

function readDuration(text: string): Moment | undefined {
  const match = DURATION.exec(text);
  if (!match) return undefined;
  const after = BigInt(Math.round(Number(match[1]) * UNITS[match[2] ?? 's']! * 1e3)) * 1_000n;
  return toTheMillisecond((beganAt) => beganAt + after);
}

function readNanoseconds(text: string): Moment | undefined {
  if (!NANOSECONDS.test(text)) return undefined;
  const at = () => BigInt(text);
  return { at, endsAt: at };
}

function readClock(text: string): Moment | undefined {
  const clock = clockOf(text);
  return clock && momentOf(clock.fraction, (beganAt) => clockAfter(beganAt, clock));
}

function readDate(text: string): Moment | undefined {
  const [, date, time = '00:00', zone = ''] = DATE.exec(text) ?? [];
  const clock = clockOf(time);
  if (date === undefined || !clock) return undefined;
  const [hours, minutes, seconds] = [clock.hours, clock.minutes, clock.seconds].map(twoDigits);
  const milliseconds = Date.parse(`${date}T${hours}:${minutes}:${seconds}${zone.toUpperCase()}`);
  if (Number.isNaN(milliseconds)) return undefined;
  return momentOf(clock.fraction, () => BigInt(milliseconds) * MILLISECOND + nanosecondsOf(clock));
}

interface Clock {
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  /** Digits behind the point. */
  readonly fraction: string;
}

function clockOf(text: string): Clock | undefined {
  const match = CLOCK.exec(text);
  if (!match) return undefined;
  const [hours = 0, minutes = 0, seconds = 0] = match.slice(1, 4).map((part) => Number(part ?? 0));
  return { hours, minutes, seconds, fraction: match[4] ?? '' };
}

/** On the day of the capture's beginning; on the next one where it would be half a day or more before that. */
function clockAfter(beganAt: bigint, clock: Clock): bigint {
  const day = new Date(Number(beganAt / MILLISECOND));
  const on = (date: number) => {
    const { hours, minutes, seconds } = clock;
    const time = new Date(day.getFullYear(), day.getMonth(), date, hours, minutes, seconds);
    const milliseconds = time.getTime();
    if (Number.isNaN(milliseconds)) return beganAt; // a capture may say that it is of any year
    return BigInt(milliseconds) * MILLISECOND + nanosecondsOf(clock);
  };
  const sameDay = on(day.getDate());
  return sameDay <= beganAt - HALF_A_DAY ? on(day.getDate() + 1) : sameDay;
}

function momentOf(fraction: string, at: Moment['at']): Moment {
  return fraction.length > 3 ? { at, endsAt: at } : toTheMillisecond(at);
}

function toTheMillisecond(at: Moment['at']): Moment {
  return { at, endsAt: (beganAt) => at(beganAt) + MILLISECOND - 1n };
}

function nanosecondsOf({ fraction }: Clock): bigint {
  return BigInt(fraction.padEnd(9, '0'));
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
