import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ipv4, ipv6, tcp } from '../testing/network-packets.ts';
import { IpFragments } from './ip-fragments.ts';
import { type IpPacket, readIpPacket } from './ip-packet.ts';

const SEGMENT = tcp({ payload: Buffer.from(Array.from({ length: 2_000 }, (_, index) => index & 0xff)) });

interface Part {
  readonly start: number;
  readonly end: number;
}

/** The fragment of SEGMENT from `start`, a multiple of 8. */
function fragment4({ start, end }: Part, id = 1): Buffer {
  const place = (start >>> 3) | (end < SEGMENT.length ? 0x2000 : 0);
  return ipv4(SEGMENT.subarray(start, end), { fragment: [id, place] });
}

function fragment6({ start, end }: Part): Buffer {
  const header = Buffer.of(6, 0, 0, 0, 0, 0, 0, 7);
  header.writeUInt16BE(start | (end < SEGMENT.length ? 1 : 0), 2);
  return ipv6(Buffer.concat([header, SEGMENT.subarray(start, end)]), { protocol: 44 });
}

function read(bytes: Buffer, wireLength = bytes.length): IpPacket {
  return readIpPacket(bytes, 0, wireLength)!;
}

function payloadOf({ bytes, payload, payloadLength }: IpPacket): Buffer {
  return Buffer.from(bytes.subarray(payload, payload + payloadLength));
}

function sourceOf({ bytes, version, addresses }: IpPacket): number[] {
  return [...bytes.subarray(addresses, addresses + (version === 4 ? 4 : 16))];
}

const parts = [
  { start: 0, end: 800 },
  { start: 800, end: 1_600 },
  { start: 1_600, end: SEGMENT.length },
];

test.each([
  { name: 'IPv4', make: fragment4, headers: 20 },
  { name: 'IPv6', make: fragment6, headers: 48 },
])('fragments of $name make a packet in whatever order they come', ({ make, headers }) => {
  fc.assert(
    fc.property(fc.shuffledSubarray(parts, { minLength: 3 }), (shuffled) => {
      const fragments = new IpFragments();
      const made = shuffled.map((part) => fragments.take(read(make(part))));
      expect(made.slice(0, 2)).toEqual([undefined, undefined]);
      expect(payloadOf(made[2]!)).toEqual(SEGMENT);
      expect(made[2]).toMatchObject({ protocol: 6, packets: 3, headers: 3 * headers, fragment: undefined });
      expect(sourceOf(made[2]!)).toEqual(sourceOf(read(make(parts[0]!))));
    }),
    { numRuns: 20 },
  );
});

test('bytes that come twice are those that came first', () => {
  const fragments = new IpFragments();
  const false2 = ipv4(Buffer.alloc(800), { fragment: [1, 100 | 0x2000] });
  const taken = [fragment4(parts[1]!), false2, fragment4(parts[2]!), fragment4(parts[0]!)];
  expect(payloadOf(taken.map((part) => fragments.take(read(part))).at(-1)!)).toEqual(SEGMENT);
});

test('packets with other numbers, or between others, are kept apart', () => {
  const fragments = new IpFragments();
  const others = [
    fragment4(parts[1]!, 2),
    ipv4(SEGMENT.subarray(800, 1_600), { fragment: [1, 100 | 0x2000], source: [10, 0, 0, 9] }),
  ];
  for (const part of [fragment4(parts[0]!), ...others]) expect(fragments.take(read(part))).toBeUndefined();
  expect(fragments.take(read(fragment4(parts[2]!)))).toBeUndefined();
  expect(payloadOf(fragments.take(read(fragment4(parts[1]!)))!)).toEqual(SEGMENT);
});

test('where a fragment was captured in part, the packet was', () => {
  const fragments = new IpFragments();
  const cut = fragment4(parts[1]!);
  fragments.take(read(fragment4(parts[0]!)));
  fragments.take(read(cut.subarray(0, 120), cut.length));
  const packet = fragments.take(read(fragment4(parts[2]!)))!;
  expect(packet.payloadLength).toBe(SEGMENT.length);
  expect(payloadOf(packet)).toEqual(SEGMENT.subarray(0, 900));
});

describe('what never becomes whole is forgotten', () => {
  test('past 256 packets the oldest', () => {
    const fragments = new IpFragments();
    for (let id = 1; id <= 257; id++) fragments.take(read(fragment4(parts[0]!, id)));
    const rest = (id: number) =>
      parts
        .slice(1)
        .map((part) => fragments.take(read(fragment4(part, id))))
        .at(-1);
    expect(rest(257)).toBeDefined();
    expect(rest(1)).toBeUndefined();
  });

  test('a packet of more than 256 fragments', () => {
    const fragments = new IpFragments();
    for (let start = 0; start < 257 * 8; start += 8)
      fragments.take(read(ipv4(Buffer.alloc(8), { fragment: [1, (start >>> 3) | 0x2000] })));
    expect(fragments.take(read(ipv4(Buffer.alloc(8), { fragment: [1, 257] })))).toBeUndefined();
  });
});

test('any fragments never throw', () => {
  const place = fc.nat(0x3fff);
  const payload = fc.uint8Array({ maxLength: 64 });
  fc.assert(
    fc.property(fc.array(fc.tuple(place, payload, fc.nat(2_000)), { maxLength: 8 }), (all) => {
      const fragments = new IpFragments();
      for (const [where, bytes, more] of all) {
        const packet = readIpPacket(
          ipv4(bytes, { fragment: [1, where], length: 20 + bytes.length + more }),
          0,
          5_000,
        );
        if (packet?.fragment) fragments.take(packet);
      }
    }),
  );
});
