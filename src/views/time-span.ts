const UNITS = [
  { name: 'ms', nanoseconds: 1e6 },
  { name: 's', nanoseconds: 1e9 },
  { name: 'min', nanoseconds: 60e9 },
  { name: 'h', nanoseconds: 3600e9 },
] as const;

/** A span of time, given in nanoseconds, with two or three digits: `12ms`, `1.0s`, `24.9s`, `3.5min`, `2.0h`. */
export function timeSpan(nanoseconds: number): string {
  const unit = UNITS.findLast((one) => nanoseconds >= one.nanoseconds * 0.9995) ?? UNITS[0];
  const value = nanoseconds / unit.nanoseconds;
  return `${value < 99.95 && unit.name !== 'ms' ? value.toFixed(1) : Math.round(value)}${unit.name}`;
}
