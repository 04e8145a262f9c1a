import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { inspected } from '../../testing/inspected.ts';
import { type MixedSession, mixedSession } from '../../testing/mixed-session.ts';
import type { Screen } from '../../testing/screen.ts';

/** Screens of the documentation: written anew with `UPDATE_SCREENS=1`, compared without. */
const FOLDER = 'docs/screens';

let mixed: MixedSession;
beforeAll(async () => {
  vi.stubEnv('TZ', 'UTC');
  mixed = await mixedSession();
});
afterAll(() => {
  vi.unstubAllEnvs();
});

interface Picture {
  readonly name: string;
  readonly columns?: number;
  readonly rows?: number;
  readonly keys: readonly string[];
  /** What is there once all keys are pressed. */
  readonly shown: string;
}

const PICTURES: readonly Picture[] = [
  { name: 'exchanges', keys: ['up'], shown: '/socket ─ 22 messages' },
  { name: 'messages', keys: ['enter', 'home', ...down(4)], shown: 'Content' },
  { name: 'hex', keys: ['enter', 'home', ...down(3), 'tab', 'right'], shown: '0000' },
  { name: 'ledger', keys: ['enter', 'home', ...down(3), 'tab', '4'], shown: 'overhead ratio' },
  { name: 'connection', keys: ['up', 'tab', 'tab', '6'], shown: 'Connection' },
  { name: 'overview', keys: ['o'], shown: 'Bytes by class' },
  { name: 'findings', keys: ['F'], shown: '─ Findings ─' },
  { name: 'filter', keys: ['/', ...'proto:ws s'], shown: 'size:' },
  { name: 'keys', keys: ['?'], shown: '─ Keys ─' },
  { name: 'narrow', columns: 80, rows: 24, keys: ['up'], shown: '? keys' },
  {
    name: 'narrow-messages',
    columns: 80,
    rows: 24,
    keys: ['enter', 'home', ...down(4)],
    shown: 'close 1000',
  },
  { name: 'wide', columns: 200, rows: 60, keys: ['enter', 'home', ...down(4)], shown: 'Content' },
];

function down(rows: number): string[] {
  return Array.from({ length: rows }, () => 'down');
}

test.each(PICTURES)('$name', async ({ name, columns = 120, rows = 40, keys, shown }) => {
  const { session, endedAt } = mixed;
  const controls = { title: 'chat.pcapng', now: () => endedAt };
  using looked = await inspected(session, { columns, rows, controls });
  const { screen } = looked;
  await screen.shows('Exchanges');
  const { length } = screen.heard;
  screen.press(...keys, 'C-l');
  await screen.until((text) => screen.heard.includes(CLEARED, length) && text.includes(shown));
  if (process.env.UPDATE_SCREENS) write(name, screen);
  expect(`${screen.text}\n`).toBe(readFileSync(`${FOLDER}/${name}.txt`, 'utf8'));
});

/** What blessed sends before it paints all cells anew, which it does when all keys before have been heard. */
const CLEARED = '\u001b[H\u001b[2J';

function write(name: string, screen: Screen): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}/${name}.txt`, `${screen.text}\n`);
  writeFileSync(`${FOLDER}/${name}.svg`, screen.svg());
}
