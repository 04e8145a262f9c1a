import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TapSink } from '../tap.ts';
import { MemoryDisk } from '../testing/memory-disk.ts';
import { type RecordedPacket, readRecording, saidIn } from '../testing/recorded-packets.ts';
import { FACTS, TapScript } from '../testing/tap-script.ts';
import { TemporaryFolder } from '../testing/temporary-folder.ts';
import { openRecorder, type Recorder } from './recorder.ts';

const PORT = FACTS.clientAddress.port;
const ask = { from: 'client', bytes: Buffer.from('ask') } as const;
const answer = { from: 'server', bytes: Buffer.alloc(60_000, 'a') } as const;
const MEBIBYTE = 1_048_576;

let disk: MemoryDisk;
let troubles: string[];

beforeEach(() => {
  vi.useFakeTimers();
  disk = new MemoryDisk();
  troubles = [];
});

afterEach(() => {
  vi.useRealTimers();
});

async function record(limit?: number, redact?: (sink: TapSink) => TapSink): Promise<Recorder> {
  const onTrouble = (words: string) => troubles.push(words);
  return openRecorder({ file: 'chat.pcapng', epoch: 0n, onTrouble, limit, redact, open: disk.openFile });
}

/** Lets the background do what it can without the clock moving on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 500; turn++) await Promise.resolve();
}

const packetsOf = (name: string): readonly RecordedPacket[] => readRecording(disk.read(name)).packets;

/** Says `count` answers, and lets the background follow every so often. */
async function flood(script: TapScript, count: number): Promise<void> {
  for (let said = 0; said < count; said++) {
    script.say(answer);
    if (said % 50 === 49) await settle();
  }
}

describe('a recording', () => {
  test('is a capture before anything happened', async () => {
    const recorder = await record();
    await settle();
    expect(readRecording(disk.read('chat.pcapng'))).toEqual({ packets: [], names: [] });
    await recorder.close();
  });

  test('is on the disk within a second, and all of it at the end', async () => {
    const recorder = await record();
    const script = new TapScript(recorder.take).open().say(ask);
    await settle();
    expect(packetsOf('chat.pcapng')).toEqual([]);
    await vi.advanceTimersByTimeAsync(500);
    await settle();
    expect(saidIn(packetsOf('chat.pcapng'), PORT, 'client').toString()).toBe('ask');
    script.say(ask).end('client', 'server').close();
    const { files, bytes, packets, dropped } = await recorder.close();
    expect({ files, bytes, packets, dropped }).toEqual({
      files: ['chat.pcapng'],
      bytes: disk.read('chat.pcapng').length,
      packets: packetsOf('chat.pcapng').length,
      dropped: 0,
    });
    expect(saidIn(packetsOf('chat.pcapng'), PORT, 'client').toString()).toBe('askask');
    expect(disk.open).toBe(0);
    expect(troubles).toEqual([]);
  });

  test('is on the disk sooner where much is said', async () => {
    const recorder = await record();
    await flood(new TapScript(recorder.take).open(), 50);
    expect(disk.read('chat.pcapng').length).toBeGreaterThan(MEBIBYTE);
    await recorder.close();
  });

  test('knows nothing of what comes after its end', async () => {
    const recorder = await record();
    const script = new TapScript(recorder.take).open();
    const ends = [recorder.close(), recorder.close()];
    script.say(ask);
    expect((await ends[0])?.packets).toBe(3);
    expect(await ends[1]).toEqual(await ends[0]);
  });

  test('is of what was made of the events', async () => {
    const recorder = await record(undefined, (sink) => (event) => {
      sink(event.type === 'bytes' ? { ...event, bytes: Buffer.alloc(event.bytes.length, '*') } : event);
    });
    new TapScript(recorder.take).open().say(ask);
    await recorder.close();
    expect(saidIn(packetsOf('chat.pcapng'), PORT, 'client').toString()).toBe('***');
  });

  test('that breaks never throws', async () => {
    const recorder = await record(undefined, () => () => {
      throw new Error('a bug of ours');
    });
    new TapScript(recorder.take).open().say(ask);
    expect(troubles).toHaveLength(1);
    expect(troubles[0]).toContain('a bug of ours');
    await recorder.close();
  });
});

