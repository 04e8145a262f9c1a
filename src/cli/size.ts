import { UsageError } from './usage-error.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** Bytes of `64M`, `1.5G`, `512k`, in powers of 1024; a bare number is bytes. At least `minimum`, which is in such words. */
export function byteSize(text: string, option: string, minimum: string): number {
  const size = sizeOf(text);
  if (size === undefined)
    throw new UsageError(`--${option} ${text}: not a size; write for example 64M or 1G`);
  if (size < (sizeOf(minimum) ?? 0)) {
    throw new UsageError(`--${option} ${text}: too little; write ${minimum} or more, for example 64M`);
  }
  return size;
}

function sizeOf(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([kmgt]?)(?:i?b)?$/i.exec(text);
  const size = match && Math.floor(Number(match[1]) * UNITS[match[2]!.toLowerCase()]!);
  return size !== null && Number.isSafeInteger(size) ? size : undefined;
}
