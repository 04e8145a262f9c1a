import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { captureStory } from '../testing/capture-file.ts';
import { hex } from '../testing/cuts.ts';
import { CaptureDecoder } from './capture-decoder.ts';
import {
  enhancedPacket,
  interfaceDescription,
  interfaceStatistics,
  MAX_OPTION_LENGTH,
  nameResolution,
  sectionHeader,
} from './pcapng-blocks.ts';
import type { CaptureRecord } from './record.ts';

const START = [sectionHeader({ application: 'tare' }), interfaceDescription({ link: 101 })];

function read(...blocks: readonly Buffer[]): CaptureRecord[] {
  const decoder = new CaptureDecoder();
  return [...decoder.push(Buffer.concat([...START, ...blocks])), ...decoder.end()];
}

describe('a block is what the format says', () => {
  test.each([
    {
      name: 'section',
      made: sectionHeader({ application: 'a', system: 'linux', hardware: 'x64' }),
      wire: `0a0d0d0a 3c000000 4d3c2b1a 0100 0000 ffffffffffffffff
        0200 0300 78363400 0300 0500 6c696e7578000000 0400 0100 61000000 0000 0000 3c000000`,
    },
    {
      name: 'interface',
      made: interfaceDescription({ link: 101, name: 'tare' }),
      wire: '01000000 28000000 6500 0000 00000000 0200 0400 74617265 0900 0100 09000000 0000 0000 28000000',
    },
    {
      name: 'packet without comments',
      made: enhancedPacket({ interface: 1, at: 0x0102030405060708n, bytes: [hex('aabb'), hex('cc')] }),
      wire: '06000000 24000000 01000000 04030201 08070605 03000000 03000000 aabbcc00 24000000',
    },
    {
      name: 'packet with comments',
      made: enhancedPacket({ interface: 0, at: 1n, bytes: [], comments: ['a', 'é'] }),
      wire: `06000000 34000000 00000000 00000000 01000000 00000000 00000000
        0100 0100 61000000 0100 0200 c3a90000 0000 0000 34000000`,
    },
    {
      name: 'names',
      made: nameResolution([
        { address: '192.0.2.1', names: ['a', 'b'] },
        { address: '::1', names: ['c'] },
        { address: 'no address', names: ['d'] },
        { address: '192.0.2.2', names: [] },
      ]),
      wire: `04000000 34000000 0100 0800 c0000201 61006200
        0200 1200 00000000000000000000000000000001 63000000 0000 0000 34000000`,
    },
    {
      name: 'statistics',
      made: interfaceStatistics({ interface: 0, at: 1n, received: 5, dropped: 2 ** 40 }),
      wire: `05000000 34000000 00000000 00000000 01000000
        0400 0800 0500000000000000 0500 0800 0000000000010000 0000 0000 34000000`,
    },
  ])('$name', ({ made, wire }) => {
    expect(made.toString('hex')).toBe(wire.replace(/\s/g, ''));
  });
});

test('packets read as they were written', () => {
  const packet = fc.record({
    at: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    bytes: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 3 }),
    comments: fc.array(fc.string({ maxLength: 20 }), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(fc.array(packet), (packets) => {
      const told = read(...packets.map((one) => enhancedPacket({ ...one, interface: 0 })));
      const meant = packets.map(({ at, bytes, comments }): CaptureRecord => {
        const whole = Uint8Array.from(Buffer.concat(bytes));
        return { type: 'packet', at, link: 101, bytes: whole, length: whole.length, comments, interface: 0 };
      });
      expect(told).toEqual(meant);
    }),
    { numRuns: 50 },
  );
});

test('names read as they were written', () => {
  const entries = [
    { address: '192.0.2.1', names: ['one.example', 'bücher.example'] },
    { address: '2001:db8::1', names: ['one.example'] },
  ];
  expect(read(nameResolution(entries))).toEqual([{ type: 'names', entries }]);
});

test('a packet of the largest size of IP, with the longest comment', () => {
  const bytes = new Uint8Array(65_575).fill(7);
  const comment = 'x'.repeat(MAX_OPTION_LENGTH);
  const [record] = read(enhancedPacket({ interface: 0, at: 0n, bytes: [bytes], comments: [comment] }));
  expect(record).toMatchObject({ length: 65_575, comments: [comment] });
});

test('a comment that no option can hold is our mistake', () => {
  const comments = ['é'.repeat(MAX_OPTION_LENGTH / 2 + 1)];
  expect(() => enhancedPacket({ interface: 0, at: 0n, bytes: [], comments })).toThrow(RangeError);
});

test('names that no entry can hold are left out', () => {
  const names = Array.from({ length: 300 }, () => 'n'.repeat(250));
  const blocks = nameResolution([
    { address: '192.0.2.1', names },
    { address: '192.0.2.2', names: ['short'] },
  ]);
  expect(captureStory(read(blocks))).toEqual(['names 192.0.2.2=short']);
});
