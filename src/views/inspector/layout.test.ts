import { describe, expect, test } from 'vitest';
import { textOf } from '../../testing/shown-lines.ts';
import { piece } from '../styled-line.ts';
import { beside, type PaneName, placesOf } from './layout.ts';

const PANES: readonly PaneName[] = ['exchanges', 'messages', 'detail'];

/** Rows that more exchanges would need than there are. */
const MANY = 1000;

describe.each(PANES)('with %s in focus', (focus) => {
  test('a small screen shows it alone', () => {
    expect(placesOf({ columns: 80, rows: 22 }, focus, MANY)).toEqual([
      { pane: focus, row: 0, column: 0, columns: 80, rows: 22 },
    ]);
  });

  test('a narrow but high one shows the exchanges, and one below', () => {
    const [upper, lower] = placesOf({ columns: 80, rows: 50 }, focus, MANY);
    expect(upper).toMatchObject({ pane: 'exchanges', row: 0, columns: 80 });
    expect(lower?.pane).toBe(focus === 'detail' ? 'detail' : 'messages');
  });

  test.each([
    [100, 22, MANY],
    [120, 38, MANY],
    [120, 38, 3],
    [200, 58, 12],
    [400, 100, MANY],
  ])('%i x %i has all three, which cover it, where the exchanges need %i', (columns, rows, wanted) => {
    const places = placesOf({ columns, rows }, focus, wanted);
    expect(places.map(({ pane }) => pane)).toEqual(PANES);
    const [upper, left, right] = places;
    expect(upper!.rows + left!.rows).toBe(rows);
    expect(right).toMatchObject({ row: upper!.rows, rows: left!.rows, column: left!.columns + 1 });
    expect(right!.column + right!.columns).toBe(columns);
  });
});

test.each([
  { wanted: 3, rows: 6 },
  { wanted: 10, rows: 10 },
  { wanted: MANY, rows: 15 },
])('exchanges that need $wanted rows get $rows', ({ wanted, rows }) => {
  expect(placesOf({ columns: 120, rows: 38 }, 'messages', wanted)[0]?.rows).toBe(rows);
});

test('lines side by side, with a straight border', () => {
  const lines = beside([[piece('李')], [piece('too long')]], [[piece('right')]], { leftColumns: 5, rows: 3 });
  expect(lines.map(textOf)).toEqual(['李   ┬right', 'too l│', '     │']);
});
