import { describe, expect, test } from 'vitest';
import { inspectedCapture, type Looks } from '../../testing/inspected.ts';
import type { Screen, ScreenCell } from '../../testing/screen.ts';

const TLS = 'fixtures/tare-tls.pcapng';
const WEBSOCKET = 'fixtures/tare-websocket-deflate.pcapng';
const BROKEN = 'fixtures/har/firefox.har';

const SIZES: readonly { readonly columns: number; readonly rows: number }[] = [
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
  { columns: 200, rows: 60 },
];

/** The text of the row that the cursor is on in the focused pane: its ground is not the screen's. */
function onCursor(screen: Screen): string[] {
  return screen.lines.filter((line, row) => line !== '' && backs(screen, row).includes(CURSOR));
}

/** Colours of the grounds. */
const CURSOR = 24;
const BAR = 236;

function backs(screen: Screen, row: number): (number | undefined)[] {
  return [1, 60, 75].map((column) => screen.cell(row, column).back);
}

/** Waits until the row of the cursor has these words. */
async function isOn(screen: Screen, words: RegExp): Promise<void> {
  await screen.until(() => onCursor(screen).some((line) => words.test(line)));
}

describe.each(SIZES)('at $columns x $rows', (size) => {
  test('the exchanges, from first to last by keys of both kinds', async () => {
    using shown = await inspectedCapture(TLS, size);
    const { screen } = shown;
    expect(screen.lines[0]).toMatch(/^ tare +tare-tls.pcapng .*gross 12k +payload 1\.\dk +overhead 89%/);
    expect(screen.lines[1]).toMatch(/^─ Exchanges ─ 4 /);
    await isOn(screen, /^ +4 /);
    screen.press('up');
    await isOn(screen, /^ +3 /);
    screen.press('g');
    await isOn(screen, /^ +1 /);
    screen.press('j', 'j', 'k', 'down', 'end');
    await isOn(screen, /^ +4 /);
    expect(screen.text).toMatch(/ wss +chat\.\S+\/socket +closed 1000 /);
  });

  test('in, through the pages of the detail, and out again', async () => {
    using shown = await inspectedCapture(WEBSOCKET, size);
    const { screen } = shown;
    screen.press('enter');
    await screen.shows('close 1000');
    screen.press('home', 'down', 'down', 'enter');
    await screen.shows('"presence"');
    for (const page of ['Hex', 'Head', 'Ledger', 'Timing', 'Connection']) {
      screen.press('right');
      await screen.until((text) => text.includes(`[${page}]`) || text.includes(`─ ${page} `));
    }
    screen.press('2');
    await screen.shows('0000');
    screen.press('escape', 'escape');
    await isOn(screen, /\/socket/);
  });

  test('the overview and back', async () => {
    using shown = await inspectedCapture(TLS, size);
    const { screen } = shown;
    screen.press('o');
    await screen.shows('Bytes by class');
    expect(screen.text).toMatch(/payload +1\.\dk/);
    expect(screen.text).toContain('WebSocket');
    screen.press('o');
    await screen.shows('Exchanges');
  });

  test('all keys under ?, to the last of them', async () => {
    using shown = await inspectedCapture(TLS, size);
    const { screen } = shown;
    screen.press('?');
    await screen.shows('─ Keys ─');
    screen.press('G');
    await screen.shows('gross = overhead');
    expect(screen.text).toContain('□');
    screen.press('escape');
    await screen.shows('Exchanges');
  });

  test('no line is wider than the screen, nor wrapped into the next', async () => {
    using shown = await inspectedCapture(TLS, size);
    const { screen } = shown;
    expect(screen.lines).toHaveLength(size.rows);
    expect(screen.lines.at(-1)).toMatch(/ \? keys {2}q quit$/);
    const grounds = Array.from(
      { length: size.columns },
      (_, column) => screen.cell(size.rows - 1, column).back,
    );
    expect(new Set(grounds)).toEqual(new Set([BAR]));
  });
});

describe('the filter', () => {
  /** The line that is typed on, without its label. */
  const typed = (screen: Screen) => screen.lines.at(-1);

  test('completes keys, and leaves what fits', async () => {
    using shown = await inspectedCapture(TLS);
    const { screen } = shown;
    screen.press('/', ...'prot');
    await screen.until(() => typed(screen) === ' / prot' || typed(screen) === ' /prot');
    screen.press('tab');
    await screen.until(() => /proto:$/.test(typed(screen) ?? ''));
    expect(screen.caret.row).toBe(39);
    expect(screen.caret.column).toBe(typed(screen)?.length);
    screen.press(...'ws', 'enter');
    await screen.shows('1 of 4');
    expect(screen.text).toContain('/proto:ws');
    expect(screen.text).not.toContain('/events');
  });

  test('says what is wrong, and where, and stays until it is mended', async () => {
    using shown = await inspectedCapture(TLS);
    const { screen } = shown;
    screen.press('/', ...'status:2xx size:heavy');
    await screen.shows('heavy');
    const { column } = screen.find('size:heavy');
    await screen.shows('^');
    expect(screen.lines.at(-2)?.indexOf('^')).toBeGreaterThanOrEqual(column);
    screen.press('enter');
    await screen.shows('^');
    screen.press('C-w', 'enter');
    await screen.shows('/status:2xx');
  });

  test('finds in messages, which n and N go through; escape leaves all as it was', async () => {
    using shown = await inspectedCapture(WEBSOCKET);
    const { screen } = shown;
    screen.press('/', ...'from:server opcode:text', 'enter');
    await screen.shows('of 21 messages');
    screen.press('enter', 'home');
    await isOn(screen, /▼ text +41 /);
    screen.press('n');
    await isOn(screen, /▼ text +116 /);
    screen.press('n');
    await isOn(screen, /▼ text +64 /);
    screen.press('N');
    await isOn(screen, /▼ text +116 /);
    screen.press('/');
    await screen.until(() => typed(screen)?.includes('from:server') ?? false);
    screen.press('C-u', ...'host:x', 'escape');
    await screen.shows('? keys');
    expect(screen.text).toContain('of 21 messages');
    screen.press('/', 'C-u', 'enter');
    await screen.shows('─ 21 messages');
  });

  test('takes emoji', async () => {
    using shown = await inspectedCapture(TLS);
    const { screen } = shown;
    screen.press('/', ...'text:', '😀', '李', '😀李', 'left', 'backspace');
    await screen.shows('text:😀李李');
  });
});

