import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

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
  async function tshark(filter: string, ...fields: readonly string[]): Promise<string[]> {
    const wanted = fields.flatMap((field) => ['-e', field]);
    const { stdout } = await run('tshark', ['-r', file, '-Y', filter, '-T', 'fields', ...wanted], {
      maxBuffer: 1 << 26,
    });
    return stdout.split('\n').filter((line) => line !== '');
  }

  async function messages(kind: string): Promise<Record<string, unknown>[]> {
    const lines = (await tare('show', file, '--view', 'json')).trimEnd().split('\n');
    return lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line.type === 'message' && line.kind === kind);
  }

  test('on requests and responses', async () => {
    const requests = await messages('request');
    expect(await tshark('http.request', 'http.request.uri')).toHaveLength(requests.length);
  });

  test('on the frames of WebSockets, and their payload', async () => {
    const texts = await messages('text');
    const lengths = await tshark(
      'websocket.opcode == 1',
      'websocket.payload_length',
      'websocket.payload_length_ext_16',
    );
    const counted = lengths.flatMap((line) => {
      const [short = [], long = []] = line.split('\t').map((numbers) => numbers.split(',').map(Number));
      const extended = [...long];
      return short.map((length) => (length === 126 ? (extended.shift() ?? 0) : length));
    });
    expect(counted.sort((a, b) => a - b)).toEqual(
      texts.map(({ bytes }) => (bytes as { payload: number }).payload).sort((a, b) => a - b),
    );
  });

  test('that no segment is missing, repeated or malformed', async () => {
    expect(await tshark('tcp.analysis.flags || _ws.malformed', 'frame.number')).toEqual([]);
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
