import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TemporaryFolder } from '../testing/temporary-folder.ts';
import { openRecordFile } from './record-file.ts';

const CAPTURE = Buffer.from('0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c000000', 'hex');

let folder: TemporaryFolder;
let path: string;

beforeEach(() => {
  folder = new TemporaryFolder();
  path = join(folder.path, 'chat.pcapng');
});

afterEach(() => folder[Symbol.dispose]());

async function record(words: string): Promise<void> {
  const file = await openRecordFile(path);
  await file.write([Buffer.from(words)], 0);
  await file.close();
}

const mode = () => statSync(path).mode & 0o777;

describe('a file', () => {
  test('is made for its owner only', async () => {
    await record('hello');
    expect(readFileSync(path, 'utf8')).toBe('hello');
    expect(mode()).toBe(0o600);
  });

  test('that is a capture is overwritten, and closed to others', async () => {
    writeFileSync(path, CAPTURE);
    chmodSync(path, 0o644);
    await record('hello');
    expect(readFileSync(path, 'utf8')).toBe('hello');
    expect(mode()).toBe(0o600);
  });

  test('that is empty is written to', async () => {
    writeFileSync(path, '');
    await record('hello');
    expect(readFileSync(path, 'utf8')).toBe('hello');
  });

  test('can be cut', async () => {
    const file = await openRecordFile(path);
    await file.write([Buffer.from('hello')], 0);
    await file.truncate(2);
    await file.write([Buffer.from('y')], 2);
    await file.close();
    expect(readFileSync(path, 'utf8')).toBe('hey');
  });
});

describe('what is no capture stays as it is', () => {
  test.each([
    { name: 'a text', words: 'my only copy' },
    { name: 'a short one', words: '\n' },
  ])('$name', async ({ words }) => {
    writeFileSync(path, words);
    chmodSync(path, 0o644);
    await expect(openRecordFile(path)).rejects.toMatchObject({
      code: 'RECORD_IN_THE_WAY',
      message: `cannot record to ${path}: it exists and is no pcapng capture; name another file, or delete that one first`,
    });
    expect(readFileSync(path, 'utf8')).toBe(words);
    expect(mode()).toBe(0o644);
  });

  test('behind a link too', async () => {
    const other = join(folder.path, 'notes.txt');
    writeFileSync(other, 'my only copy');
    symlinkSync(other, path);
    await expect(openRecordFile(path)).rejects.toMatchObject({ code: 'RECORD_IN_THE_WAY' });
    expect(readFileSync(other, 'utf8')).toBe('my only copy');
  });
});

describe('what cannot be written says why, and what to do', () => {
  test('a folder', async () => {
    mkdirSync(path);
    await expect(openRecordFile(path)).rejects.toMatchObject({
      code: 'RECORD_NOT_CREATED',
      message: `cannot record to ${path}: it is a folder; name a file in it`,
    });
  });

  test('a file in a folder that is not there', async () => {
    path = join(folder.path, 'no', 'chat.pcapng');
    await expect(openRecordFile(path)).rejects.toThrow(
      `cannot record to ${path}: there is no folder ${join(folder.path, 'no')}; create it first, or name another file`,
    );
    expect(existsSync(path)).toBe(false);
  });
});

test('a device is written to as it is', async () => {
  path = '/dev/null';
  const before = mode();
  const file = await openRecordFile(path);
  expect(await file.write([CAPTURE], 0)).toBe(CAPTURE.length);
  await file.truncate(0);
  await file.close();
  expect(mode()).toBe(before);
});
