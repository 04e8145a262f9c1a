import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { displayWidth } from '../display-width.ts';
import { harmless } from '../harmless.ts';
import { piece } from '../styled-line.ts';
import { putCells } from './cells.ts';

/** A line as cells, and the column behind it. */
function cells(texts: readonly string[], columns: number): { row: (string | undefined)[]; end: number } {
  const row: (string | undefined)[] = [];
  const line = texts.map((text) => piece(text));
  const end = putCells(line, columns, (column, text) => {
    row[column] = text;
  });
  return { row, end };
}

describe('each column has a cell', () => {
  test.each([
    { name: 'letters', texts: ['ab', 'c'], columns: 9, row: ['a', 'b', 'c'] },
    { name: 'cut at the edge', texts: ['abc', 'def'], columns: 4, row: ['a', 'b', 'c', 'd'] },
    { name: 'a wide one takes two', texts: ['a李b'], columns: 9, row: ['a', '李', '', 'b'] },
    { name: 'half a wide one is left out', texts: ['a李'], columns: 2, row: ['a'] },
    { name: 'a mark alone is left out', texts: ['a', '\u0301'], columns: 9, row: ['a'] },
    { name: 'none', texts: [''], columns: 9, row: [] },
  ])('$name', ({ texts, columns, row }) => {
    expect(cells(texts, columns)).toEqual({ row, end: row.length });
  });
});

describe('what terminals disagree on is put in its place', () => {
  test.each([
    { name: 'an emoji', text: '😀', cell: '  \u001b[2G😀\u001b[4G' },
    { name: 'a shade of one', text: '👍🏽', cell: '  \u001b[2G👍\u001b[4G' },
    { name: 'a sign that is meant as one', text: '❤️', cell: '  \u001b[2G❤\u001b[4G' },
    { name: 'a flag', text: '🇩🇪', cell: '  \u001b[2GDE\u001b[4G' },
    { name: 'a letter with marks', text: 'e\u0301', cell: ' \u001b[2Ge\u0301\u001b[3G' },
  ])('$name', ({ text, cell }) => {
    expect(cells([`a${text}b`], 9).row.filter((each) => each !== '')).toEqual(['a', cell, 'b']);
  });
});

test('a line is as wide as it is said to be, or as there is room', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 30 }), (text, columns) => {
      const shown = harmless(text);
      const { row, end } = cells([shown], columns);
      expect(row).toHaveLength(end);
      expect(row).not.toContain(undefined);
      expect(end).toBeLessThanOrEqual(columns);
      if (displayWidth(shown) <= columns) expect(end).toBe(displayWidth(shown));
    }),
  );
});
