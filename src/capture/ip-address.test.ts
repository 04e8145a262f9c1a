import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hex } from '../testing/cuts.ts';
import { addressBytes, addressText } from './ip-address.ts';

// The forms of IPv6 are those of RFC 5952 sections 4 and 5.
test.each([
  { bytes: '0a000001', text: '10.0.0.1' },
  { bytes: '00000000', text: '0.0.0.0' },
  { bytes: '20010db8000000000000000000000001', text: '2001:db8::1' },
  { bytes: '20010db8000000000001000000000001', text: '2001:db8::1:0:0:1' },
  { bytes: '20010db8000000010001000100010001', text: '2001:db8:0:1:1:1:1:1' },
  { bytes: '20010000000000010000000000000001', text: '2001:0:0:1::1' },
  { bytes: '00000000000000000000000000000000', text: '::' },
  { bytes: '00000000000000000000000000000001', text: '::1' },
  { bytes: 'fe800000000000000000000000000000', text: 'fe80::' },
  { bytes: '00000000000000000000ffffc0000201', text: '::ffff:192.0.2.1' },
])('$text is read and written', ({ bytes, text }) => {
  expect(addressText(hex(bytes))).toBe(text);
  expect(addressBytes(text)).toEqual(hex(bytes));
});

test.each([
  { text: 'fe80::1%eth0', bytes: 'fe800000000000000000000000000001' },
  { text: '2001:DB8:0:0::1', bytes: '20010db8000000000000000000000001' },
  { text: '64:ff9b::192.0.2.33', bytes: '0064ff9b0000000000000000c0000221' },
  { text: '1:2:3:4:5:6:1.2.3.4', bytes: '00010002000300040005000601020304' },
])('$text is read in the form it has', ({ text, bytes }) => {
  expect(addressBytes(text)).toEqual(hex(bytes));
});

test.each(['', 'localhost', '1.2.3', '1.2.3.256', ':::', '[::1]', '1:2:3:4:5:6:7:8:9'])(
  '%j is no address',
  (text) => {
    expect(addressBytes(text)).toBeUndefined();
  },
);

test('every text is an address, and the right one', () => {
  const zeros = fc.array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(zeros, (bytes) => {
      const address = Uint8Array.from(bytes);
      expect(isIPv6(addressText(address))).toBe(true);
      expect(addressBytes(addressText(address))).toEqual(address);
      const short = address.subarray(12);
      expect(isIPv4(addressText(short))).toBe(true);
      expect(addressBytes(addressText(short))).toEqual(Uint8Array.from(short));
    }),
  );
});
