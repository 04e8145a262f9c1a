import { UsageError } from './usage-error.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `30s`, `5m`, `1.5h`, `500ms`; a bare number is seconds. */
export function milliseconds(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  const duration = match && Number(match[1]) * (UNITS[match[2] ?? 's'] ?? 0);
  if (!duration || duration > 2 ** 31 - 1) {
    throw new UsageError(`--${option} ${text}: not a time; write for example 30s, 5m or 500ms`);
  }
  return duration;
}
