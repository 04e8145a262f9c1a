import { expect, test } from 'vitest';
import { textOf } from '../../testing/shown-lines.ts';
import { displayWidth } from '../display-width.ts';
import { piece } from '../styled-line.ts';
import { inColumns, onGround, titleLine, widthOf } from './title-line.ts';

test.each([
  { titles: ['sse #14', '88 events'], columns: 30, right: '', shown: '─ sse #14 ─ 88 events ────────' },
  { titles: ['sse #14'], columns: 30, right: '2 new ▼', shown: '─ sse #14 ────────── 2 new ▼ ─' },
  { titles: ['sse #14'], columns: 20, right: '2 new ▼', shown: '─ sse #14 ──────────' },
  { titles: ['李雷'], columns: 5, right: '', shown: '─ 李 ' },
])('$titles in $columns', ({ titles, columns, right, shown }) => {
  const line = textOf(titleLine(titles, columns, true, right));
  expect(line).toBe(shown);
  expect(displayWidth(line)).toBe(columns);
});

test('the title of the focused pane is strong', () => {
  expect(titleLine(['Keys'], 20, true)[1]).toEqual(piece('Keys', 'strong'));
  expect(titleLine(['Keys'], 20, false)[1]).toEqual(piece('Keys', 'dim'));
});

test('a line in exactly so many columns', () => {
  expect(textOf(inColumns([piece('李雷')], 6))).toBe('李雷  ');
  expect(textOf(inColumns([piece('李雷')], 3))).toBe('李 ');
  expect(textOf(inColumns([piece('ab'), piece('cd', 'fault')], 3))).toBe('abc');
  expect(widthOf([piece('李'), piece('a')])).toBe(3);
});

test('a ground goes behind all that has none', () => {
  const match = { ...piece('b'), ground: 'match' as const };
  expect(onGround([piece('a'), match], 'bar').map(({ ground }) => ground)).toEqual(['bar', 'match']);
});
