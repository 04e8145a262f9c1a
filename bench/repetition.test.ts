import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Repetition } from './repetition.ts';

const head = Buffer.from('head');
const unit = Buffer.from('unit!');
const tail = Buffer.from('end');

function wireOf(count: number): Buffer {
  return Buffer.concat([head, ...Array.from({ length: count }, () => unit), tail]);
}

test('a stream that is as expected completes at its last byte, wherever it is cut', () => {
  const cuts = fc.array(fc.nat(5_000));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), cuts, (count, cuts) => {
      const wire = wireOf(count);
      const expected = new Repetition({ head, unit, count, tail });
      let start = 0;
      for (const end of [...cuts.filter((cut) => cut < wire.length).sort((a, b) => a - b), wire.length]) {
        expect(expected.isComplete).toBe(false);
        expected.push(wire.subarray(start, end));
        start = end;
      }
      expect(expected).toMatchObject({ isComplete: true, units: count });
    }),
    { numRuns: 50 },
  );
});

test('units past the compared pattern are counted', () => {
  const expected = new Repetition({ unit, count: 40_000 });
  expected.push(Buffer.alloc(150_003, unit));
  expect(expected).toMatchObject({ isComplete: false, units: 30_000 });
});

test.each([0, 5, 20_000, 200_006])('one wrong byte at %i is refused', (position) => {
  const wire = wireOf(40_000);
  wire[position]! ^= 1;
  expect(() => new Repetition({ head, unit, count: 40_000, tail }).push(wire)).toThrow('differs');
});

test('a byte too many is refused', () => {
  const expected = new Repetition({ head, unit, count: 2, tail });
  expect(() => expected.push(Buffer.concat([wireOf(2), unit]))).toThrow('after 2 of 2 units');
});