describe('findings', () => {
  test('lead to where they were found', async () => {
    using shown = await inspectedCapture(BROKEN);
    const { screen } = shown;
    screen.press('F');
    await screen.shows('─ Findings ─ 2 faults');
    screen.press('down');
    await isOn(screen, /#\d/);
    const number = /#(\d+)/.exec(onCursor(screen)[0] ?? '')?.[1];
    screen.press('enter');
    await screen.until((text) => new RegExp(`─ #${number} `).test(text));
    screen.press('escape');
    await isOn(screen, new RegExp(`^ +${number} `));
  });

  test('nothing is wrong', async () => {
    using shown = await inspectedCapture(TLS);
    shown.screen.press('F');
    await shown.screen.shows('Nothing is wrong so far.');
  });
});

describe('by mouse', () => {
  test('a click chooses, the wheel scrolls what is below it', async () => {
    using shown = await inspectedCapture(TLS);
    const { screen } = shown;
    const { row } = screen.find('/socket');
    screen.click(row, 20);
    await isOn(screen, /\/socket/);
    const place = screen.find('close 1000');
    screen.click(place.row, place.column);
    await isOn(screen, /close 1000/);
    screen.wheel(place.row, place.column, 'up');
    await screen.until(() => !onCursor(screen).some((line) => line.includes('close 1000')));
    const tab = screen.find(' Content ');
    screen.click(tab.row, tab.column + 12);
    await screen.until(() => !/Content/.test(screen.text) || screen.text.includes('[Hex]'));
  });
});

test('resized, it has the new size at once', async () => {
  using shown = await inspectedCapture(TLS);
  const { screen } = shown;
  screen.resize(80, 24);
  await screen.until(() => /q quit$/.test(screen.lines[23] ?? ''));
  expect(screen.text).not.toContain('│');
  screen.resize(160, 50);
  await screen.until(() => /q quit$/.test(screen.lines[49] ?? ''));
  expect(screen.text).toContain('│');
});

function allCells(screen: Screen): ScreenCell[] {
  return Array.from({ length: 40 * 120 }, (_, index) => screen.cell(Math.floor(index / 120), index % 120));
}

describe('colours', () => {
  /** How a text looks, in the bars of a ledger and the list of messages. */
  const look = async (looks: Looks, text: string) => {
    using shown = await inspectedCapture(WEBSOCKET, looks);
    const { screen } = shown;
    screen.press('tab', 'tab', '4');
    await screen.shows('overhead ratio');
    const row = screen.lines.findIndex((line, index) => index > 10 && line.includes(text));
    return screen.cell(row, screen.lines[row]!.indexOf(text));
  };

  test.each([
    { name: 'a client is cyan', theme: 'dark', text: '▲', front: 6 },
    { name: 'a server is green', theme: 'dark', text: '▼', front: 2 },
    { name: 'payload is green', theme: 'dark', text: '█', front: 10 },
    { name: 'head is blue', theme: 'dark', text: '▒', front: 12 },
    { name: 'payload on white is a darker green', theme: 'light', text: '█', front: 2 },
    { name: 'head on white is a darker blue', theme: 'light', text: '▒', front: 4 },
  ] as const)('$name', async ({ theme, text, front }) => {
    expect(await look({ theme }, text)).toMatchObject({ text, front });
  });

  test('none without colours: what is chosen is inverse', async () => {
    using shown = await inspectedCapture(TLS, { theme: 'none' });
    const { screen } = shown;
    expect(new Set(allCells(screen).flatMap(({ front, back }) => [front, back]))).toEqual(
      new Set([undefined]),
    );
    const { row } = screen.find('/socket');
    expect(screen.cell(0, 0).isInverse).toBe(true);
    screen.click(row, 10);
    await screen.until(() => screen.cell(row, 10).isInverse);
  });

  test('sixteen of them: grounds are inverse', async () => {
    using shown = await inspectedCapture(TLS, { colors: 16 });
    const { screen } = shown;
    const colors = allCells(screen).flatMap(({ front = 0, back = 0 }) => [front, back]);
    expect(Math.max(...colors)).toBeLessThan(16);
    expect(screen.cell(39, 0).isInverse).toBe(true);
  });
});
