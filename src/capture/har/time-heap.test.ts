import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimeHeap } from './time-heap.ts';

test('gives what was added in the order of time', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), (times) => {
      const heap = new TimeHeap<string>();
      times.forEach((at, order) => void heap.add(at, order, `${at} ${order}`));
      const sorted = times
        .map((at, order) => ({ at, order }))
        .sort((a, b) => a.at - b.at || a.order - b.order);
      for (const { at, order } of sorted) {
        expect(heap.next).toBe(at);
        expect(heap.take()).toBe(`${at} ${order}`);
      }
      expect([heap.next, heap.take()]).toEqual([undefined, undefined]);
    }),
  );
});
