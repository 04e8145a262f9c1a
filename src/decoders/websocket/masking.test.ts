import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hex } from '../../testing/cuts.ts';
import { MaskedChunk } from './masking.ts';

test('unmasks the example of RFC 6455 section 5.7', () => {
  const chunk = new MaskedChunk(hex('81 85 37fa213d 7f9f4d5158'), 0);
  expect(Buffer.from(chunk.unmasked(6, 11, 0x3d21fa37, 0)).toString()).toBe('Hello');
});

test('unmasks like section 5.3, at any place and from any position on, and leaves the chunk as it was', () => {
  const key = fc.uint8Array({ minLength: 4, maxLength: 4 });
  const bytes = fc.uint8Array({ maxLength: 100 });
  fc.assert(
    fc.property(bytes, fc.nat(20), fc.nat(20), key, fc.nat(), (wire, before, after, keyBytes, position) => {
      const start = Math.min(before, wire.length);
      const end = Math.max(start, wire.length - after);
      const copy = Uint8Array.from(wire);
      const number = Buffer.from(keyBytes).readInt32LE();
      const plain = wire.subarray(start, end).map((byte, index) => byte ^ keyBytes[(position + index) % 4]!);
      const unmasked = new MaskedChunk(wire, 0).unmasked(start, end, number, position);
      expect(Uint8Array.from(unmasked)).toEqual(plain);
      expect(wire).toEqual(copy);
    }),
    { numRuns: 1000 },
  );
});

test('what was unmasked stays while others of the chunk are', () => {
  const chunk = new MaskedChunk(hex('0000 0000 0000 0000 0000'), 0);
  const first = chunk.unmasked(0, 5, 0x01010101, 0);
  const second = chunk.unmasked(5, 10, 0x02020202, 0);
  expect([...first, ...second]).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
});
