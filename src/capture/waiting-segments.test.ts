import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WaitingSegments } from './waiting-segments.ts';

const START = 100;

test('whatever overlaps, each place has the bytes that came first, in order and once', () => {
  const segment = fc.record({
    position: fc.nat(40),
    length: fc.integer({ min: 1, max: 12 }),
    captured: fc.nat(12),
  });
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 12 }), (segments) => {
      const memory = { held: 0 };
      const waiting = new WaitingSegments(memory);
      const places = new Map<number, string>();
      for (const [number, { position, length, captured }] of segments.entries()) {
        const fresh = range(START + position, length).filter((place) => !places.has(place));
        expect(waiting.covered(START + position, length)).toBe(length - fresh.length);
        for (const place of fresh)
          places.set(place, place - START - position < captured ? `${number}` : 'missing');
        expect(
          waiting.add(START + position, new Uint8Array(Math.min(length, captured)).fill(number), length),
        ).toBe(fresh.length);
      }
      expect(waiting.length).toBe(places.size);
      expect(waiting.end).toBe(Math.max(0, ...[...places.keys()].map((place) => place + 1)));
      const expected = [...places].sort(([one], [other]) => one - other);
      expect(taken(waiting)).toEqual(expected);
      expect([memory.held, waiting.length, waiting.count, waiting.first]).toEqual([
        0,
        0,
        0,
        Number.POSITIVE_INFINITY,
      ]);
    }),
  );
});

test('what waits is a copy, and counts as held until it is let go', () => {
  const memory = { held: 0 };
  const waiting = new WaitingSegments(memory);
  const bytes = Uint8Array.of(1, 2, 3);
  waiting.add(5, bytes, 3);
  bytes.fill(9);
  expect(memory.held).toBeGreaterThan(3);
  expect(waiting.shift()!.bytes).toEqual(Uint8Array.of(1, 2, 3));
  waiting.add(5, bytes, 3);
  waiting.clear();
  expect(memory.held).toBe(0);
});

function range(start: number, length: number): number[] {
  return Array.from({ length }, (_, index) => start + index);
}

function taken(waiting: WaitingSegments): [number, string][] {
  const places: [number, string][] = [];
  for (let segment = waiting.shift(); segment; segment = waiting.shift()) {
    const { position, bytes, length } = segment;
    for (const place of range(position, length))
      places.push([place, bytes[place - position]?.toString() ?? 'missing']);
  }
  return places;
}
