import { describe, expect, test } from 'vitest';
import { moment } from './moment.ts';
import { UsageError } from './usage-error.ts';

const MILLISECOND = 1_000_000n;

/** Nanoseconds of a local time. */
function local(...[year, month, day, hours, minutes, seconds = 0, milliseconds = 0]: number[]): bigint {
  const time = new Date(year!, month! - 1, day, hours, minutes, seconds, milliseconds);
  return BigInt(time.getTime()) * MILLISECOND;
}

const BEGAN = local(2025, 11, 22, 23, 50, 30) + 123_456_789n;

test.each([
  { text: '+12s', at: BEGAN + 12_000n * MILLISECOND },
  { text: '12', at: BEGAN + 12_000n * MILLISECOND },
  { text: '0', at: BEGAN },
  { text: '500ms', at: BEGAN + 500n * MILLISECOND },
  { text: '0.25', at: BEGAN + 250n * MILLISECOND },
  { text: '1.5m', at: BEGAN + 90_000n * MILLISECOND },
  { text: '2h', at: BEGAN + 7_200_000n * MILLISECOND },
  { text: '23:51', at: local(2025, 11, 22, 23, 51) },
  { text: '23:50:31.250', at: local(2025, 11, 22, 23, 50, 31, 250) },
  { text: '13:00', at: local(2025, 11, 22, 13, 0) },
  { text: '0:10', at: local(2025, 11, 23, 0, 10) },
  { text: '2025-11-22', at: local(2025, 11, 22, 0, 0) },
  { text: '2025-11-22T23:50:31', at: local(2025, 11, 22, 23, 50, 31) },
  { text: '2025-11-22 23:50', at: local(2025, 11, 22, 23, 50) },
  { text: '2025-11-22T23:50:31.5Z', at: 1_763_855_431_500_000_000n },
  { text: '2025-11-23T00:50:31+01:00', at: 1_763_855_431_000_000_000n },
])('$text is to the millisecond', ({ text, at }) => {
  expect(moment(text, 'from').at(BEGAN)).toBe(at);
  expect(moment(text, 'to').endsAt(BEGAN)).toBe(at + MILLISECOND - 1n);
});

test.each([
  { text: '1763855431500000001', at: 1_763_855_431_500_000_001n },
  { text: '2025-11-22T23:50:31.1234Z', at: 1_763_855_431_123_400_000n },
  { text: '23:50:31.123456789', at: local(2025, 11, 22, 23, 50, 31) + 123_456_789n },
])('$text is exact', ({ text, at }) => {
  expect(moment(text, 'from').at(BEGAN)).toBe(at);
  expect(moment(text, 'to').endsAt(BEGAN)).toBe(at);
});

describe('no time', () => {
  test.each([
    ...[
      '',
      'soon',
      '-5s',
      '+',
      '12d',
      '24:00',
      '12:60',
      '1:2',
      '12:30:61',
      '2025-13-01',
      '2025-11-22T',
      '1e3',
    ],
    ...['2025-11-22T10:00:00 PM', '99999999999', '12:00Z'],
  ])('%j', (text) => {
    expect(() => moment(text, 'to')).toThrow(UsageError);
    expect(() => moment(text, 'to')).toThrow(/^--to .*: not a time; write for example \+12s/);
  });
});

test('a capture of a year that no clock knows does no harm', () => {
  const began = 10n ** 30n;
  expect(moment('12:00', 'from').at(began)).toBe(began);
});
