import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaptureFile, captureStory, joined } from '../testing/capture-file.ts';
import { cutAt, cuts, hex } from '../testing/cuts.ts';
import { growth, MOST_GROWTH } from '../testing/growth.ts';
import { CaptureDecoder } from './capture-decoder.ts';
import type { CaptureRecord } from './record.ts';

const little = new CaptureFile();
const big = new CaptureFile('big');
const [A, B, D] = [hex('0a0a0a0a'), hex('0b0b0b'), hex('0d0d0d0d0d0d0d0d')];
const NANO = little.option(9, hex('09'));
/** Little-endian, microseconds: 28 bytes of section, 20 of interface. */
const START = joined(little.section(), little.interface(101));
const S = START.length;
/** 36 bytes. */
const PACKET = little.packet(1n, A);

const us = (ticks: number, data: string, facts = '0/101') =>
  `packet ${facts} at ${ticks * 1000}: ${data} of ${data.length / 2}`;

function decoded(file: Uint8Array, places: readonly number[] = []): string[] {
  const decoder = new CaptureDecoder();
  // told at once, since packets are good until the next push only
  const told = cutAt(file, places).flatMap((piece) => captureStory(decoder.push(piece)));
  return [...told, ...captureStory(decoder.end())];
}

/** Every kind of byte a pcapng file may hold, in one byte order. */
function everything(file: CaptureFile): Uint8Array {
  const names = joined(
    file.option(1, joined(hex('c0000201'), Buffer.from('one.example\0uno.example\0'))),
    file.option(2, joined(hex('20010db8000000000000000000000001'), Buffer.from('six.example\0'))),
    file.option(3, joined(hex('020000000001'), Buffer.from('card\0'))),
    file.option(0, ''),
  );
  const obsolete = joined(
    file.short(0),
    file.short(9),
    file.long(0),
    file.long(5),
    file.long(3),
    file.long(60),
  );
  return joined(
    file.section(),
    file.interface(1, file.option(2, 'eth0')),
    file.interface(101, file.option(9, hex('09')), file.option(0, '')),
    file.block(4, names),
    file.packet(4_294_967_297_000n, A, [
      file.option(1, 'first'),
      file.option(2, 'zzzz'),
      file.option(1, 'sécond'),
    ]),
    file.packet(1_763_842_000_123_456_789n, B, [], 1),
    file.block(10, joined(file.long(0x544c534b), file.long(4), D.subarray(4))),
    file.block(0xbad, hex('00007ed9 01020304')),
    file.block(0x40000bad, hex('00007ed9 01020304')),
    file.block(0x7777, D),
    file.block(3, joined(file.long(4), A)),
    file.block(2, joined(obsolete, B, new Uint8Array(1))),
    file.block(5, joined(file.long(0), file.long(0), file.long(0))),
  );
}

const EVERYTHING = [
  'names 192.0.2.1=one.example,uno.example 2001:db8::1=six.example',
  'packet 0/1 at 4294967297000000: 0a0a0a0a of 4 "first" "sécond"',
  'packet 1/101 at 1763842000123456789: 0b0b0b of 3',
  'packet 0/1 at 1763842000123456789: 0a0a0a0a of 4',
  'packet 0/1 at 5000: 0b0b0b of 60',
];

const pcapngs = [
  { name: 'little-endian', file: everything(little), told: EVERYTHING },
  { name: 'big-endian', file: everything(big), told: EVERYTHING },
  {
    name: 'sections of either byte order, whose interfaces are others',
    file: joined(START, PACKET, big.section(), big.interface(113), big.packet(2n, B)),
    told: [us(1, '0a0a0a0a'), us(2, '0b0b0b', '1/113')],
  },
  {
    name: 'timestamps that count powers of two, from another epoch',
    file: joined(
      little.section(),
      little.interface(101, little.option(9, hex('8a')), little.option(14, hex('0a00000000000000'))),
      little.packet(1536n, A),
    ),
    told: ['packet 0/101 at 11500000000: 0a0a0a0a of 4'],
  },
  {
    name: 'a packet of which more was captured than there was',
    file: joined(START, little.block(6, hex('00000000 00000000 01000000 04000000 03000000 0a0a0a0a'))),
    told: [us(1, '0a0a0a0a')],
  },
  {
    name: 'a simple packet, cut at its interface’s limit',
    file: joined(
      little.section(),
      little.block(1, hex('6500 0000 02000000')),
      little.block(3, joined(little.long(70), A)),
    ),
    told: ['packet 0/101 at 0: 0a0a of 70'],
  },
];

