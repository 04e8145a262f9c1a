import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PacketWriter } from '../capture/packet-writer.ts';
import type { TapEvent } from '../tap.ts';
import { webSocket } from '../testing/conversations.ts';
import { TapScript } from '../testing/tap-script.ts';
import { readCapture } from './read-capture.ts';

const folder = mkdtempSync(join(tmpdir(), 'read-capture-'));

afterAll(() => rmSync(folder, { recursive: true }));

test('a recording is read: its messages, and what they weigh', async () => {
  const writer = new PacketWriter(1_763_840_000_000_000_000n);
  const blocks: Buffer[] = [];
  const sink = (event: TapEvent) => {
    for (const block of writer.take(event)) blocks.push(Buffer.from(block));
  };
  new TapScript(sink)
    .open()
    .say(...webSocket)
    .end('client', 'server')
    .close();
  const path = join(folder, 'one.pcapng');
  writeFileSync(path, Buffer.concat(blocks));
  using capture = await readCapture(path);
  const texts = [...capture.messages()]
    .filter(({ kind }) => kind === 'text')
    .map((message) => message.text());
  expect(texts).toEqual(['early', 'welcome']);
  expect(capture.problems).toEqual([]);
  expect(capture.snapshot().connections).toHaveLength(1);
});

test('a file that is not there', async () => {
  await expect(readCapture(join(folder, 'none'))).rejects.toThrow(/none: there is no such file/);
});
