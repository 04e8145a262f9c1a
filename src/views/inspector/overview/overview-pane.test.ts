import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCaptureInto } from '../../../capture/capture-session.ts';
import { Session } from '../../../session/session.ts';
import { client, server } from '../../../testing/conversations.ts';
import { textOf } from '../../../testing/shown-lines.ts';
import { FACTS } from '../../../testing/tap-script.ts';
import { displayWidth } from '../../display-width.ts';
import { PacedSums } from '../paced-sums.ts';
import { OverviewPane } from './overview-pane.ts';

const SECOND = 1_000_000_000;
const BLANK = '\u2800';

let session: Session;
let now: number;

beforeEach(() => {
  session = new Session();
  now = 0;
});
afterEach(() => session.close());

function opened(isLive = true): OverviewPane {
  return new OverviewPane(session, new PacedSums(session), () => now, isLive);
}

function drawn(pane: OverviewPane, columns = 80, rows = 200): string[] {
  return pane.draw({ columns, rows }).map(textOf);
}

/** The lines below a title, up to the next one. */
function below(lines: readonly string[], title: string): string[] {
  const start = lines.findIndex((line) => line.includes(`─ ${title}`)) + 1;
  expect(start).toBeGreaterThan(0);
  const end = lines.findIndex((line, index) => index >= start && line.startsWith('─ '));
  return lines.slice(start, end < 0 ? undefined : end);
}

/** A connection whose client asks for a page with this Cookie at `at` seconds, and gets `size` bytes. */
function visit(number: number, at: number, { size = 1000, cookie = '' } = {}): void {
  const event = { connection: number, at: at * SECOND };
  session.take({ ...event, type: 'opened', facts: { ...FACTS, client: number } });
  const sent = [
    client(`GET / HTTP/1.1\nHost: chat.example\n${cookie && `Cookie: ${cookie}\n`}\n`),
    server(`HTTP/1.1 200 OK\nContent-Length: ${size}\n\n`, Buffer.alloc(size)),
  ];
  for (const { from, bytes } of sent) session.take({ ...event, type: 'bytes', from, bytes });
}

function close(number: number, at: number): void {
  const none = { client: 0, server: 0 };
  const closing = { tapped: none, upstream: none, tls: none, proxy: none, downstream: none, unrelayed: none };
  session.take({ connection: number, at: at * SECOND, type: 'closed', reason: 'ended', closing });
}

describe('the plot', () => {
  test('of a file shows all of it, by the times it tells, however fast it is read', () => {
    const pane = opened(false);
    visit(1, 1);
    visit(2, 59);
    now = 60 * SECOND;
    const lines = below(drawn(pane), 'Throughput, all of it');
    const bottom = lines.at(-2)!.slice(7);
    const marks = Array.from(bottom, (character, index) => (character === BLANK ? -1 : index)).filter(
      (index) => index >= 0,
    );
    expect(marks.at(0)).toBeLessThan(4);
    expect(marks.at(-1)).toBeGreaterThan(68);
    expect(marks.length).toBeLessThan(6);
    expect(lines.at(-1)).toMatch(/^ {7}0 +1\.0min$/);
  });

  test('of live traffic shows the last minute, and older traffic leaves it', () => {
    const pane = opened();
    visit(1, 1);
    now = 2 * SECOND;
    const isBlank = () =>
      below(drawn(pane), 'Throughput, last minute')
        .slice(0, -1)
        .every((line) => {
          return line.slice(7).replaceAll(BLANK, '') === '';
        });
    expect(isBlank()).toBe(false);
    now = 70 * SECOND;
    expect(isBlank()).toBe(true);
    pane.press({ name: '2', text: '2' });
    expect(below(drawn(pane), 'Throughput, last ten minutes').at(-1)).toMatch(/^ {7}-10\.0min +now$/);
  });

  test('knows the last minute as well after a day', () => {
    const pane = opened();
    for (let hour = 0; hour < 24; hour++) visit(hour + 1, hour * 3600);
    visit(25, 24 * 3600);
    now = (24 * 3600 + 1) * SECOND;
    const bottom = below(drawn(pane), 'Throughput, last minute').at(-2)!.slice(7);
    expect(bottom.replaceAll(BLANK, '').length).toBeLessThan(3);
    expect(bottom.trimEnd().replaceAll(BLANK, '')).not.toBe('');
  });

  test('tells the largest rate at its axis', () => {
    const pane = opened();
    visit(1, 30, { size: 500_000 });
    now = 60 * SECOND;
    expect(below(drawn(pane), 'Throughput')[0]).toMatch(/^\d(\.\d)?M\/s /);
  });
});

