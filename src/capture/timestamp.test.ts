import fc from 'fast-check';
import { expect, test } from 'vitest';
import { highHalf, InterfaceClock, joined, lowHalf, nanosecondsOf } from './timestamp.ts';

const long = fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0, 1, 0x80000000, 0xffffffff));

function of(high: number, low: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

test('a number is made of its halves and taken apart again', () => {
  fc.assert(
    fc.property(long, long, (high, low) => {
      const number = joined(high, low);
      expect(number).toBe(of(high, low));
      expect([highHalf(number), lowHalf(number)]).toEqual([high, low]);
    }),
  );
});

test('seconds and nanoseconds are exact', () => {
  fc.assert(
    fc.property(long, long, fc.constantFrom(1, 1000), (seconds, fraction, unit) => {
      const nanoseconds = nanosecondsOf(seconds, fraction * unit);
      expect(nanoseconds).toBe(BigInt(seconds) * 1_000_000_000n + BigInt(fraction) * BigInt(unit));
    }),
  );
});

test.each([0, 3, 6, 7, 9, 12, 0x80, 0x8a, 0x94])('ticks of resolution %i are exact', (resolution) => {
  const rate = (resolution & 0x80 ? 2n : 10n) ** BigInt(resolution & 0x7f);
  fc.assert(
    fc.property(long, long, fc.constantFrom(0n, 0n, 7n, -7n), (high, low, offset) => {
      const clock = new InterfaceClock(resolution, offset);
      expect(clock.nanoseconds(high, low)).toBe(
        (of(high, low) * 1_000_000_000n) / rate + offset * 1_000_000_000n,
      );
    }),
  );
});

test('ticks of the finest resolutions there can be are no time at all', () => {
  expect(new InterfaceClock(0xff, 0n).nanoseconds(0, 1000)).toBe(0n);
  expect(new InterfaceClock(0x7f, 0n).nanoseconds(0, 1000)).toBe(0n);
});
