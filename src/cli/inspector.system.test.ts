import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { Tmux } from '../testing/tmux.ts';

const TARE = `'${process.execPath}' '${resolve('dist/bin/main.js')}'`;

/** What a terminal is set to that no program has changed. */
const UNCHANGED = 'alternate=0 mouse=0 cursor=1 keypad=0';

function settings(tmux: Tmux): string {
  return tmux.ask(
    'alternate=#{alternate_on} mouse=#{mouse_any_flag} cursor=#{cursor_flag} keypad=#{keypad_flag}',
  );
}

/** What `stty` says of the terminal's lines: raw, echo and so on. */
async function lineSettings(tmux: Tmux): Promise<string> {
  tmux.enter('clear; stty -a; echo "do""ne"');
  const shown = await tmux.shows('done');
  return shown.slice(shown.indexOf('speed'), shown.indexOf('done'));
}

test('the demo: what a person sees, and the terminal as it was afterwards', async () => {
  using tmux = new Tmux();
  const before = await lineSettings(tmux);
  expect(before).toMatch(/ icanon .* echo /s);
  tmux.enter(`clear; ${TARE} demo --port 0; echo "code $?"`);
  await tmux.shows(/─ Exchanges ─ \d+/);
  const shown = await tmux.shows(/ ws +\S+\/socket +open /);
  expect(shown).toMatch(/^ tare {2}127\.0\.0\.1:\d+ .*open .*gross .* payload .* overhead \d+%/);
  expect(shown.trimEnd().split('\n')).toHaveLength(40);
  expect(settings(tmux)).toMatch(/^alternate=1 mouse=1 cursor=0/);
  tmux.press('?');
  await tmux.shows('─ Keys ─');
  tmux.press('Escape');
  await tmux.shows('─ Exchanges ─');
  tmux.press('q');
  await tmux.shows('End tare, and all connections through it? y yes');
  tmux.press('y');
  const printed = await tmux.shows('code 0');
  expect(printed).toMatch(/^WebSocket +\d+ /m);
  expect(settings(tmux)).toBe(UNCHANGED);
  expect(await lineSettings(tmux)).toBe(before);
});

test('a capture: looked through, and left with q at once', async () => {
  using tmux = new Tmux();
  tmux.enter(`clear; ${TARE} open '${resolve('fixtures/tare-websocket.pcapng')}'; echo "code $?"`);
  await tmux.shows(/ ws +\S+\/socket +closed 1000 /);
  tmux.press('Enter', 'Home', 'Down', 'Down', 'Enter', 'Right');
  await tmux.shows('0000 ');
  tmux.press('q');
  await tmux.shows('code 0');
  expect(settings(tmux)).toBe(UNCHANGED);
});

test.each([
  { signal: 'TERM', command: 'demo --port 0', code: 'code 0' },
  { signal: 'INT', command: 'demo --port 0', code: 'code 0' },
  { signal: 'TERM', command: `open '${resolve('fixtures/tare-websocket.pcapng')}'`, code: 'code 0' },
])('SIG$signal ends `tare $command` and gives the terminal back', async ({ signal, command, code }) => {
  using tmux = new Tmux();
  const before = await lineSettings(tmux);
  tmux.enter(
    `clear; sh -c 'echo $$ > '${tmux.folder}/pid'; exec "$@"' tare ${TARE} ${command}; echo "code $?"`,
  );
  await tmux.shows('/socket');
  process.kill(Number(readFileSync(`${tmux.folder}/pid`, 'utf8')), `SIG${signal}`);
  await tmux.shows(code);
  expect(settings(tmux)).toBe(UNCHANGED);
  expect(await lineSettings(tmux)).toBe(before);
});

test('a file that is no capture: the words are on the terminal, not on the screen that is gone', async () => {
  using tmux = new Tmux();
  tmux.enter(`clear; ${TARE} open package.json; echo "code $?"`);
  const shown = await tmux.shows('code 2');
  expect(shown.replaceAll('\n', '')).toContain('package.json: ');
  expect(settings(tmux)).toBe(UNCHANGED);
});
