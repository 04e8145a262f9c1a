import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ethernet, ipv4, ipv6, tcp } from '../testing/network-packets.ts';
import { readIpPacket } from './ip-packet.ts';

const SEGMENT = tcp({ payload: 'hello' });
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION = 60;
const TCP = 6;

/** An extension header (RFC 8200 section 4.2): what follows it, its length as it says it, and filling up to so many bytes. */
function extension(next: number, said: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes[0] = next;
  bytes[1] = said;
  return bytes;
}

const allExtensions = Buffer.concat([
  extension(ROUTING, 0, 8),
  extension(DESTINATION, 2, 24),
  extension(AUTHENTICATION, 1, 16),
  extension(FRAGMENT, 4, 24), // RFC 4302 section 2.2 counts in words of 4 bytes, less 2
  extension(TCP, 0, 8),
  SEGMENT,
]);

test.each([
  { name: 'IPv4', bytes: ipv4(SEGMENT), headers: 20 },
  { name: 'IPv4 with options', bytes: ipv4(SEGMENT, { options: 40 }), headers: 60 },
  {
    name: 'IPv4 with an authentication header',
    bytes: ipv4(Buffer.concat([extension(TCP, 4, 24), SEGMENT]), { protocol: AUTHENTICATION }),
    headers: 44,
  },
  { name: 'IPv6', bytes: ipv6(SEGMENT), headers: 40 },
  { name: 'IPv6 with every extension', bytes: ipv6(allExtensions, { protocol: HOP_BY_HOP }), headers: 120 },
])('$name', ({ bytes, headers }) => {
  const packet = readIpPacket(bytes, 0, bytes.length)!;
  expect(packet).toMatchObject({ protocol: TCP, headers, payloadLength: SEGMENT.length, packets: 1 });
  expect(packet.fragment).toBeUndefined();
  expect(bytes.subarray(packet.payload, packet.payload + packet.payloadLength)).toEqual(SEGMENT);
});

test('a trailer of Ethernet is no part of the packet', () => {
  const frame = Buffer.concat([ethernet(ipv4(tcp())), Buffer.alloc(6), Buffer.from('fcs!')]);
  expect(readIpPacket(frame, 14, frame.length)!.payloadLength).toBe(20);
});

test.each([
  { name: 'IPv4', bytes: ethernet(ipv4(SEGMENT, { length: 0 })) },
  { name: 'IPv6', bytes: ethernet(ipv6(SEGMENT, { length: 0 })) },
])(
  '$name with length 0, which a network card was to cut up, runs to the end of the frame on the wire',
  ({ bytes }) => {
    expect(readIpPacket(bytes, 14, bytes.length + 70_000)!.payloadLength).toBe(SEGMENT.length + 70_000);
    expect(readIpPacket(bytes, 14, bytes.length + 2_000_000)).toBeUndefined();
  },
);

test('of a packet that was captured in part the length is the one on the wire', () => {
  const bytes = ipv4(tcp({ payload: Buffer.alloc(1_000) }));
  expect(readIpPacket(bytes.subarray(0, 40), 0, bytes.length)!.payloadLength).toBe(1_020);
});

test.each([
  {
    name: 'IPv4, the first',
    bytes: ipv4(SEGMENT, { fragment: [9, 0x2000] }),
    fragment: { id: 9, offset: 0, isLast: false },
  },
  {
    name: 'IPv4, the last',
    bytes: ipv4(SEGMENT, { fragment: [9, 3] }),
    fragment: { id: 9, offset: 24, isLast: true },
  },
  {
    name: 'IPv6',
    bytes: ipv6(Buffer.from(`0600001900000007${SEGMENT.toString('hex')}`, 'hex'), { protocol: FRAGMENT }),
    fragment: { id: 7, offset: 24, isLast: false },
  },
])('a fragment: $name', ({ bytes, fragment }) => {
  expect(readIpPacket(bytes, 0, bytes.length)).toMatchObject({
    fragment,
    protocol: TCP,
    payloadLength: SEGMENT.length,
  });
});

test.each([
  { name: 'nothing', bytes: Buffer.alloc(0) },
  { name: 'another version', bytes: Buffer.alloc(60, 0x50) },
  { name: 'an IPv4 header that is cut off', bytes: ipv4(SEGMENT).subarray(0, 19) },
  {
    name: 'an IPv4 header of less than 20 bytes',
    bytes: Buffer.concat([Buffer.of(0x44), ipv4(SEGMENT).subarray(1)]),
  },
  { name: 'an IPv4 length within the header', bytes: ipv4(SEGMENT, { length: 19 }) },
  { name: 'an IPv6 header that is cut off', bytes: ipv6(SEGMENT).subarray(0, 39) },
  {
    name: 'an extension that is cut off',
    bytes: ipv6(extension(TCP, 0, 8), { protocol: HOP_BY_HOP }).subarray(0, 45),
  },
  { name: 'an extension beyond the end', bytes: ipv6(extension(TCP, 9, 8), { protocol: HOP_BY_HOP }) },
  { name: 'extensions and no end', bytes: ipv6(Buffer.alloc(800), { protocol: HOP_BY_HOP }) },
])('$name is no packet', ({ bytes }) => {
  expect(readIpPacket(bytes, 0, bytes.length)).toBeUndefined();
});

test('any bytes never throw, and what a packet carries lies within the frame as it was on the wire', () => {
  const version = fc.constantFrom(0x45, 0x4f, 0x60);
  fc.assert(
    fc.property(version, fc.uint8Array({ maxLength: 120 }), fc.nat(200), (first, rest, more) => {
      const bytes = Uint8Array.of(first, ...rest);
      const packet = readIpPacket(bytes, 0, bytes.length + more);
      if (packet) expect(packet.payloadLength).toBeGreaterThanOrEqual(0);
    }),
  );
});