const damagedPcapngs = [
  {
    name: 'cut in its last block',
    file: joined(START, PACKET, PACKET.subarray(0, 30)),
    told: [us(1, '0a0a0a0a'), `damage at ${S + 36}: the file ends inside a block: 30 of 36 bytes`],
  },
  {
    name: 'cut in the header of a block',
    file: joined(START, hex('060000')),
    told: [`damage at ${S}: the file ends inside a block: 3 of 12 bytes`],
  },
  {
    name: 'a block whose lengths differ: the next is found',
    file: joined(START, little.block(6, new Uint8Array(24), 36, 40), PACKET),
    told: [`damage at ${S}: a block of 36 bytes ends with another length: 40`, us(1, '0a0a0a0a')],
  },
  {
    name: 'an absurd length',
    file: joined(START, little.block(6, D, 0xfffffffc), PACKET),
    told: [`damage at ${S}: a block of 4294967292 bytes is told, which cannot be`, us(1, '0a0a0a0a')],
  },
  {
    name: 'a large length that nothing proves wrong but the end of the file',
    file: joined(START, little.block(6, D, 0x2000000), PACKET),
    told: [`damage at ${S}: the file ends inside a block: 56 of 33554432 bytes`, us(1, '0a0a0a0a')],
  },
  {
    name: 'zeros where blocks should be, as crashes leave them, and an odd number of them',
    file: joined(START, new Uint8Array(101), PACKET),
    told: [`damage at ${S}: a block of 0 bytes is told, which cannot be`, us(1, '0a0a0a0a')],
  },
  {
    name: 'zeros to the end',
    file: joined(START, PACKET, new Uint8Array(5000)),
    told: [us(1, '0a0a0a0a'), `damage at ${S + 36}: a block of 0 bytes is told, which cannot be`],
  },
  {
    name: 'a packet longer than its block',
    file: joined(
      START,
      little.block(6, hex('00000000 00000000 01000000 09000000 09000000 0a0a0a0a')),
      PACKET,
    ),
    told: [`damage at ${S}: a packet of 9 bytes is told in a block of 36`, us(1, '0a0a0a0a')],
  },
  {
    name: 'a length that is no multiple of 4',
    file: joined(START, little.block(6, new Uint8Array(25)), PACKET),
    told: [`damage at ${S}: a block of 37 bytes is told, which cannot be`, us(1, '0a0a0a0a')],
  },
  {
    name: 'a block too short for its kind',
    file: joined(START, little.block(6, D), PACKET),
    told: [`damage at ${S}: a block of type 6 has 20 bytes, not the 32 it takes`, us(1, '0a0a0a0a')],
  },
  {
    name: 'packets of an interface that is not described, told once',
    file: joined(START, little.packet(1n, A, [], 7), little.packet(1n, A, [], 8), PACKET),
    told: [
      `damage at ${S}: a packet is of interface 7, which is not described: such are skipped`,
      us(1, '0a0a0a0a'),
    ],
  },
  {
    name: 'packets of an interface that another section described, told in each section',
    file: joined(START, little.section(), PACKET, little.section(), PACKET),
    told: [S + 28, S + 92].map(
      (offset) => `damage at ${offset}: a packet is of interface 0, which is not described: such are skipped`,
    ),
  },
  {
    name: 'an option that ends behind its block: those before it are good',
    file: joined(START, little.packet(1n, A, [little.option(1, 'good'), hex('0100ff00')]), PACKET),
    told: [
      `${us(1, '0a0a0a0a')} "good"`,
      `damage at ${S}: an option ends behind its block`,
      us(1, '0a0a0a0a'),
    ],
  },
  {
    name: 'options without their end, and with junk of less than an option',
    file: joined(START, little.packet(1n, A, [little.option(1, 'good')]), little.packet(2n, B, [NANO])),
    told: [`${us(1, '0a0a0a0a')} "good"`, us(2, '0b0b0b')],
  },
  {
    name: 'a name that ends behind its block',
    file: joined(START, little.block(4, hex('01000500c0000201 61000000 0100ff00')), PACKET),
    told: ['names 192.0.2.1=a', `damage at ${S}: a name ends behind its block`, us(1, '0a0a0a0a')],
  },
  {
    name: 'a name without room for its address',
    file: joined(START, little.block(4, hex('01000200c0000000')), PACKET),
    told: [`damage at ${S}: a name ends behind its block`, us(1, '0a0a0a0a')],
  },
  {
    name: 'a section of another version, skipped up to the next',
    file: joined(little.section(2), little.interface(101), PACKET, START, PACKET),
    told: ['damage at 0: a section is skipped: version 2 of pcapng is not supported', us(1, '0a0a0a0a')],
  },
  {
    name: 'a section that does not tell its byte order, searched through for the next',
    file: joined(little.block(0x0a0d0d0a, new Uint8Array(16)), little.interface(101), PACKET, START, PACKET),
    told: ['damage at 0: a section does not tell its byte order', us(1, '0a0a0a0a')],
  },
];

