import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MemoryDisk } from '../testing/memory-disk.ts';
import { RecordFileError } from './record-file.ts';
import { laterFiles, type OpenRecordFile, RecordFiles } from './record-files.ts';

const disk = new MemoryDisk();

test('one has the name it was given', async () => {
  const files = new RecordFiles('chat.pcapng', false, disk.openFile);
  await files.openFirst();
  expect(files.names).toEqual(['chat.pcapng']);
});

test('several have numbers, without those that something else has', async () => {
  const openFile: OpenRecordFile = (path) =>
    /0000[23]/.test(path)
      ? Promise.reject(new RecordFileError('RECORD_IN_THE_WAY', 'a text'))
      : disk.openFile(path);
  const files = new RecordFiles('chat.pcapng', true, openFile);
  await files.openFirst();
  await files.openNext();
  await files.openNext();
  expect(files.names).toEqual(['chat.00001.pcapng', 'chat.00004.pcapng', 'chat.00005.pcapng']);
});

test('a number that could not be had is tried again', async () => {
  const files = new RecordFiles('chat.pcapng', true, disk.openFile);
  await files.openFirst();
  disk.opening = 'EMFILE';
  await expect(files.openNext()).rejects.toMatchObject({ code: 'EMFILE' });
  disk.opening = undefined;
  await files.openNext();
  expect(files.names).toEqual(['chat.00001.pcapng', 'chat.00002.pcapng']);
});

test('standard output is one', async () => {
  await expect(new RecordFiles('-', true, disk.openFile).openFirst()).rejects.toMatchObject({
    code: 'RECORD_LIMIT',
    message: 'standard output cannot be several files: name a file, or record without a limit',
  });
});

test('files of an earlier recording of the same name are found, but for the first', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tare-later-'));
  try {
    const later = ['chat.00002.pcapng', 'chat.00010.pcapng'];
    const others = [
      'chat.00001.pcapng',
      'chat.pcapng',
      'chat.2.pcapng',
      'chat.00002.har',
      'chats.00002.pcapng',
    ];
    for (const name of [...later, ...others]) await writeFile(join(folder, name), '');
    const found = await laterFiles(join(folder, 'chat.pcapng'));
    expect(found).toEqual(later.map((name) => join(folder, name)));
    expect(await laterFiles(join(folder, 'missing', 'chat.pcapng'))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
