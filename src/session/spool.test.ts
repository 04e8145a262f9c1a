import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Spool } from './spool.ts';

const MEBIBYTE = 1 << 20;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spool-test-'));
  vi.stubEnv('TMPDIR', folder);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** A piece that tells where it is. */
function piece(index: number, length: number): Buffer {
  return Buffer.alloc(length, `${index};`);
}

function spoolFiles(): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('spool'));
}

describe('in memory', () => {
  test('what was kept is read back, across its own pieces too', () => {
    const spool = new Spool(64 * MEBIBYTE);
    const positions = [1, 3 * MEBIBYTE, 17].map((length, index) => spool.append(piece(index, length)));
    expect(positions).toEqual([0, 1, 3 * MEBIBYTE + 1]);
    expect(spool.read(positions[1]!, 3 * MEBIBYTE)?.equals(piece(1, 3 * MEBIBYTE))).toBe(true);
    expect(spool.read(positions[2]!, 17)).toEqual(piece(2, 17));
    expect(spool.read(positions[2]!, 0)).toEqual(Buffer.alloc(0));
    expect(spoolFiles()).toEqual([]);
    spool.close();
  });

  test('the bytes are copied: the loan ends', () => {
    const spool = new Spool(64 * MEBIBYTE);
    const lent = Buffer.from('lent');
    spool.append(lent);
    lent.fill('?');
    expect(spool.read(0, 4)?.toString()).toBe('lent');
    spool.close();
  });
});

describe('past the budget', () => {
  const PIECES = 12;

  /** Waits for the disk between the pieces. */
  async function filled(): Promise<Spool> {
    const spool = new Spool(2 * MEBIBYTE);
    for (let index = 0; index < PIECES; index++) {
      spool.append(piece(index, MEBIBYTE / 2 + 7));
      await stat(folder); // the write of the oldest has its turn
      await new Promise((resolve) => setImmediate(resolve));
    }
    return spool;
  }

  test('the oldest go to a file, which has no name, and come back', async () => {
    const spool = await filled();
    expect(spoolFiles()).toEqual([]);
    for (let index = 0; index < PIECES; index++) {
      const length = MEBIBYTE / 2 + 7;
      expect(spool.read(index * length, length)?.equals(piece(index, length))).toBe(true);
    }
    expect(spool.lost).toBe(0); // memory holds 4 MiB at the most, then the oldest would be lost
    spool.close();
  });

  test('closing while the disk is being written to leaves nothing behind', async () => {
    const spool = new Spool(2 * MEBIBYTE);
    spool.append(piece(0, 4 * MEBIBYTE)); // the first write is under way
    expect(readdirSync(folder)).toEqual([]);
    spool.close();
    await stat(folder); // the write has its turn
    expect(spool.lost).toBe(0);
  });

  test('where the disk fails, the oldest are lost and counted', () => {
    vi.stubEnv('TMPDIR', join(folder, 'gone'));
    const spool = new Spool(2 * MEBIBYTE);
    spool.append(piece(0, 7 * MEBIBYTE));
    expect(spool.lost).toBe(3 * MEBIBYTE); // memory holds twice the budget
    expect(spool.read(0, 10)).toBeUndefined();
    expect(spool.read(3 * MEBIBYTE, 4 * MEBIBYTE)).toHaveLength(4 * MEBIBYTE);
    expect(existsSync(join(folder, 'gone'))).toBe(false);
    spool.close();
  });

  test('a disk that cannot keep up loses the oldest rather than growing without bound', () => {
    const spool = new Spool(2 * MEBIBYTE);
    for (let index = 0; index < 40; index++) spool.append(piece(index, MEBIBYTE)); // no turn for the disk between
    expect(spool.lost).toBeGreaterThanOrEqual(34 * MEBIBYTE);
    expect(spool.read(39 * MEBIBYTE, MEBIBYTE)?.equals(piece(39, MEBIBYTE))).toBe(true);
    spool.close();
  });
});
