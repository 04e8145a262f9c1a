import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { TemporaryFolder } from '../testing/temporary-folder.ts';
import type { CaptureChunk } from './capture-input.ts';
import { readTwice, type TwiceReadable } from './twice-readable.ts';

const TEXT = Buffer.from('a capture, say '.repeat(20_000));

async function chunksOf(input: TwiceReadable): Promise<CaptureChunk[]> {
  const chunks: CaptureChunk[] = [];
  for await (const chunk of input.chunks()) chunks.push({ ...chunk, bytes: Uint8Array.from(chunk.bytes) });
  return chunks;
}

async function textOf(input: TwiceReadable): Promise<string> {
  return Buffer.concat((await chunksOf(input)).map(({ bytes }) => bytes)).toString();
}

test.each([
  { name: 'a file', bytes: TEXT },
  { name: 'a packed file', bytes: gzipSync(TEXT) },
])('$name is read where it is', async ({ bytes }) => {
  using folder = new TemporaryFolder();
  const path = join(folder.path, 'file');
  writeFileSync(path, bytes);
  const input = await readTwice(path);
  expect(await textOf(input)).toBe(TEXT.toString());
  expect(await textOf(input)).toBe(TEXT.toString());
  expect(readdirSync(folder.path)).toEqual(['file']);
  await input[Symbol.asyncDispose]();
});

test.each([
  { name: 'a pipe', bytes: TEXT },
  { name: 'a pipe of what is packed', bytes: gzipSync(TEXT) },
])('$name is copied to where nobody sees it', async ({ bytes }) => {
  using folder = new TemporaryFolder();
  const stdin = Readable.from([bytes.subarray(0, 10), bytes.subarray(10)]);
  const input = await readTwice('-', { stdin });
  expect(await textOf(input)).toBe(TEXT.toString());
  expect(await textOf(input)).toBe(TEXT.toString());
  expect((await chunksOf(input)).at(-1)).toMatchObject({ read: TEXT.length, total: TEXT.length });
  expect(readdirSync(folder.path)).toEqual([]);
  await input[Symbol.asyncDispose]();
});

test('what is wrong with the gzip in a pipe is told each time', async () => {
  using _ = new TemporaryFolder();
  const input = await readTwice('-', { stdin: Readable.from([gzipSync(TEXT).subarray(0, 300)]) });
  const details = [await chunksOf(input), await chunksOf(input)].map(
    (chunks) => chunks.at(-1)?.damage?.detail,
  );
  expect(details[0]).toMatch(/gzip/);
  expect(details[1]).toBe(details[0]);
  await input[Symbol.asyncDispose]();
});

test('a file that cannot be read says so', async () => {
  using folder = new TemporaryFolder();
  mkdirSync(join(folder.path, 'folder'));
  for (const name of ['none', 'folder']) {
    const input = await readTwice(join(folder.path, name));
    await expect(textOf(input)).rejects.toMatchObject({ code: 'CAPTURE_UNREADABLE' });
  }
});
