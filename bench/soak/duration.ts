const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `30s`, `10m` or `8h`; throws an Error that says what is wrong with the text. */
export function milliseconds(text: string): number {
  const match = /^(\d+)([smh])$/.exec(text);
  const duration = match && Number(match[1]) * UNITS[match[2]!]!;
  if (!duration) throw new Error(`--for ${text}: not a time; write for example 30s, 10m or 8h`);
  return duration;
}