describe('a full disk', () => {
  test('that has room again later leaves no trace', async () => {
    const recorder = await record();
    await settle();
    disk.room = 1_000;
    const script = new TapScript(recorder.take).open();
    await flood(script, 100);
    expect(troubles).toEqual([
      "recording to chat.pcapng: ENOSPC: the test's disk; it goes on when that is over: up to 64 MiB wait, the rest is left out and marked as missing. The traffic is not held up",
    ]);
    disk.room = Number.POSITIVE_INFINITY;
    await vi.advanceTimersByTimeAsync(1_000);
    script.end('client', 'server').close();
    expect((await recorder.close()).dropped).toBe(0);
    expect(saidIn(packetsOf('chat.pcapng'), PORT, 'server').length).toBe(100 * answer.bytes.length);
    expect(troubles).toHaveLength(1);
  });

  test('that stays full leaves whole blocks, and it is told how much is missing', async () => {
    const recorder = await record();
    await settle();
    disk.room = 150_000;
    await flood(new TapScript(recorder.take).open(), 100);
    const { bytes, packets, dropped } = await recorder.close();
    const kept = packetsOf('chat.pcapng');
    expect(saidIn(kept, PORT, 'server').length).toBe(2 * answer.bytes.length);
    expect({ bytes, packets }).toEqual({ bytes: disk.read('chat.pcapng').length, packets: kept.length });
    expect(dropped).toBeGreaterThan(98 * answer.bytes.length);
    expect(troubles).toHaveLength(1);
  });

  test('past 64 MiB that wait, makes holes that are told of', async () => {
    const recorder = await record();
    await settle();
    disk.room = 0;
    const script = new TapScript(recorder.take).open();
    await flood(script, 1_300);
    disk.room = Number.POSITIVE_INFINITY;
    await vi.advanceTimersByTimeAsync(1_000);
    await settle();
    script.say(ask).end('client', 'server').close();
    const { dropped } = await recorder.close();
    const packets = packetsOf('chat.pcapng');
    expect(dropped).toBeGreaterThan(5 * MEBIBYTE);
    expect(saidIn(packets, PORT, 'server').length).toBe(1_300 * answer.bytes.length - dropped);
    expect(packets.flatMap(({ comments }) => comments).filter(({ type }) => type === 'lost')).toEqual([
      { type: 'lost', lost: { client: 0, server: dropped } },
    ]);
    expect(troubles).toHaveLength(1);
  });
});

describe('a slow disk', () => {
  test('is waited for in the background only', async () => {
    const recorder = await record();
    disk.hold();
    await flood(new TapScript(recorder.take).open(), 1_300);
    expect(troubles).toEqual([expect.stringContaining('the disk is slower than the traffic')]);
    const ending = recorder.close();
    disk.release();
    expect((await ending).dropped).toBeGreaterThan(0);
  });

  test('still gets to know of connections', async () => {
    const recorder = await record();
    disk.hold();
    const script = new TapScript(recorder.take).open();
    await flood(script, 1_300);
    script.close('client-gone');
    new TapScript(recorder.take, 2).open();
    const ending = recorder.close();
    disk.release();
    await ending;
    const comments = packetsOf('chat.pcapng').flatMap((packet) => packet.comments);
    expect(comments.map(({ type }) => type)).toEqual(['opened', 'lost', 'closed', 'opened']);
  });
});

test('a reader that is gone ends it, and is told of as such', async () => {
  const epipe = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
  const write = vi.fn(async () => Promise.reject(epipe));
  const file = { write, truncate: async () => {}, close: async () => {} };
  const onTrouble = (words: string) => troubles.push(words);
  const recorder = await openRecorder({ file: '-', epoch: 0n, onTrouble, open: async () => file });
  const script = new TapScript(recorder.take).open().say(ask);
  await vi.advanceTimersByTimeAsync(5_000);
  script.say(ask);
  await recorder.close();
  expect(write).toHaveBeenCalledTimes(1);
  expect(troubles).toEqual([
    'recording to -: write EPIPE; nobody reads it any more, so it ends here. The traffic is not held up',
  ]);
});