/** Little-endian, microseconds. */
const PCAP = little.pcap(0xa1b2c3d4);

const pcaps = [
  {
    name: 'little-endian microseconds',
    file: joined(PCAP, little.record(1_763_842_000, 123_456, A), little.record(4_294_967_295, 999_999, B)),
    told: [
      'packet 0/101 at 1763842000123456000: 0a0a0a0a of 4',
      'packet 0/101 at 4294967295999999000: 0b0b0b of 3',
    ],
  },
  {
    name: 'big-endian microseconds',
    file: joined(big.pcap(0xa1b2c3d4, 1), big.record(1, 2, A)),
    told: ['packet 0/1 at 1000002000: 0a0a0a0a of 4'],
  },
  {
    name: 'little-endian nanoseconds',
    file: joined(little.pcap(0xa1b23c4d, 113), little.record(1_763_842_000, 123_456_789, A)),
    told: ['packet 0/113 at 1763842000123456789: 0a0a0a0a of 4'],
  },
  {
    name: 'big-endian nanoseconds, with flags beside the link type',
    file: joined(big.pcap(0xa1b23c4d, 0xf4000114), big.record(1, 2, A)),
    told: ['packet 0/276 at 1000000002: 0a0a0a0a of 4'],
  },
  {
    name: 'a packet cut short, and one of which more was captured than there was',
    file: joined(
      PCAP,
      hex('01000000 02000000 01000000 09000000 0a 01000000 02000000 02000000 01000000 0b0b'),
    ),
    told: ['packet 0/101 at 1000002000: 0a of 9', 'packet 0/101 at 1000002000: 0b0b of 2'],
  },
  { name: 'no packets', file: PCAP, told: [] },
];

const R = little.record(1_700_000_000, 5, A);
const TOLD = 'packet 0/101 at 1700000000000005000: 0a0a0a0a of 4';

const damagedPcaps = [
  {
    name: 'cut in a packet',
    file: joined(PCAP, R, R.subarray(0, 18)),
    told: [TOLD, 'damage at 44: the file ends inside a packet: 18 of 20 bytes'],
  },
  {
    name: 'cut in the header of a packet',
    file: joined(PCAP, R, R.subarray(0, 7)),
    told: [TOLD, 'damage at 44: the file ends inside a packet: 7 of 16 bytes'],
  },
  {
    name: 'cut in its header',
    file: PCAP.subarray(0, 20),
    told: ['damage at 0: the file ends inside its header'],
  },
  {
    name: 'a packet too long to be one: the next two in a row are found',
    file: joined(PCAP, R, little.record(1_700_000_000, 5, D, 0x4000000), R, R),
    told: [TOLD, 'damage at 44: a packet of 67108864 bytes is told, more than there can be', TOLD, TOLD],
  },
  {
    name: 'what looks like a packet behind damage, but for what follows it',
    file: joined(PCAP, R, new Uint8Array(16).fill(255), little.record(1_700_000_000, 5, A, 2), R, R),
    told: [TOLD, 'damage at 44: a packet of 4294967295 bytes is told, more than there can be', TOLD, TOLD],
  },
  {
    name: 'one packet behind damage, which ends with the file',
    file: joined(PCAP, R, hex('ffffffffffffffffffffffffffffffffff'), R),
    told: [TOLD, 'damage at 44: a packet of 4294967295 bytes is told, more than there can be', TOLD],
  },
  {
    name: 'zeros to the end',
    file: joined(PCAP, R, new Uint8Array(100)),
    told: [TOLD, 'damage at 44: zeros stand where a packet should'],
  },
  {
    name: 'another version',
    file: joined(PCAP.subarray(0, 4), hex('0300'), PCAP.subarray(6), R),
    told: ['damage at 4: version 3.4 of pcap is not supported'],
  },
];

