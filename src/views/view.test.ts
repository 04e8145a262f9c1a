import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Session } from '../session/session.ts';
import { client, eventStream, webSocket } from '../testing/conversations.ts';
import { helloRecord } from '../testing/hello-record.ts';
import { playPolls } from '../testing/poll-script.ts';
import { TapScript } from '../testing/tap-script.ts';
import { openView, type ViewName } from './view.ts';

const ESCAPE = '\x1b[';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** What a view writes of a session with an event stream, a WebSocket and a fault. */
async function written(
  name: ViewName,
  terminal: { isTTY?: boolean; columns?: number } = {},
): Promise<string> {
  const output = Object.assign(new PassThrough(), { isTTY: false, columns: 0, ...terminal });
  const session = new Session();
  // A PassThrough lacks a terminal's other methods, which no view uses.
  const view = await openView(name, session, output as unknown as NodeJS.WriteStream);
  [eventStream, webSocket, [client('GET / HTTP/1.1\nHost: a\n bent\n\n')]].forEach((said, index) => {
    new TapScript(session.take, index + 1)
      .open()
      .say(...said)
      .end('client', 'server')
      .close();
  });
  await view.finish(1);
  return String(output.read() ?? '');
}

test('lines: a line a message, then the summary and the faults', async () => {
  const text = await written('lines');
  expect(text).toMatch(/ sse ▼ joined /);
  expect(text).toMatch(/\nWebSocket +1 +1 +9 /);
  expect(text.trimEnd().split('\n').at(-1)).toMatch(/^1 fault, the first: .+ \(RFC .+\)$/);
});

test('none: the summary alone', async () => {
  const [title, ...rows] = (await written('none')).trimEnd().split('\n');
  expect(title).toMatch(/^ +conns/);
  expect(rows.map((row) => row.split(' ')[0])).toEqual(['HTTP/1', 'SSE', 'WebSocket', 'all', '1']);
});

test('json: nothing but JSON', async () => {
  const lines = (await written('json')).trimEnd().split('\n');
  const types = lines.map((line) => (JSON.parse(line) as { type: string }).type);
  expect(types.at(-1)).toBe('summary');
  expect(types).toContain('fault');
});

describe('a poll series', () => {
  async function polled(name: ViewName, isTTY: boolean): Promise<string> {
    const output = Object.assign(new PassThrough(), { isTTY, columns: 120 });
    const session = new Session();
    const view = await openView(name, session, output as unknown as NodeJS.WriteStream);
    playPolls(session.take, ['a', 'a', 'a', 'a', 'a', 'a', 'a', 'a']);
    await view.finish(1);
    return String(output.read() ?? '');
  }

  test('is one line on a terminal, which is replaced', async () => {
    vi.stubEnv('NO_COLOR', '1');
    const text = await polled('lines', true);
    const counts = Array.from(text.matchAll(/(\u001b\[1F\u001b\[J)?\S+ +poll ↻ ×(\d+)/g), ([, up, count]) => [
      up !== undefined,
      Number(count),
    ]);
    expect(counts.slice(0, 5)).toEqual([
      [false, 4],
      [true, 5],
      [true, 6],
      [true, 7],
      [true, 8],
    ]);
    expect(text.match(/ GET /g)).toHaveLength(3); // those before it was found
  });

  test('is a line every so often in a pipe, and one in the summary', async () => {
    const text = await polled('lines', false);
    expect(Array.from(text.matchAll(/poll ↻ ×(\d+)/g), ([, count]) => Number(count))).toEqual([4, 8]);
  });

  test('in NDJSON is told when it is found, named by each exchange, and summed up at the end', async () => {
    const lines = (await polled('json', false)).trimEnd().split('\n');
    const all = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const series = all.filter(({ type }) => type === 'poll-series');
    expect(series).toMatchObject([
      { series: 1, polls: 4, exchanges: [1, 2, 3, 4] },
      {
        series: 1,
        kind: 'short',
        host: 'chat.example',
        resource: '/inbox',
        polls: 8,
        news: 1,
        wasted: 7,
        wastedFor: { unchanged: 7 },
        milliseconds: { cadence: 1000, jitter: 0, hold: 20, longestHold: 20 },
      },
    ]);
    const exchanges = all.filter(({ type }) => type === 'exchange');
    expect(exchanges.slice(-2)).toMatchObject([
      { exchange: 7, series: 1, verdict: 'unchanged' },
      { exchange: 8, series: 1, verdict: 'unchanged' },
    ]);
  });
});

describe('colour', () => {
  test.each(['lines', 'json', 'none'] as const)('%s: none where the output is no terminal', async (name) => {
    expect(await written(name)).not.toContain(ESCAPE);
  });

  test('none with NO_COLOR', async () => {
    vi.stubEnv('NO_COLOR', '1');
    expect(await written('lines', { isTTY: true, columns: 80 })).not.toContain(ESCAPE);
  });
});

test.each([
  { terminal: { isTTY: true, columns: 80 }, widest: 80 },
  { terminal: { isTTY: true, columns: 0 }, widest: 80 },
  { terminal: {}, widest: 200 },
])('no wider than the output: $widest columns', async ({ terminal, widest }) => {
  vi.stubEnv('NO_COLOR', '1');
  const lines = (await written('lines', terminal)).split('\n').filter((line) => !/! |fault/.test(line));
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(widest);
});

test('the summary names hosts whose TLS was not opened, and what TCP and IP took', async () => {
  const output = Object.assign(new PassThrough(), { isTTY: false, columns: 0 });
  const session = new Session();
  const view = await openView('none', session, output as unknown as NodeJS.WriteStream);
  const both = { client: 12, server: 34 };
  const network = { packets: both, headers: both, retransmitted: both, missing: both, roundTrip: 0.0425 };
  for (let connection = 1; connection <= 10; connection++) {
    new TapScript(session.take, connection)
      .open({ server: { host: '192.0.2.1', port: 443 } })
      .say({ from: 'client', bytes: helloRecord(`host-${connection % 9}.example`, ['h2', 'http/1.1']) })
      .close('ended', { network });
  }
  await view.finish(1);
  const lines = String(output.read()).split('\n');
  expect(lines).toContain('tls  host-1.example  ×2  186  h2,http/1.1');
  expect(lines).toContain('tls  and 1 more');
  expect(lines.slice(4, 8)).toEqual([
    'TCP/IP, exact   packets  headers  sent again  missing',
    '  client            120      120         120      120',
    '  server            340      340         340      340',
    '  of 10 connections that closed; handshakes took 0.0425 ms there and back (median of 10)',
  ]);
});
