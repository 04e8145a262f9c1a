import { expect, test } from 'vitest';
import { harConnections } from './har-connections.ts';
import type { PlannedExchange } from './planned-exchange.ts';

const MILLISECOND = 1_000_000n;

/** An exchange at `place` from one millisecond to another. */
function exchange(
  entry: number,
  place: string,
  from: number,
  to: number,
  facts: Partial<PlannedExchange> = {},
) {
  return {
    entry,
    place,
    askedAt: BigInt(from) * MILLISECOND,
    endsAt: BigInt(to) * MILLISECOND,
    isCertain: false,
    mayBeFollowed: true,
    hasFailed: false,
    ...facts,
  };
}

test.each([
  {
    name: 'one after the other',
    exchanges: [exchange(1, 'a', 0, 10), exchange(2, 'a', 20, 30)],
    found: [[1, 2]],
  },
  {
    name: 'by clocks of milliseconds',
    exchanges: [exchange(1, 'a', 0, 10), exchange(2, 'a', 8, 30)],
    found: [[1, 2]],
  },
  { name: 'side by side', exchanges: [exchange(1, 'a', 0, 10), exchange(2, 'a', 5, 9)], found: [[1], [2]] },
  {
    name: 'the third on the one that is free first',
    exchanges: [exchange(1, 'a', 0, 50), exchange(2, 'a', 5, 9), exchange(3, 'a', 20, 30)],
    found: [[1], [2, 3]],
  },
  {
    name: 'at two places',
    exchanges: [exchange(1, 'a', 0, 10), exchange(2, 'b', 20, 30)],
    found: [[1], [2]],
  },
  {
    name: 'pipelined, where that is certain',
    exchanges: [exchange(1, 'a', 0, 10, { isCertain: true }), exchange(2, 'a', 0, 10, { isCertain: true })],
    found: [[1, 2]],
  },
  {
    name: 'behind one that ends its connection',
    exchanges: [exchange(1, 'a', 0, 10, { mayBeFollowed: false }), exchange(2, 'a', 20, 30)],
    found: [[1], [2]],
  },
  {
    name: 'one that failed',
    exchanges: [
      exchange(1, 'a', 0, 10),
      exchange(2, 'a', 20, 30, { hasFailed: true }),
      exchange(3, 'a', 40, 50),
    ],
    found: [[1, 3], [2]],
  },
])('$name', ({ exchanges, found }) => {
  const connections = harConnections(exchanges, 0n);
  expect(connections.map(({ exchanges }) => exchanges.map(({ entry }) => entry))).toEqual(found);
});