const strangers = [
  { name: 'nothing', file: hex(''), told: 'the file is empty' },
  { name: 'three bytes', file: hex('0a0d0d'), told: 'the file is no capture: it is too short for one' },
  { name: 'text', file: Buffer.from('{"log": {}}'), told: 'the file is no capture: it begins with 7b226c6f' },
  {
    name: 'a modified pcap',
    file: joined(little.pcap(0xa1b2cd34), R),
    told: 'the file is a modified pcap (Kuznetzov), which is not supported: convert it with editcap',
  },
  {
    name: 'a modified pcap in the other byte order',
    file: joined(big.pcap(0xa1b2cd34), R),
    told: 'the file is a modified pcap (Kuznetzov), which is not supported: convert it with editcap',
  },
  { name: 'zstd', file: hex('28b52ffd 00000000'), told: 'the file is compressed with zstd: unpack it first' },
].map(({ name, file, told }) => ({ name, file, told: [`damage at 0: ${told}`] }));

describe.each([
  ...pcapngs.map((one) => ({ ...one, name: `pcapng: ${one.name}` })),
  ...damagedPcapngs.map((one) => ({ ...one, name: `damaged pcapng: ${one.name}` })),
  ...pcaps.map((one) => ({ ...one, name: `pcap: ${one.name}` })),
  ...damagedPcaps.map((one) => ({ ...one, name: `damaged pcap: ${one.name}` })),
  ...strangers.map((one) => ({ ...one, name: `no capture: ${one.name}` })),
])('$name', ({ file, told }) => {
  test('tells what it holds', () => {
    expect(decoded(file)).toEqual(told);
  });

  test('tells the same however it is cut, and byte by byte', () => {
    fc.assert(
      fc.property(cuts, (places) => {
        expect(decoded(file, places)).toEqual(told);
      }),
      { numRuns: 10 },
    );
    expect(decoded(file, [...file.keys()])).toEqual(told);
  });

  test('leaves the bytes as they were', () => {
    const before = Uint8Array.from(file);
    decoded(file);
    expect(Uint8Array.from(file)).toEqual(before);
  });
});

test('packets that lie whole in what was pushed are views of it', () => {
  const file = joined(START, PACKET);
  const [record] = new CaptureDecoder().push(file);
  expect(record?.type === 'packet' && record.bytes.buffer).toBe(file.buffer);
});

test('a packet that lies across two pushes stays as it is when both are written over', () => {
  const decoder = new CaptureDecoder();
  const [first, second] = cutAt(joined(START, PACKET), [S + 30]);
  decoder.push(first!);
  first!.fill(0);
  const records = decoder.push(second!);
  second!.fill(0);
  expect(captureStory(records)).toEqual([us(1, '0a0a0a0a')]);
});

const files = [everything(little), everything(big), joined(PCAP, ...Array.from({ length: 12 }, () => R))];

test.each(files.map((file, index) => ({ file, index })))(
  'file $index, flipped and cut: what lies before is read',
  ({ file }) => {
    const whole = recordsWithEnds(file);
    fc.assert(
      fc.property(
        fc.nat(file.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.nat(),
        cuts,
        (at, flip, cut, places) => {
          const broken = Uint8Array.from(file).subarray(0, file.length - (cut % 8));
          if (at < broken.length) broken[at]! ^= flip;
          const told = decoded(broken, places);
          const end = Math.min(at, broken.length);
          const good = whole.filter((one) => one.end <= end).flatMap((one) => one.told);
          expect(told.slice(0, good.length)).toEqual(good);
          expect(told).toEqual(decoded(broken));
        },
      ),
      { numRuns: 100 },
    );
  },
);

/** What a file tells, by where it has been told. */
function recordsWithEnds(file: Uint8Array): { end: number; told: string[] }[] {
  const decoder = new CaptureDecoder();
  return Array.from(file, (byte, index) => {
    const records: CaptureRecord[] = decoder.push(Uint8Array.of(byte));
    return { end: index + 1, told: captureStory(records) };
  });
}

test('any bytes at all never throw, and tell the same however they are cut', () => {
  const starts = [START, joined(START, hex('0600000020000000')), PCAP, big.section(), hex('')];
  fc.assert(
    fc.property(
      fc.constantFrom(...starts),
      fc.uint8Array({ maxLength: 300 }),
      cuts,
      (start, bytes, places) => {
        const file = joined(start, bytes);
        expect(decoded(file, places)).toEqual(decoded(file));
      },
    ),
    { numRuns: 200 },
  );
});

test('damage all over does not make the reading slow', () => {
  // each of these says that a block of nearly 1 MiB begins here, which is looked for at its end
  const read = (count: number) => {
    const lies = joined(START, hex('00000000'), Buffer.alloc(8 * count, hex('06000000 f0ff0f00')));
    const places = Array.from({ length: count / 500 }, (_, index) => index * 4000);
    expect(decoded(lies, places)).toHaveLength(1);
  };
  expect(growth(read, 2_000)).toBeLessThan(MOST_GROWTH);
});
