const UNITS = ['k', 'M', 'G', 'T', 'P'];

/** Bytes in at most five characters: `0`, `987`, `1.2k`, `34M`. */
export function byteCount(bytes: number): string {
  if (bytes < 999.5) return String(Math.round(bytes));
  let value = bytes;
  let unit = -1;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)}${UNITS[unit]}`;
}

/** A ratio of 0 to 1 as a percentage, without decimals from 10 % on; '-' where there is none. */
export function percentage(ratio: number | undefined): string {
  if (ratio === undefined) return '-';
  const percent = ratio * 100;
  return `${percent > 0 && percent < 9.95 ? percent.toFixed(1) : Math.round(percent)}%`;
}
