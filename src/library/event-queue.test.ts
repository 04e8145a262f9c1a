import { describe, expect, test } from 'vitest';
import { EventQueue } from './event-queue.ts';

interface Numbered {
  readonly number: number;
  readonly leftOut?: number;
}

function newQueue(options: { tells?: boolean; onLeave?: () => void } = {}) {
  return new EventQueue<Numbered>({
    leftOut: (count, { number }) => (options.tells === false ? undefined : { number, leftOut: count }),
    onLeave: options.onLeave ?? (() => {}),
  });
}

function add(queue: EventQueue<Numbered>, from: number, to: number): void {
  for (let number = from; number <= to; number++) queue.add({ number });
}

async function all(queue: EventQueue<Numbered>): Promise<Numbered[]> {
  const events: Numbered[] = [];
  for await (const event of queue) events.push(event);
  return events;
}

describe('a reader', () => {
  test('gets what waits, in order, and after the end the end', async () => {
    const queue = newQueue();
    add(queue, 1, 3);
    queue.end();
    add(queue, 4, 4);
    expect(await all(queue)).toEqual([{ number: 1 }, { number: 2 }, { number: 3 }]);
    expect(await queue.next()).toEqual({ value: undefined, done: true });
  });

  test('may ask before there is something, more than once', async () => {
    const queue = newQueue();
    const asked = [queue.next(), queue.next(), queue.next()];
    add(queue, 1, 2);
    queue.end();
    const end = { value: undefined, done: true };
    expect(await Promise.all(asked)).toEqual([
      { value: { number: 1 }, done: false },
      { value: { number: 2 }, done: false },
      end,
    ]);
  });

  test('that leaves gets no more, and is told of', async () => {
    let hasLeft = false;
    const queue = newQueue({
      onLeave: () => {
        hasLeft = true;
      },
    });
    add(queue, 1, 3);
    for await (const { number } of queue) if (number === 2) break;
    expect(hasLeft).toBe(true);
    expect(await queue.next()).toEqual({ value: undefined, done: true });
  });
});

describe('past 10,000 waiting events', () => {
  test('the oldest are dropped, and one stands for them', async () => {
    const queue = newQueue();
    add(queue, 1, 10_007);
    queue.end();
    const events = await all(queue);
    expect(events.slice(0, 2)).toEqual([{ number: 7, leftOut: 7 }, { number: 8 }]);
    expect(events.length).toBe(10_001);
    expect(events.at(-1)).toEqual({ number: 10_007 });
  });

  test('each time by a count of its own', async () => {
    const queue = newQueue();
    add(queue, 1, 10_001);
    expect((await queue.next()).value).toEqual({ number: 1, leftOut: 1 });
    expect((await queue.next()).value).toEqual({ number: 2 });
    add(queue, 10_002, 30_000);
    expect((await queue.next()).value).toEqual({ number: 20_000, leftOut: 19_998 });
    expect((await queue.next()).value).toEqual({ number: 20_001 });
  });

  test('nobody is told who does not want to be', async () => {
    const queue = newQueue({ tells: false });
    add(queue, 1, 10_001);
    expect((await queue.next()).value).toEqual({ number: 2 });
  });
});
