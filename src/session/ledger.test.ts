import { describe, expect, test } from 'vitest';
import { addWeight, bothWays, emptyLedger, emptyWeight, gross, overhead, overheadRatio } from './ledger.ts';

const weight = { head: 100, framing: 20, control: 3, payload: 400, undecoded: 5000, tls: 60_000 };

test('gross is all classes together, overhead what only wraps', () => {
  expect(gross(weight)).toBe(65_523);
  expect(overhead(weight)).toBe(60_123);
});

describe('the overhead ratio is a share of what was understood', () => {
  test.each([
    { name: 'some of each', of: { head: 30, payload: 10, undecoded: 1000 }, ratio: 0.75 },
    { name: 'nothing but payload', of: { payload: 1 }, ratio: 0 },
    { name: 'nothing but TLS', of: { tls: 1 }, ratio: 1 },
    { name: 'nothing understood', of: { undecoded: 9 }, ratio: undefined },
    { name: 'nothing', of: {}, ratio: undefined },
  ])('$name', ({ of, ratio }) => {
    expect(overheadRatio({ ...emptyWeight(), ...of })).toBe(ratio);
  });
});

test('adds class by class, and both directions', () => {
  const total = emptyWeight();
  addWeight(total, weight);
  addWeight(total, weight);
  expect(total).toEqual({
    head: 200,
    framing: 40,
    control: 6,
    payload: 800,
    undecoded: 10_000,
    tls: 120_000,
  });
  expect(bothWays({ client: weight, server: weight })).toEqual(total);
  expect(bothWays(emptyLedger())).toEqual(emptyWeight());
});
