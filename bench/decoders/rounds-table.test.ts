import { expect, test } from 'vitest';
import type { Round } from './round.ts';
import { roundsTable } from './rounds-table.ts';

const roundsOf = (...walls: number[]): Round[] =>
  walls.map((wall) => ({ bytes: 1_000_000, wall, cpu: 2 * wall }));

test('a row tells the median a message, and the ratio to tare round for round', () => {
  const rounds = new Map([
    ['tare', roundsOf(1_000_000, 4_000_000, 2_000_000)],
    ['peer', roundsOf(3_000_000, 4_000_000, 6_000_000)],
  ]);
  const [, , ...rows] = roundsTable([{ name: 'ws', messages: 1_000, rounds }]).split('\n');
  const cells = rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  expect(cells).toEqual([
    ['ws', 'tare', '2,000 (1,000..4,000)', '4,000', '500', '1.00 x'],
    ['ws', 'peer', '4,000 (3,000..6,000)', '8,000', '250', '3.00 x'],
  ]);
});
