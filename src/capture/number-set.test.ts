import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberSet } from './number-set.ts';

const number = fc.oneof(fc.nat(20), fc.nat(200_000), fc.nat(2 ** 40));

test('holds what a Set holds', () => {
  fc.assert(
    fc.property(fc.array(number), fc.array(number), (added, others) => {
      const set = new NumberSet();
      for (const one of added) set.add(one);
      const wanted = new Set(added);
      expect(set.size).toBe(wanted.size);
      for (const one of [...added, ...others]) expect(set.has(one)).toBe(wanted.has(one));
    }),
  );
});
