import { expect, test } from 'vitest';
import { textOf } from '../../testing/shown-lines.ts';
import { keyBar } from './key-bar.ts';

const hint = (key: string, does: string) => ({ key, does, tells: '' });
const HINTS = [hint('⏎', 'open'), hint('f', 'follow'), hint('s', 'sort')];
const ALWAYS = [hint('?', 'keys'), hint('q', 'quit')];

test.each([
  { columns: 60, shown: ' ⏎ open  f follow  s sort  ? keys  q quit' },
  { columns: 38, shown: ' ⏎ open  f follow  ? keys  q quit' },
  { columns: 18, shown: ' ? keys  q quit' },
])('what fits in $columns, and always the last', ({ columns, shown }) => {
  const line = keyBar(HINTS, ALWAYS, columns);
  expect(textOf(line)).toBe(shown.padEnd(columns));
  expect(line.every(({ ground }) => ground === 'bar')).toBe(true);
});