describe('a limit', () => {
  const LIMIT = 200_000;

  test('makes files that open by themselves, none of them longer', async () => {
    const recorder = await record(LIMIT);
    const script = new TapScript(recorder.take).open().say(ask);
    await flood(script, 10);
    script.end('client', 'server').close();
    const { files, bytes } = await recorder.close();
    expect(files).toEqual([
      'chat.00001.pcapng',
      'chat.00002.pcapng',
      'chat.00003.pcapng',
      'chat.00004.pcapng',
    ]);
    expect(disk.names).toEqual(files);
    expect(bytes).toBe(files.reduce((sum, name) => sum + disk.read(name).length, 0));
    for (const name of files) {
      expect(disk.read(name).length).toBeLessThanOrEqual(LIMIT);
      expect(packetsOf(name)[0]?.comments).toMatchObject([{ type: 'opened', connection: 1 }]);
    }
    const said = files.map((name) => saidIn(packetsOf(name), PORT, 'server').length);
    expect(said).toEqual([180_000, 180_000, 180_000, 60_000]);
    expect(packetsOf(files[2]!)[0]?.comments).toMatchObject([
      { earlier: { tapped: { client: 3, server: 360_000 } } },
    ]);
    expect(disk.open).toBe(0);
  });

  test('that one event alone exceeds does no harm', async () => {
    const recorder = await record(1_000);
    new TapScript(recorder.take).open().say(answer, answer).close('client-gone');
    const { files } = await recorder.close();
    expect(files.map((name) => packetsOf(name).length)).toEqual([3, 4, 4, 4]);
  });

  test('waits for a next file that cannot be opened', async () => {
    const recorder = await record(LIMIT);
    const script = new TapScript(recorder.take).open();
    disk.opening = 'EMFILE';
    await flood(script, 5);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(troubles).toHaveLength(1);
    disk.opening = undefined;
    await vi.advanceTimersByTimeAsync(1_000);
    const { files, dropped } = await recorder.close();
    expect({ files, dropped }).toEqual({ files: ['chat.00001.pcapng', 'chat.00002.pcapng'], dropped: 0 });
    expect(saidIn(packetsOf('chat.00002.pcapng'), PORT, 'server').length).toBe(120_000);
  });

  test('gives up what has no file at the end', async () => {
    const recorder = await record(LIMIT);
    disk.opening = 'EMFILE';
    await flood(new TapScript(recorder.take).open(), 5);
    const { files, dropped } = await recorder.close();
    expect(files).toEqual(['chat.00001.pcapng']);
    expect(dropped).toBeGreaterThan(120_000);
  });

  test('is nothing for standard output', async () => {
    const opening = openRecorder({ file: '-', limit: LIMIT, epoch: 0n, onTrouble: () => {} });
    await expect(opening).rejects.toMatchObject({ code: 'RECORD_LIMIT' });
  });
});

describe('on a disk', () => {
  test('is written as it is told, for the owner only', async () => {
    vi.useRealTimers();
    using folder = new TemporaryFolder();
    const file = join(folder.path, 'chat.pcapng');
    const recorder = await openRecorder({ file, epoch: 0n, onTrouble: (words) => troubles.push(words) });
    const script = new TapScript(recorder.take).open();
    for (let said = 0; said < 100; said++) script.say(answer);
    script.close('client-gone');
    const { bytes } = await recorder.close();
    expect(saidIn(readRecording(readFileSync(file)).packets, PORT, 'server').length).toBe(6_000_000);
    expect(statSync(file)).toMatchObject({ size: bytes, mode: 0o100600 });
    expect(troubles).toEqual([]);
  });
});
