import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaptureDecoder } from '../capture/capture-decoder.ts';
import { readCaptureInto } from '../capture/capture-session.ts';
import { PacketSource } from '../capture/packet-source.ts';
import { openRecorder } from '../capture/recorder.ts';
import { Session } from '../session/session.ts';
import { tshark } from '../testing/tshark.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'tare-recorded-'));
const MAIN = 'dist/bin/main.js';
const env = { ...process.env, XDG_CONFIG_HOME: folder, NO_COLOR: '1' };

/** The built program; what it printed. */
async function tare(...args: readonly string[]): Promise<string> {
  return (await run(process.execPath, [MAIN, ...args], { env, maxBuffer: 1 << 26 })).stdout;
}

/** Less than the command line allows: five seconds are short. */
const LIMIT = 12_288;

/** Records what a recording tells once more, in several files; which those are. */
async function split(whole: string, file: string): Promise<string[]> {
  const onTrouble = (words: string) => {
    throw new Error(words);
  };
  const recorder = await openRecorder({ file, limit: LIMIT, epoch: 0n, onTrouble });
  const source = new PacketSource(recorder.take);
  const decoder = new CaptureDecoder();
  for (const record of [...decoder.push(readFileSync(whole)), ...decoder.end()]) source.take(record);
  source.end();
  return [...(await recorder.close()).files];
}

/** Kinds of the messages in a file, and what is wrong with it. */
async function read(file: string) {
  const session = new Session();
  const messages: string[] = [];
  session.watch((change) => {
    if (change.type === 'message') messages.push(session.messages.row(change.message).kind);
  });
  await readCaptureInto(session, file);
  session.close();
  return { messages, faults: session.faults };
}

afterAll(() => rmSync(folder, { recursive: true }));

describe('a recording in several files', () => {
  let live: string;
  let files: string[];

  beforeAll(async () => {
    const whole = join(folder, 'whole.pcapng');
    live = await tare('demo', '--for', '5s', '--record', whole, '--view', 'none', '--audit');
    files = await split(whole, join(folder, 'chat.pcapng'));
  }, 30_000);

  test('has several, none longer than it may be', () => {
    expect(files.length).toBeGreaterThan(1);
    expect(files.at(1)).toBe(join(folder, 'chat.00002.pcapng'));
    for (const file of files) expect(statSync(file).size).toBeLessThanOrEqual(LIMIT);
  });

  test('is what the session was, read as one', async () => {
    const all = join(folder, 'all.pcapng');
    writeFileSync(all, Buffer.concat(files.map((file) => readFileSync(file))));
    expect(await tare('summary', all)).toBe(live);
  });

  test('has in each file what can be read, and nothing that is wrong', async () => {
    for (const file of files) {
      const { messages, faults } = await read(file);
      expect(faults.filter(({ rule }) => rule !== 'capture')).toEqual([]);
      expect(messages.length).toBeGreaterThan(0);
      expect(messages).not.toContain('chunk');
      expect(tshark(file, '-Y', 'tcp.analysis.flags || _ws.malformed')).toBe('');
    }
  });

  test('goes on with WebSockets and event streams where the file before it ended', async () => {
    const kinds = await Promise.all(files.slice(1).map(async (file) => (await read(file)).messages));
    expect(kinds.flat()).toEqual(expect.arrayContaining(['text', 'event', 'request', 'response']));
  });
});

describe('what kill -9 leaves', () => {
  const file = join(folder, 'killed.pcapng');

  beforeAll(async () => {
    const child = spawn(process.execPath, [MAIN, 'demo', '--record', file, '--view', 'none'], {
      env,
      stdio: 'ignore',
    });
    while (!existsSync(file) || statSync(file).size < 30_000)
      await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGKILL');
    await once(child, 'close');
  }, 30_000);

  test('is a capture without a flaw', () => {
    expect(tshark(file, '-Y', 'tcp.analysis.flags || _ws.malformed')).toBe('');
    expect(tshark(file, '-Y', 'websocket')).not.toBe('');
  });

  test('says that it does not know what TLS took', async () => {
    expect(await tare('summary', file)).toMatch(/what TLS took of \d+ connections? is unknown/);
    expect(await tare('show', file)).toMatch(/what TLS took of the connection to \S+ is unknown/);
    const last = (await tare('show', file, '--view', 'json')).trimEnd().split('\n').at(-1)!;
    const { protocols } = JSON.parse(last) as { protocols: { tlsUnknown?: number }[] };
    expect(protocols.some(({ tlsUnknown }) => tlsUnknown !== undefined && tlsUnknown > 0)).toBe(true);
  });
});
