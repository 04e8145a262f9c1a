import { expect, test } from 'vitest';
import { isoMoment, readMoment, readSeconds, secondsMoment } from './moment.ts';

test.each([
  [0n, '1970-01-01T00:00:00.000000Z'],
  [1_700_000_000_123_456_789n, '2023-11-14T22:13:20.123456Z'],
  [-1_000n, '1969-12-31T23:59:59.999999Z'],
])('%s ns are %s', (at, text) => {
  expect(isoMoment(at)).toBe(text);
});

test.each([
  ['2023-11-14T22:13:20.123456Z', 1_700_000_000_123_456_000n],
  ['2023-11-14T22:13:20.123456789123Z', 1_700_000_000_123_456_789n],
  ['2023-11-14T22:13:20Z', 1_700_000_000_000_000_000n],
  ['2023-11-14T23:13:20.5+01:00', 1_700_000_000_500_000_000n],
  ['2023-11-14T23:13:20,25+0100', 1_700_000_000_250_000_000n],
  ['2023-11-14T22:13:20.5', 1_700_000_000_500_000_000n],
  ['Tue, 14 Nov 2023 22:13:20 GMT', 1_700_000_000_000_000_000n],
])('%s is read', (text, at) => {
  expect(readMoment(text)).toBe(at);
});

test.each(['', 'yesterday', '2023-13-40T99:00:00Z', '1960-01-01T00:00:00Z', '9999-01-01T00:00:00Z'])(
  '%s is no moment',
  (text) => {
    expect(readMoment(text)).toBeUndefined();
  },
);

test('seconds, milliseconds and microseconds are told apart', () => {
  const at = 1_700_000_000_123_456_000n;
  expect(secondsMoment(at)).toBe(1_700_000_000.123456);
  expect(readSeconds(1_700_000_000.123456)).toBe(at);
  expect(readSeconds(1_700_000_000_123.456)).toBe(at);
  expect(readSeconds(1_700_000_000_123_456)).toBe(at);
});

test.each([-1, 1e300, 7.3e9])('%d is no time', (time) => {
  expect(readSeconds(time)).toBeUndefined();
});
