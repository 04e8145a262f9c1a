import { expect, test } from 'vitest';
import { textOf } from '../../testing/shown-lines.ts';
import { Menu, Question } from './menu.ts';

const CHOICES = [
  { key: 'c', does: 'curl', tells: 'a command line' },
  { key: 'j', does: 'JSON', tells: 'a line' },
];

const key = (name: string) => ({ name, text: name });

test('a menu shows its keys, and chooses by them alone', () => {
  const menu = new Menu('Copy as', CHOICES);
  const lines = menu.draw({ columns: 50, rows: 10 }).map(textOf);
  expect(lines[0]).toMatch(/^─ Copy as ─+ any other key: nothing ─$/);
  expect(lines.slice(1).map((line) => line.trimEnd())).toEqual([
    ' c curl  a command line',
    ' j JSON  a line',
  ]);
  expect(menu.draw({ columns: 50, rows: 2 })).toHaveLength(2);
  expect(menu.press(key('j'))).toBe('j');
  expect(menu.press(key('x'))).toBeUndefined();
});

test('a menu of nothing has a title all the same', () => {
  expect(new Menu('Copy as', []).draw({ columns: 50, rows: 10 })).toHaveLength(1);
});

test.each([
  ['y', true],
  ['Y', false],
  ['enter', false],
  ['n', false],
])('a question is answered by %s: %s', (name, isYes) => {
  expect(new Question('End it?').isYes(key(name))).toBe(isYes);
});

test('a question says how to answer', () => {
  const [line] = new Question('End it?').draw({ columns: 50, rows: 10 });
  expect(textOf(line!).trimEnd()).toBe(' End it? y yes, any other key no');
});
