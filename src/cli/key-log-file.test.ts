import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { KeyLogFile, openKeyLog } from './key-log-file.ts';
import { UsageError } from './usage-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'tare-keylog-'));
const file = join(folder, 'keys.log');

afterAll(() => rmSync(folder, { recursive: true }));

test('lines are added to what is there, under a comment wherever they begin to be another’s', async () => {
  for (const run of ['1', '2']) {
    const log = await openKeyLog(file);
    log.add('server a', Buffer.from(`A ${run}\n`));
    log.add('server a', Buffer.from(`B ${run}\n`));
    log.add('client a', Buffer.from(`C ${run}\n`));
    log.add('server a', Buffer.from(`D ${run}\n`));
    await log.close();
  }
  const run = (number: string) =>
    `# server a\nA ${number}\nB ${number}\n# client a\nC ${number}\n# server a\nD ${number}\n`;
  expect(readFileSync(file, 'utf8')).toBe(run('1') + run('2'));
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a file that cannot be opened is wrong usage', async () => {
  await expect(openKeyLog(join(folder, 'none', 'keys.log'))).rejects.toThrow(UsageError);
});

describe('what goes wrong is told once, and nothing more is written', () => {
  test.skipIf(!existsSync('/dev/full'))('a full disk', async () => {
    const told: string[] = [];
    const log = new KeyLogFile(await open('/dev/full', 'a'), (why) => told.push(why));
    log.add('a', Buffer.from('A\n'));
    await log.close();
    log.add('a', Buffer.from('B\n'));
    expect(told).toEqual([expect.stringContaining('ENOSPC')]);
  });

  test('a disk that does not keep up', async () => {
    const told: string[] = [];
    const written: string[] = [];
    let release = () => {};
    const slow = {
      appendFile: (text: string | Uint8Array) => {
        written.push(String(text));
        return new Promise<void>((resolve) => {
          release = resolve;
        });
      },
      close: async () => {},
    };
    const log = new KeyLogFile(slow, (why) => told.push(why));
    const line = Buffer.from(`${'A'.repeat(2 ** 20)}\n`);
    for (let count = 0; count < 8; count++) log.add('a', line);
    release();
    await log.close();
    expect(told).toEqual(['the disk does not keep up']);
    expect(written).toHaveLength(1);
  });
});
