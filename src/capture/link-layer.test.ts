import { describe, expect, test } from 'vitest';
import { ethernet, ipv4, ipv6, tcp } from '../testing/network-packets.ts';
import { LINK_READERS } from './link-layer.ts';

const V4 = ipv4(tcp());
const V6 = ipv6(tcp());

function behind(header: string, packet: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(header.replaceAll(' ', ''), 'hex'), packet]);
}

// Headers after tcpdump.org/linktypes.html.
const frames = [
  { name: 'BSD null, little-endian', link: 0, bytes: behind('02000000', V4), start: 4 },
  { name: 'BSD null, big-endian', link: 0, bytes: behind('00000002', V4), start: 4 },
  { name: "BSD null, macOS's IPv6", link: 0, bytes: behind('1e000000', V6), start: 4 },
  { name: 'BSD loop', link: 108, bytes: behind('00000018', V6), start: 4 },
  { name: 'Ethernet', link: 1, bytes: ethernet(V4), start: 14 },
  { name: 'Ethernet with IPv6', link: 1, bytes: ethernet(V6), start: 14 },
  { name: '802.1Q', link: 1, bytes: ethernet(V4, [0x8100, 7]), start: 18 },
  { name: 'QinQ', link: 1, bytes: ethernet(V4, [0x88a8, 7], [0x8100, 8]), start: 22 },
  {
    name: 'QinQ as it was before it was a standard',
    link: 1,
    bytes: ethernet(V6, [0x9100, 7], [0x8100, 8]),
    start: 22,
  },
  { name: 'raw, as OpenBSD and others number it', link: 12, bytes: V4, start: 0 },
  { name: 'raw, OpenBSD', link: 14, bytes: V6, start: 0 },
  { name: 'raw', link: 101, bytes: V4, start: 0 },
  { name: 'raw IPv4', link: 228, bytes: V4, start: 0 },
  { name: 'raw IPv6', link: 229, bytes: V6, start: 0 },
  { name: 'Linux cooked', link: 113, bytes: behind('0000 0001 0006 0102030405060000 0800', V4), start: 16 },
  {
    name: 'Linux cooked with a tag',
    link: 113,
    bytes: behind('0000 0001 0006 0102030405060000 8100 0007 86dd', V6),
    start: 20,
  },
  {
    name: 'Linux cooked v2',
    link: 276,
    bytes: behind('0800 0000 00000003 0001 04 06 0102030405060000', V4),
    start: 20,
  },
  {
    name: 'Linux cooked v2 with a tag',
    link: 276,
    bytes: behind('8100 0000 00000003 0001 04 06 0102030405060000 0007 86dd', V6),
    start: 24,
  },
];

test.each(frames)('$name', ({ link, bytes, start }) => {
  expect(LINK_READERS.get(link)!(bytes)?.start).toBe(start);
});

test.each([
  { name: 'ARP', link: 1, bytes: behind('ffffffffffff 010203040506 0806 0001', V4) },
  { name: 'a length, as of 802.3', link: 1, bytes: behind('ffffffffffff 010203040506 0026 4242', V4) },
  {
    name: 'tags and no end',
    link: 1,
    bytes: ethernet(V4, ...new Array<[number, number]>(6).fill([0x8100, 1])),
  },
  { name: 'another family than IP', link: 0, bytes: behind('07000000', V4) },
  { name: 'another protocol, cooked', link: 113, bytes: behind('0000 0001 0006 0102030405060000 0806', V4) },
  {
    name: 'another protocol, cooked v2',
    link: 276,
    bytes: behind('0806 0000 00000003 0001 04 06 0102030405060000', V4),
  },
])('$name is no IP', ({ link, bytes }) => {
  expect(LINK_READERS.get(link)!(bytes)).toBeUndefined();
});

test('a header that is cut off holds nothing', () => {
  for (const { link, bytes, start } of frames) {
    for (let length = 0; length < start; length++) {
      expect(LINK_READERS.get(link)!(bytes.subarray(0, length))).toBeUndefined();
    }
  }
});

describe('what was seen in different places has different ones', () => {
  test.each([
    { name: 'VLANs', link: 1, one: ethernet(V4, [0x8100, 7]), other: ethernet(V4, [0x8100, 8]) },
    { name: 'with a tag and without', link: 1, one: ethernet(V4, [0x8100, 7]), other: ethernet(V4) },
    {
      name: 'coming and going',
      link: 113,
      one: behind('0000 0001 0006 0102030405060000 0800', V4),
      other: behind('0004 0001 0006 0102030405060000 0800', V4),
    },
    {
      name: 'interfaces',
      link: 276,
      one: behind('0800 0000 00000003 0001 00 06 0102030405060000', V4),
      other: behind('0800 0000 00000004 0001 00 06 0102030405060000', V4),
    },
  ])('$name', ({ link, one, other }) => {
    const read = LINK_READERS.get(link)!;
    expect(read(one)!.place).not.toBe(read(other)!.place);
    expect(read(one)!.place).toBe(read(Buffer.from(one))!.place);
  });
});