test('connections over time: how many were open, most and now', () => {
  const pane = opened(false);
  for (const number of [1, 2, 3]) visit(number, number);
  for (const number of [1, 2]) close(number, 10);
  now = 20 * SECOND;
  const lines = drawn(pane);
  expect(lines.find((line) => line.includes('Open connections'))).toContain('1 now, 3 in all');
  expect(below(lines, 'Open connections')[0]).toMatch(/^ +3 /);
});

describe('findings', () => {
  test('a Cookie that makes up most of all requests', () => {
    const pane = opened();
    for (let number = 1; number <= 10; number++) {
      visit(number, number, { cookie: `sid=${'x'.repeat(900)}` });
      close(number, number);
    }
    expect(below(drawn(pane), 'Findings')).toContainEqual('! cookie is 98% of all fields of requests');
  });

  test('small heads say nothing', () => {
    const pane = opened();
    visit(1, 1, { cookie: 'sid=1' });
    close(1, 1);
    expect(drawn(pane).join('\n')).not.toContain('Findings');
  });

  test('polls that brought nothing, with what was polled', () => {
    const pane = opened();
    for (let number = 1; number <= 8; number++) {
      visit(number, number);
      close(number, number + 0.5);
    }
    expect(below(drawn(pane), 'Findings')).toContainEqual(
      expect.stringMatching(/^! \d of 8 polls brought nothing: chat\.example\/$/),
    );
  });

  test('rules that were broken, the most often broken first', () => {
    const pane = opened();
    session.take({ connection: 1, at: 0, type: 'opened', facts: FACTS });
    session.take({ connection: 1, at: 0, type: 'lost', from: 'client', length: 1 });
    session.take({ connection: 1, at: 0, type: 'lost', from: 'client', length: 1 });
    expect(below(drawn(pane), 'Findings')[0]).toBe('! 2× capture');
  });
});

test.each([
  { columns: 80, rows: 22 },
  { columns: 120, rows: 38 },
  { columns: 200, rows: 58 },
])('fits into $columns columns and $rows rows', async ({ columns, rows }) => {
  const pane = opened(false);
  now = (await readCaptureInto(session, 'fixtures/tare-polling.pcapng', {})).endedAt;
  const lines = drawn(pane, columns, rows);
  expect(lines.length).toBeLessThanOrEqual(rows);
  expect(lines.filter((line) => displayWidth(line) > columns)).toEqual([]);
  const all = drawn(pane, columns).join('\n');
  for (const title of [
    'Throughput',
    'Open connections',
    'Bytes by class',
    'Bytes by transport',
    'Transports',
    'Top talkers',
  ]) {
    expect(all).toContain(`─ ${title}`);
  }
});

test('what shows only further down is scrolled to', async () => {
  const pane = opened(false);
  now = (await readCaptureInto(session, 'fixtures/tare-polling.pcapng', {})).endedAt;
  expect(drawn(pane, 80, 20).join('\n')).not.toContain('─ Transports');
  for (let row = 0; row < 60; row++) pane.press({ name: 'down', text: '' });
  expect(drawn(pane, 80, 20).join('\n')).toContain('─ Transports');
});

test('4,000 open connections cost a frame no more than few do, but for one frame in many', () => {
  const pane = opened();
  for (let number = 1; number <= 4_000; number++) visit(number, number / 1000);
  now = 11 * SECOND;
  const costs: number[] = [];
  for (let frame = 0; frame < 20; frame++) {
    const begun = performance.now();
    drawn(pane, 120, 38);
    costs.push(performance.now() - begun);
  }
  costs.sort((one, other) => one - other);
  expect(costs[10]).toBeLessThan(20);
});
