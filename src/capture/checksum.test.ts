import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checksum, inMachineOrder, wordSum } from './checksum.ts';

/** As RFC 1071 section 1 tells it, one octet after another. */
function byTheBook(bytes: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < bytes.length; index += 2) {
    sum += bytes[index]! * 256 + (bytes[index + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return ~sum & 0xffff;
}

function of(bytes: Uint8Array): number {
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  padded.set(bytes);
  return inMachineOrder(checksum(wordSum(new Int32Array(padded.buffer), 0, padded.length / 4)));
}

// The header is the example of Wikipedia's "Internet checksum"; the second line is that of RFC 1071 section 3.
test.each([
  { name: 'an IPv4 header', hex: '4500 0073 0000 4000 4011 0000 c0a8 0001 c0a8 00c7', sum: 0xb861 },
  { name: 'carries', hex: '0001 f203 f4f5 f6f7', sum: 0x220d },
  { name: 'nothing', hex: '', sum: 0xffff },
  { name: 'an odd number of bytes', hex: '01', sum: 0xfeff },
])('sums $name', ({ hex, sum }) => {
  expect(of(Buffer.from(hex.replaceAll(' ', ''), 'hex')).toString(16)).toBe(sum.toString(16));
});

test('sums any bytes as RFC 1071 does', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => of(bytes) === byTheBook(bytes)));
});

test('sums the longest packet of the largest words without overflow', () => {
  const bytes = new Uint8Array(65_536).fill(0xff);
  expect(of(bytes)).toBe(byTheBook(bytes));
});
