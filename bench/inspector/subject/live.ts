import { setTimeout as pause } from 'node:timers/promises';
import { openInspector } from '../../../src/views/inspector/open-inspector.ts';
import { type Figures, type Keys, timesOf } from '../figures.ts';
import type { LargeSession } from './large-session.ts';
import { PaintedScreen } from './painted-screen.ts';

const MESSAGES_A_SECOND = 20_000;
/** Up and down, whole pages, to either end, into the messages and back. */
const KEYS = [
  'j',
  'j',
  'k',
  '\x04',
  '\x04',
  '\x15',
  'G',
  'k',
  'g',
  '\r',
  'G',
  'k',
  'g',
  'j',
  '\t',
  '\x1b[Z',
  '\x1b',
];
/** Milliseconds from one key to the next: as somebody types, and as a keyboard repeats. */
const TYPED = [60, 250] as const;
const HELD = [33, 33] as const;

/** What there is to see, and how soon, while messages come; `keys` are pressed of each kind. */
export async function liveFigures(
  large: LargeSession,
  keys: number,
): Promise<Pick<Figures, 'firstPaint' | 'typed' | 'held'>> {
  const screen = new PaintedScreen();
  const { input } = screen;
  const controls = { title: 'bench', now: () => large.now, quit: () => {} };
  const begun = performance.now();
  const inspector = await openInspector(large.session, controls, {
    input,
    output: screen,
    theme: 'dark',
    colors: 256,
  });
  await screen.frame();
  const firstPaint = performance.now() - begun;
  const typed = await pressed(large, screen, keys, TYPED);
  const held = await pressed(large, screen, keys, HELD);
  inspector.close();
  return { firstPaint, typed, held };
}

async function pressed(
  large: LargeSession,
  screen: PaintedScreen,
  keys: number,
  [least, most]: readonly [number, number],
): Promise<Keys> {
  const begun = performance.now();
  const { frames } = screen;
  const traffic = new AbortController();
  const came = messages(large, traffic.signal);
  const times: Promise<number>[] = [];
  for (let count = 0; count < keys; count++) {
    await pause(least + ((count * 7919) % (most - least + 1)));
    times.push(screen.press(KEYS[count % KEYS.length]!));
  }
  const all = await Promise.all(times);
  traffic.abort();
  const seconds = (performance.now() - begun) / 1000;
  return {
    times: timesOf(all),
    frames: (screen.frames - frames) / seconds,
    messages: (await came) / seconds,
  };
}

/** As many as are due at each turn of the event loop; resolves with how many came. */
async function messages(large: LargeSession, signal: AbortSignal): Promise<number> {
  const begun = performance.now();
  let came = 0;
  while (!signal.aborted) {
    const due = Math.floor(((performance.now() - begun) / 1000) * MESSAGES_A_SECOND);
    large.take(due - came);
    came = due;
    await pause(1);
  }
  return came;
}
