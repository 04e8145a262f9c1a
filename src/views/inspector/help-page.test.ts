import { expect, test } from 'vitest';
import { textOf } from '../../testing/shown-lines.ts';
import { helpPage } from './help-page.ts';

const GROUPS = [
  { title: 'Messages', hints: [{ key: 'f', does: 'follow', tells: 'Stick to the newest.' }] },
  {
    title: 'Detail',
    hints: Array.from({ length: 12 }, (_, index) => ({ key: `${index}`, does: '', tells: `Page ${index}.` })),
  },
  { title: 'Everywhere', hints: [{ key: 'q', does: 'quit', tells: 'End tare.' }] },
];

function page(columns: number): string[] {
  const lines = helpPage(GROUPS, columns);
  return Array.from({ length: lines.length }, (_, index) => textOf(lines.line(index)).trimEnd());
}

test('keys in groups, then what colours and signs mean', () => {
  const shown = page(100);
  expect(shown.slice(0, 3)).toEqual([' Messages', '   f       Stick to the newest.', '']);
  expect(shown.indexOf(' Everywhere')).toBeLessThan(shown.indexOf(' Colours and signs'));
  expect(shown.join('\n')).toContain('payload: what the application sent');
});

test('a wide screen has them in two columns', () => {
  expect(page(200).length).toBeLessThan(page(100).length);
  for (const line of page(100).filter((line) => line !== '' && line.length < 90))
    expect(page(200).join('\n')).toContain(line.trim());
});
