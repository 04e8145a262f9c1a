import { expect, test } from 'vitest';
import { Screen } from '../../testing/screen.ts';
import { piece } from '../styled-line.ts';
import type { Key } from './key.ts';
import { type MouseAction, openTerminal, type Terminal } from './terminal.ts';

/** A terminal, and what its user was told. */
async function opened(): Promise<{ screen: Screen; terminal: Terminal; keys: Key[]; mouse: MouseAction[] }> {
  const screen = new Screen(20, 5);
  const keys: Key[] = [];
  const mouse: MouseAction[] = [];
  const terminal = await openTerminal(
    { input: screen.input, output: screen.output, theme: 'dark', colors: 256 },
    { pressed: (key) => keys.push(key), moused: (action) => mouse.push(action), resized: () => {} },
  );
  return { screen, terminal, keys, mouse };
}

test('paints what changed, and nothing else', async () => {
  const { screen, terminal } = await opened();
  terminal.paint({ lines: [[piece('one')], [piece('two')]] });
  await screen.shows('two');
  const { length } = screen.heard;
  terminal.paint({ lines: [[piece('one')], [piece('2')]] });
  await screen.hides('two');
  expect(screen.heard.slice(length)).toContain('2');
  expect(screen.heard.slice(length)).not.toContain('one');
  terminal.close();
});

test('paints all anew when something else wrote there', async () => {
  const { screen, terminal } = await opened();
  terminal.paint({ lines: [[piece('one')]] });
  await screen.shows('one');
  screen.output.write('\u001b[Hspoilt');
  await screen.shows('spoilt');
  terminal.forget();
  terminal.paint({ lines: [[piece('one')]] });
  await screen.until((text) => text.trim() === 'one');
  terminal.close();
});

test('shows a caret where somebody types', async () => {
  const { screen, terminal } = await opened();
  terminal.paint({ lines: [[piece('/host')]], caret: { column: 3, row: 0 } });
  await screen.shows('/host');
  expect(screen.caret).toEqual({ column: 3, row: 0 });
  expect(screen.modes.showCursor).toBe(true);
  terminal.close();
});

test('tells of each key once, by its name', async () => {
  const { screen, terminal, keys, mouse } = await opened();
  screen.press('a', 'N', '李', '😀', 'enter', 'escape', 'space', 'up', 'pagedown', 'S-tab', 'C-d');
  screen.click(1, 2);
  screen.wheel(3, 4, 'down');
  await new Promise((resolve) => setImmediate(resolve));
  expect(keys.map(({ name, text }) => `${name} ${text}`)).toEqual([
    'a a',
    'N N',
    '李 李',
    '😀 😀',
    'enter ',
    'escape ',
    'space  ',
    'up ',
    'pagedown ',
    'S-tab ',
    'C-d ',
  ]);
  expect(mouse).toEqual([
    { does: 'click', row: 1, column: 2 },
    { does: 'wheel-down', row: 3, column: 4 },
  ]);
  terminal.close();
});

test('closed, it writes no more', async () => {
  const { screen, terminal } = await opened();
  terminal.close();
  terminal.close();
  await screen.until(() => !screen.isAlternate);
  const { heard } = screen;
  terminal.paint({ lines: [[piece('late')]] });
  terminal.send('late');
  expect(terminal.isReady).toBe(false);
  expect(screen.heard).toBe(heard);
});
