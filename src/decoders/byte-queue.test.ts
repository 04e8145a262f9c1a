import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { growth, MOST_GROWTH } from '../testing/growth.ts';
import { ByteQueue } from './byte-queue.ts';

const text = (bytes: Readonly<Uint8Array>): string => Buffer.from(bytes).toString('latin1');

function queueOf(...chunks: string[]): ByteQueue {
  const queue = new ByteQueue();
  for (const chunk of chunks) queue.add(Buffer.from(chunk, 'latin1'));
  return queue;
}

describe('a queue of two chunks', () => {
  test.each([
    { name: 'nothing', count: 0, taken: '', left: 5 },
    { name: 'within the first', count: 2, taken: 'ab', left: 3 },
    { name: 'the first', count: 3, taken: 'abc', left: 2 },
    { name: 'across both', count: 4, taken: 'abcd', left: 1 },
    { name: 'everything', count: 5, taken: 'abcde', left: 0 },
    { name: 'more than there is', count: 9, taken: 'abcde', left: 0 },
  ])('peeks and takes $name', ({ count, taken, left }) => {
    const queue = queueOf('abc', 'de');
    expect(text(queue.peek(count))).toBe(taken);
    expect(queue.length).toBe(5);
    expect(text(queue.take(count))).toBe(taken);
    expect(queue.length).toBe(left);
  });
});

test('a view of what was just added is that very memory', () => {
  const chunk = Buffer.from('abcdef');
  const queue = new ByteQueue();
  queue.add(chunk);
  expect(queue.take(2).buffer).toBe(chunk.buffer);
  expect(queue.chunk().byteOffset).toBe(chunk.byteOffset + 2);
});

test('only what straddles the seam is copied', () => {
  const queue = queueOf('ab');
  const added = Buffer.from('cdefgh');
  queue.add(added);
  expect(text(queue.take(3))).toBe('abc');
  expect(queue.chunk().buffer).toBe(added.buffer);
  expect(text(queue.chunk())).toBe('defgh');
});

test.each([
  { name: 'nothing', count: 0, front: 'ab' },
  { name: 'what lies in one piece', count: 2, front: 'ab' },
  { name: 'more', count: 4, front: 'abcd' },
  { name: 'more than there is', count: 9, front: 'abcde' },
])('the front, where $name is asked for', ({ count, front }) => {
  const queue = queueOf('ab', 'cde');
  expect(text(queue.front(count))).toBe(front);
  expect(queue.length).toBe(5);
  queue.skip(2);
  expect(text(queue.front(1))).toBe(count > 2 ? front.slice(2) : 'cde');
});

test.each([
  { name: 'nothing waits', chunks: [], begins: false },
  { name: 'they wait', chunks: ['abc'], begins: true },
  { name: 'more waits', chunks: ['abcd'], begins: true },
  { name: 'others wait', chunks: ['abd'], begins: false },
  { name: 'not all of them wait', chunks: ['ab'], begins: false },
  { name: 'they wait in two pieces', chunks: ['ab', 'cd'], begins: false },
])('begins with some bytes where $name: $begins', ({ chunks, begins }) => {
  expect(queueOf(...chunks).beginsWith(Buffer.from('abc'))).toBe(begins);
});

test('what is kept does not change when the lender uses its memory again', () => {
  const lent = Buffer.from('abcdef');
  const queue = new ByteQueue();
  queue.add(lent);
  queue.skip(2);
  queue.keep();
  lent.fill('x');
  expect(text(queue.take(4))).toBe('cdef');
});

test('a view stays as it was while the queue goes on', () => {
  const queue = queueOf('ab', 'cd');
  const view = queue.take(3);
  queue.add(Buffer.from('efgh'));
  queue.keep();
  queue.take(2);
  queue.add(Buffer.from('ijkl'));
  queue.keep();
  expect(text(view)).toBe('abc');
});

test('single bytes, looked at whole each time, take no longer than their number', () => {
  const byte = Buffer.from('x');
  const drip = (size: number) => {
    const queue = new ByteQueue();
    for (let count = 1; count <= size; count++) {
      queue.add(byte);
      if (queue.peek(count).length !== count) throw new Error(`${count} bytes expected`);
      queue.keep();
    }
    expect(queue.take(size)).toHaveLength(size);
  };
  expect(growth(drip, 10_000)).toBeLessThan(MOST_GROWTH);
});

test('whatever is done to it, it gives the bytes in order', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('add' as const), count: fc.nat(300) }),
    fc.record({ do: fc.constantFrom('peek' as const, 'take' as const, 'skip' as const), count: fc.nat(400) }),
    fc.record({ do: fc.constantFrom('keep' as const, 'chunk' as const), count: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new ByteQueue();
      let waiting: number[] = [];
      let next = 0;
      for (const { do: action, count } of steps) {
        if (action === 'add') {
          const bytes = Uint8Array.from({ length: count }, () => next++);
          waiting.push(...bytes);
          queue.add(bytes);
        } else if (action === 'keep') queue.keep();
        else if (action === 'skip') queue.skip(count);
        else if (action === 'chunk') expectPrefix(queue.chunk(), waiting);
        else expect([...queue[action](count)]).toEqual(waiting.slice(0, count));
        if (action === 'take' || action === 'skip') waiting = waiting.slice(count);
        expect(queue.length).toBe(waiting.length);
        expect(queue.chunk().length > 0).toBe(waiting.length > 0);
      }
    }),
  );
});

function expectPrefix(bytes: Readonly<Uint8Array>, waiting: readonly number[]): void {
  expect([...bytes]).toEqual(waiting.slice(0, bytes.length));
}
