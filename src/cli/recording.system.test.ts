import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tareCounts } from '../testing/traffic-counts.ts';
import { tsharkFields } from '../testing/tshark.ts';
import { tsharkCounts } from '../testing/tshark-counts.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'tare-recording-'));
const file = join(folder, 'demo.pcapng');
let live: string;

/** The built program; what it said. */
async function tare(...args: readonly string[]): Promise<string> {
  const env = { ...process.env, XDG_CONFIG_HOME: folder, NO_COLOR: '1' };
  return (await run(process.execPath, ['dist/bin/main.js', ...args], { env, maxBuffer: 1 << 26 })).stdout;
}

beforeAll(async () => {
  live = await tare('demo', '--for', '5s', '--record', file, '--view', 'none', '--audit');
}, 30_000);

afterAll(() => rmSync(folder, { recursive: true }));

test('a recording says of a session what that said of itself', async () => {
  expect(live).toMatch(/^WebSocket +3 /m);
  expect(await tare('summary', file)).toBe(live);
});

test('so does its pipe', async () => {
  const child = spawn(process.execPath, ['dist/bin/main.js', 'summary', '-'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let said = '';
  child.stdout.on('data', (bytes) => {
    said += bytes;
  });
  child.stdin.end(readFileSync(file));
  await once(child, 'close');
  expect(said).toBe(live);
});

describe('tshark agrees', () => {
  test('on requests and responses, frames of WebSockets, and bytes', () => {
    const counts = tareCounts(file);
    // A response is one to tshark once its body is whole, which that of an event stream never is that its client leaves.
    const streams = Number(/^SSE +\d+ +(\d+) /m.exec(live)?.[1]);
    expect(tsharkCounts(file)).toEqual({ ...counts, responses: counts.responses - streams });
    expect(counts.frames.length).toBeGreaterThan(10);
  });

  test('that no segment is missing, repeated or malformed', () => {
    expect(tsharkFields(file, 'tcp.analysis.flags || _ws.malformed', 'frame.number')).toEqual([]);
  });
});

test('a HAR of it is one, and is read again', async () => {
  const har = join(folder, 'demo.har');
  await tare('export', file, '--har', har);
  expect((JSON.parse(readFileSync(har, 'utf8')) as { log: { version: string } }).log.version).toBe('1.2');
  expect(await tare('summary', har)).toMatch(/^WebSocket +3 /m);
});

test.each([
  { name: 'is not there', path: join(folder, 'none'), words: /none: there is no such file/ },
  { name: 'is no capture', path: join(folder, 'words'), words: /words: at byte 0: the file is no capture/ },
])('a file that $name', async ({ path, words }) => {
  if (path.endsWith('words')) writeFileSync(path, 'these are words, and no capture');
  const failed = await tare('show', path).catch((error: unknown) => error);
  expect(failed).toMatchObject({ code: 2, stderr: expect.stringMatching(words) });
});
