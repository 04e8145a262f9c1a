/** What a value like `>1k`, `10..20` or `3,7` says of a number; undefined where it cannot be read. */
export type AmountTest = (amount: number) => boolean;

/** Reads one amount with its unit; undefined where it is none. */
type Unit = (text: string) => number | undefined;

const COMPARISON = /^(>=|<=|>|<)(.+)$/;
const RANGE = /^(.*?)\.\.(.*)$/;

/** `>x`, `>=x`, `<x`, `<=x`, `a..b` (both included; one may be left out), `x`, or several with commas between. */
export function amountTest(text: string, unit: Unit): AmountTest | undefined {
  const tests = text.split(',').map((part) => oneTest(part, unit));
  if (tests.some((test) => test === undefined)) return undefined;
  return (amount) => tests.some((test) => test!(amount));
}

function oneTest(text: string, unit: Unit): AmountTest | undefined {
  const [, sign, behind] = COMPARISON.exec(text) ?? [];
  if (sign !== undefined) return comparison(sign, unit(behind!));
  const [, first, last] = RANGE.exec(text) ?? [];
  if (first !== undefined && last !== undefined) return range(first, last, unit);
  const amount = unit(text);
  return amount === undefined ? undefined : (other) => other === amount;
}

function comparison(sign: string, bound: number | undefined): AmountTest | undefined {
  if (bound === undefined) return undefined;
  if (sign === '>') return (amount) => amount > bound;
  if (sign === '>=') return (amount) => amount >= bound;
  if (sign === '<') return (amount) => amount < bound;
  return (amount) => amount <= bound;
}

function range(first: string, last: string, unit: Unit): AmountTest | undefined {
  const from = first === '' ? Number.NEGATIVE_INFINITY : unit(first);
  const to = last === '' ? Number.POSITIVE_INFINITY : unit(last);
  if (from === undefined || to === undefined || from > to || first + last === '') return undefined;
  return (amount) => amount >= from && amount <= to;
}

const SIZES: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
};

/** Bytes: `120`, `1.5k`, `2M`, in powers of 1000 as the lists show them; `4Ki` in powers of 1024. */
export function bytes(text: string): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,9})?)([kmg]?i?)b?$/i.exec(text);
  const unit = match && SIZES[match[2]!.toLowerCase()];
  return match && unit ? Number(match[1]) * unit : undefined;
}

/** A share, 0 to 1, of `50%` or `0.5`. */
export function share(text: string): number | undefined {
  const match = /^(\d{1,3}(?:\.\d{1,9})?)(%?)$/.exec(text);
  const value = Number(match?.[1]) / (match?.[2] ? 100 : 1);
  return match && value <= 1 ? value : undefined;
}

const TIMES: Readonly<Record<string, number>> = { us: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** Nanoseconds of `200ms`, `1.5s`, `5m`; a bare number is seconds. */
export function nanoseconds(text: string): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,9})?)(us|ms|s|m|h)?$/.exec(text);
  return match ? Number(match[1]) * TIMES[match[2] ?? 's']! : undefined;
}

export function wholeNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
