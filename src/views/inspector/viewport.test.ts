import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Viewport } from './viewport.ts';
import { moved } from './viewport-keys.ts';

function fitted(length: number, height: number, isFollowing = false): Viewport {
  const viewport = new Viewport({ isFollowing });
  viewport.fit(length, height);
  return viewport;
}

function place({ top, cursor }: Viewport): readonly [top: number, cursor: number] {
  return [top, cursor];
}

describe('keys', () => {
  test.each([
    { keys: ['down'], at: [0, 1] },
    { keys: ['j', 'j', 'k'], at: [0, 1] },
    { keys: ['up'], at: [0, 0] },
    { keys: ['pagedown'], at: [0, 9] },
    { keys: ['pagedown', 'pagedown'], at: [9, 18] },
    { keys: ['pagedown', 'pagedown', 'pageup', 'up'], at: [8, 8] },
    { keys: ['C-d', 'C-d', 'C-d'], at: [3, 12] },
    { keys: ['C-d', 'C-u'], at: [0, 0] },
    { keys: ['G'], at: [90, 99] },
    { keys: ['end', 'down'], at: [90, 99] },
    { keys: ['end', 'g'], at: [0, 0] },
    { keys: ['C-f', 'C-b'], at: [0, 0] },
  ])('$keys', ({ keys, at }) => {
    const viewport = fitted(100, 10);
    for (const name of keys) expect(moved(viewport, { name, text: '' })).toBe(true);
    expect(place(viewport)).toEqual(at);
  });

  test('others mean nothing', () => {
    const viewport = fitted(100, 10);
    expect(moved(viewport, { name: 'x', text: 'x' })).toBe(false);
    expect(place(viewport)).toEqual([0, 0]);
  });
});

describe('following', () => {
  test('sticks to the newest row', () => {
    const viewport = fitted(100, 10, true);
    expect(place(viewport)).toEqual([90, 99]);
    viewport.fit(150, 10);
    expect(place(viewport)).toEqual([140, 149]);
    expect(viewport.unseen).toBe(0);
  });

  test('lets go when one goes up, and counts what comes', () => {
    const viewport = fitted(100, 10, true);
    viewport.move(-1);
    expect(viewport.isFollowing).toBe(false);
    viewport.fit(130, 10);
    expect(place(viewport)).toEqual([90, 98]);
    expect(viewport.unseen).toBe(30);
    viewport.follow();
    expect(place(viewport)).toEqual([120, 129]);
    expect(viewport.unseen).toBe(0);
  });

  test('goes on at the last row, whatever is pressed to stay there', () => {
    const viewport = fitted(100, 10, true);
    viewport.move(1);
    viewport.end();
    expect(viewport.isFollowing).toBe(true);
  });

  test('a list that was never followed has nothing new at first', () => {
    expect(fitted(100, 10).unseen).toBe(0);
  });
});

describe('a list that changes', () => {
  test('rows that come before move nothing that is seen', () => {
    const viewport = fitted(100, 10);
    viewport.goTo(50);
    const [top, cursor] = place(viewport);
    viewport.shift(1000);
    viewport.fit(1100, 10);
    expect(place(viewport)).toEqual([top + 1000, cursor + 1000]);
  });

  test('one that becomes short has the cursor on its last row', () => {
    const viewport = fitted(100, 10);
    viewport.end();
    viewport.fit(3, 10);
    expect(place(viewport)).toEqual([0, 2]);
    viewport.fit(0, 10);
    expect(place(viewport)).toEqual([0, 0]);
  });

  test('a screen that becomes low keeps the cursor on it', () => {
    const viewport = fitted(100, 20);
    viewport.goTo(19);
    viewport.fit(100, 5);
    expect(place(viewport)).toEqual([15, 19]);
  });

  test('says where in the list it is', () => {
    const viewport = fitted(200, 50);
    viewport.goTo(149);
    expect(viewport.position).toEqual({ start: 0.5, share: 0.25 });
    expect(fitted(0, 50).position).toEqual({ start: 0, share: 1 });
  });
});

const steps = fc.array(
  fc.oneof(
    fc.record({ does: fc.constant('fit' as const), length: fc.nat(60), height: fc.nat(20) }),
    fc.record({
      does: fc.constantFrom('move' as const, 'page' as const),
      rows: fc.integer({ min: -70, max: 70 }),
    }),
    fc.record({
      does: fc.constantFrom('home' as const, 'end' as const, 'follow' as const, 'letGo' as const),
    }),
  ),
);

test('the cursor is a row that is there, and seen, whatever happens', () => {
  fc.assert(
    fc.property(steps, fc.boolean(), (steps, isFollowing) => {
      const viewport = new Viewport({ isFollowing });
      let length = 0;
      let height = 1;
      for (const step of steps) {
        if (step.does === 'fit') {
          length = step.length;
          height = Math.max(1, step.height);
          viewport.fit(length, step.height);
        } else if (step.does === 'move') viewport.move(step.rows);
        else if (step.does === 'page') viewport.page(step.rows);
        else viewport[step.does]();
        const { top, cursor } = viewport;
        expect(cursor).toBeGreaterThanOrEqual(0);
        expect(cursor).toBeLessThan(Math.max(1, length));
        expect(top).toBeGreaterThanOrEqual(Math.max(0, cursor - height + 1));
        expect(top).toBeLessThanOrEqual(cursor);
        expect(top).toBeLessThanOrEqual(Math.max(0, length - height));
        if (viewport.isFollowing) expect(cursor).toBe(Math.max(0, length - 1));
      }
    }),
  );
});
