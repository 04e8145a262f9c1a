import { describe, expect, test } from 'vitest';
import { Session } from '../../session/session.ts';
import { client, server, webSocket } from '../../testing/conversations.ts';
import { inspected } from '../../testing/inspected.ts';
import type { Screen } from '../../testing/screen.ts';
import { TapScript } from '../../testing/tap-script.ts';
import { websocketFrame } from '../../testing/websocket-frame.ts';

const TEXTS: readonly (readonly [name: string, text: string])[] = [
  ['a screen that is cleared', '\u001b[2J\u001b[H wiped'],
  [
    'a title, a clipboard, a link',
    '\u001b]0;owned\u0007\u001b]52;c;b3duZWQ=\u0007\u001b]8;;http://x\u001b\\',
  ],
  ['sequences of one byte', '\u009b2J\u009d0;owned\u009c'],
  ['another character set, a reset', '\u001b(0lqqk\u001bc'],
  ['marks of reading direction', 'pay\u202ecod.exe\u202c \u2067x\u2069 \u200fשלום'],
  ['nothing that shows', 'a\u200b\u200d\u2060\ufeff\u00adz'],
  ['Chinese, Japanese, Korean', '李雷和韩梅梅 こんにちは 안녕하세요'],
  ['full and half width', 'ＡＢＣ ｱｲｳ'],
  ['emoji', '😀🚀🎉 and more'],
  ['emoji of several parts', '👍🏽 👩‍👩‍👧‍👦 ❤️ 1️⃣ 🇩🇪🇨🇳 🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
  ['combining marks', 'e\u0301a\u0308\u0323 Z̸̡̢̛a̷l̴g̵o̶'],
  ['marks alone', '\u0301\u0308'],
  ['line ends and tabs', 'one\r\ntwo\tthree\u2028four\u0085five'],
  ['half a character', '\ud83d'],
];

function said(): Session {
  const session = new Session();
  const frames = TEXTS.map(([, text]) => server(websocketFrame({ opcode: 1, payload: text })));
  new TapScript(session.take)
    .open({ server: { host: 'evil\u001b[2J.example', port: 80 } })
    .say(...webSocket.slice(0, 2), ...frames)
    .say(client(websocketFrame({ opcode: 8, payload: Buffer.from('\x03\xe8\x1b[2J\u202e', 'latin1') })))
    .close();
  return session;
}

/** Columns of the border between messages and detail, of each row that has one. */
function borders(screen: Screen): Set<number> {
  const found = new Set<number>();
  for (let row = 0; row < 40; row++)
    for (let column = 0; column < 120; column++)
      if ('│┬'.includes(screen.cell(row, column).text || ' ')) found.add(column);
  return found;
}

describe.each([
  { name: 'a terminal of today', isOld: false },
  { name: 'a terminal with widths of its own', isOld: true },
])('$name', ({ isOld }) => {
  test('columns stay straight, when painted at once and when painted in parts', async () => {
    using shown = await inspected(said(), { isOld });
    const { screen } = shown;
    await screen.shows('close 1000');
    expect(borders(screen)).toEqual(new Set([62]));
    screen.press('enter', 'home', 'down', 'down', 'down', 'down');
    for (const [index] of TEXTS.entries()) {
      await screen.shows(`─ message ${index + 5} `);
      expect(borders(screen)).toEqual(new Set([62]));
      screen.press('down');
    }
    screen.press('tab', 'right');
    await screen.shows('─ Hex ');
    expect(borders(screen)).toEqual(new Set([62]));
  });
});

test('nothing of it steers the terminal', async () => {
  using shown = await inspected(said(), { columns: 200 });
  const { screen } = shown;
  await screen.shows('close 1000');
  screen.press('enter', 'end', 'up');
  await screen.shows(`─ message ${TEXTS.length + 4} `);
  expect(screen.heard).not.toMatch(/owned\u0007|\u001b\]52|\u001b\]8|\u001bc|\u001b\(0l|[\u0080-\u009f]/);
  expect(screen.heard).not.toMatch(/[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/);
  expect(screen.text).toContain('·[2J·[H wiped');
  expect(screen.text).toContain('pay·cod.exe·');
  expect(screen.text).toContain('one two three·four·five');
});
