import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

/** Marks each of 1,000 units, `msOf` apart. */
function paced(msOf: (unit: number) => number): Pace {
  const pace = new Pace(1_000, 500);
  let at = 500;
  for (let unit = 1; unit <= 1_000; unit++) {
    at += msOf(unit);
    pace.mark(unit, at);
  }
  return pace;
}

test.each([
  { name: 'steady', msOf: () => 2, tenths: { first: 500, last: 500 } },
  {
    name: 'slower in the end',
    msOf: (unit: number) => (unit > 900 ? 4 : 2),
    tenths: { first: 500, last: 250 },
  },
  {
    name: 'one long pause in the end',
    msOf: (unit: number) => (unit === 950 ? 99 : 2),
    tenths: { first: 500, last: 500 },
  },
])('$name', ({ msOf, tenths }) => {
  expect(paced(msOf).tenths()).toEqual(tenths);
});

test('units that come in lumps count by what came', () => {
  const pace = new Pace(1_000, 0);
  for (let units = 30; units <= 990; units += 30) pace.mark(units, units * 2);
  pace.mark(1_000, 2_000);
  expect(pace.tenths()).toEqual({ first: 500, last: 500 });
});
