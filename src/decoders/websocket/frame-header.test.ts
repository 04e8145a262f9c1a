import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hex } from '../../testing/cuts.ts';
import { websocketFrame } from '../../testing/websocket-frame.ts';
import { type FrameHeader, isControl, isLengthMinimal, readFrameHeader } from './frame-header.ts';

const plain: FrameHeader = {
  fin: true,
  reserved: 0,
  opcode: 2,
  maskKey: undefined,
  length: 2,
  payloadLength: 0,
};

// The first four are headers of RFC 6455 section 5.7.
const cases = [
  { name: 'unmasked text', wire: '81 05', told: { opcode: 1, payloadLength: 5 } },
  {
    name: 'masked text',
    wire: '81 85 37fa213d',
    told: { opcode: 1, payloadLength: 5, maskKey: 0x3d21fa37, length: 6 },
  },
  { name: '256 bytes', wire: '82 7e 0100', told: { payloadLength: 256, length: 4 } },
  { name: '64 KiB', wire: '82 7f 0000000000010000', told: { payloadLength: 65536, length: 10 } },
  { name: 'a fragment', wire: '01 03', told: { fin: false, opcode: 1, payloadLength: 3 } },
  { name: 'RSV1', wire: 'c2 00', told: { reserved: 0x40 } },
  { name: 'RSV2 and RSV3', wire: 'b2 00', told: { reserved: 0x30 } },
  { name: 'the longest short length', wire: '82 7d', told: { payloadLength: 125 } },
  { name: 'the shortest of 16 bits', wire: '82 7e 007e', told: { payloadLength: 126, length: 4 } },
  { name: 'the longest of 16 bits', wire: '82 7e ffff', told: { payloadLength: 65535, length: 4 } },
  {
    name: 'the longest that a number holds',
    wire: '82 7f 001fffffffffffff',
    told: { payloadLength: Number.MAX_SAFE_INTEGER, length: 10 },
  },
  {
    name: 'a length with its highest bit set',
    wire: '82 7f 8000000000000000',
    told: { payloadLength: Number.POSITIVE_INFINITY, length: 10 },
  },
  {
    name: 'all of 14 bytes',
    wire: '82 ff 0000000100000000 ffffffff',
    told: { payloadLength: 2 ** 32, maskKey: -1, length: 14 },
  },
  { name: 'a key of zeros', wire: '82 80 00000000', told: { maskKey: 0, length: 6 } },
];

describe.each(cases)('a header with $name', ({ wire, told }) => {
  test('is read wherever it lies', () => {
    const bytes = hex(`ffff ${wire} ffff`);
    expect(readFrameHeader(bytes, 2)).toEqual({ ...plain, ...told });
  });

  test('is not read before it is whole', () => {
    const bytes = hex(wire);
    for (let end = 0; end < bytes.length; end++) {
      expect(readFrameHeader(bytes.subarray(0, end), 0)).toBeUndefined();
    }
  });
});

test('what was built is read back', () => {
  const lengths = fc.oneof(fc.bigInt(0n, 125n), fc.bigInt(126n, 65535n), fc.bigInt(65536n, 2n ** 53n - 1n));
  const keys = fc.option(fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }), { nil: undefined });
  fc.assert(
    fc.property(fc.boolean(), fc.nat(7), fc.nat(15), lengths, keys, (fin, rsv, opcode, length, key) => {
      const wire = websocketFrame({ fin, rsv, opcode, length, key });
      expect(readFrameHeader(wire, 0)).toEqual({
        fin,
        reserved: rsv << 4,
        opcode,
        maskKey: key && Buffer.from(key).readInt32LE(),
        length: wire.length,
        payloadLength: Number(length),
      });
    }),
  );
});

test.each([
  { wire: '82 7d', minimal: true },
  { wire: '82 7e 007d', minimal: false },
  { wire: '82 7e 007e', minimal: true },
  { wire: '82 fe 007d 00000000', minimal: false },
  { wire: '82 fe 007e 00000000', minimal: true },
  { wire: '82 7f 000000000000ffff', minimal: false },
  { wire: '82 7f 0000000000010000', minimal: true },
  { wire: '82 ff 0000000000000000 00000000', minimal: false },
])('the length of $wire is minimal: $minimal', ({ wire, minimal }) => {
  expect(isLengthMinimal(readFrameHeader(hex(wire), 0)!)).toBe(minimal);
});

test('opcodes from 8 on are control frames', () => {
  const controls = Array.from({ length: 16 }, (_, opcode) => isControl({ ...plain, opcode }));
  expect(controls.lastIndexOf(false)).toBe(7);
  expect(controls.indexOf(true)).toBe(8);
});
