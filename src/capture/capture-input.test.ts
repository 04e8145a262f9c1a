import { appendFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cutAt } from '../testing/cuts.ts';
import { TemporaryFolder } from '../testing/temporary-folder.ts';
import { type CaptureInputOptions, captureBytes } from './capture-input.ts';

/** 3 chunks of bytes that compress to three quarters. */
const BYTES = new Uint8Array(2_500_000);
for (let index = 0, state = 1; index < BYTES.length; index++) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  BYTES[index] = state >>> 26;
}

let folder: TemporaryFolder;
let path: string;
beforeEach(() => {
  folder = new TemporaryFolder();
  path = join(folder.path, 'capture');
});
afterEach(() => folder[Symbol.dispose]());

interface Told {
  readonly bytes: Buffer;
  readonly read: readonly number[];
  readonly total: number | undefined;
  readonly damage: readonly string[];
}

async function told(from: string, options?: CaptureInputOptions): Promise<Told> {
  const bytes: Buffer[] = [];
  const read: number[] = [];
  const damage: string[] = [];
  let total: number | undefined;
  for await (const chunk of captureBytes(from, options)) {
    bytes.push(Buffer.from(chunk.bytes));
    read.push(chunk.read);
    total = chunk.total;
    if (chunk.damage) damage.push(`at ${chunk.damage.offset}: ${chunk.damage.detail}`);
  }
  return { bytes: Buffer.concat(bytes), read, total, damage };
}

describe('a file', () => {
  test('is read in chunks of 1 MiB, which tell how far it is', async () => {
    writeFileSync(path, BYTES);
    const { bytes, read, total } = await told(path);
    expect(bytes.equals(BYTES)).toBe(true);
    expect(read).toEqual([1_048_576, 2_097_152, 2_500_000]);
    expect(total).toBe(2_500_000);
  });

  test('is read ahead: each chunk stays as it is until the next one is asked for', async () => {
    writeFileSync(path, BYTES);
    let start = 0;
    for await (const { bytes, read } of captureBytes(path)) {
      await readFile(path); // takes longer than to read a chunk ahead
      expect(Buffer.compare(bytes, BYTES.subarray(start, read))).toBe(0);
      start = read;
    }
    expect(start).toBe(BYTES.length);
  });

  test('may be empty', async () => {
    writeFileSync(path, '');
    expect((await told(path)).read).toEqual([]);
  });

  test('need not be read to its end', async () => {
    writeFileSync(path, BYTES);
    for await (const { read } of captureBytes(path)) {
      expect(read).toBe(1_048_576);
      break;
    }
  });

  test.each([
    { name: 'is not there', at: () => path, reason: 'there is no such file' },
    { name: 'is a folder', at: () => folder.path, reason: 'it is a folder; name a file in it' },
  ])('that $name', async ({ at, reason }) => {
    await expect(told(at())).rejects.toMatchObject({
      code: 'CAPTURE_UNREADABLE',
      message: `could not read ${at()}: ${reason}`,
    });
  });
});

describe('a gzip', () => {
  const packed = gzipSync(BYTES);

  test('is unpacked, and tells how much of the file was read', async () => {
    writeFileSync(path, packed);
    const { bytes, read, total, damage } = await told(path);
    expect(bytes.equals(BYTES)).toBe(true);
    expect([read.at(-1), total]).toEqual([packed.length, packed.length]);
    expect(damage).toEqual([]);
  });

  test('of several parts, padded with zeros', async () => {
    writeFileSync(path, Buffer.concat([packed, gzipSync('more'), new Uint8Array(100_000)]));
    const { bytes, damage } = await told(path);
    expect(bytes.equals(Buffer.concat([BYTES, Buffer.from('more')]))).toBe(true);
    expect(damage).toEqual([]);
  });

  test('cut short: all that is there, then the damage', async () => {
    writeFileSync(path, packed.subarray(0, packed.length - 9));
    const { bytes, damage } = await told(path);
    expect(bytes.equals(BYTES)).toBe(true);
    expect(damage).toEqual(['at 2500000: the gzip around the capture is damaged: unexpected end of file']);
  });

  test('broken: what lies well before, then the damage', async () => {
    const broken = Buffer.from(packed);
    broken.fill(0xff, 1_400_000, 1_400_100);
    writeFileSync(path, broken);
    const { bytes, damage } = await told(path);
    expect(bytes.subarray(0, 1_000_000).equals(BYTES.subarray(0, 1_000_000))).toBe(true);
    expect(damage).toHaveLength(1);
  });

  test('followed by something else', async () => {
    writeFileSync(path, Buffer.concat([gzipSync('one'), Buffer.from('other')]));
    const { damage } = await told(path);
    expect(damage).toHaveLength(1);
  });

  test('byte by byte from stdin', async () => {
    const small = gzipSync('a capture');
    const stdin = Readable.from(cutAt(small, [...small.keys()]).map((piece) => Buffer.from(piece)));
    expect((await told('-', { stdin })).bytes.toString()).toBe('a capture');
  });

  test('which unpacks to a thousand times as much comes in pieces', async () => {
    writeFileSync(path, gzipSync(new Uint8Array(20_000_000)));
    for await (const { bytes } of captureBytes(path)) expect(bytes.length).toBeLessThanOrEqual(262_144);
  });
});

describe('stdin', () => {
  test('is read as it comes', async () => {
    const stdin = Readable.from([Buffer.from('one'), Buffer.from('two')]);
    const { bytes, read, total } = await told('-', { stdin });
    expect([bytes.toString(), read, total]).toEqual(['onetwo', [3, 6], undefined]);
  });

  test('is given up at a signal', async () => {
    const giving = new AbortController();
    const stdin = new Readable({ read() {} });
    stdin.push('one');
    for await (const { read } of captureBytes('-', { stdin, signal: giving.signal })) {
      expect(read).toBe(3);
      setImmediate(() => giving.abort());
    }
    expect(stdin.destroyed).toBe(true);
  });

  test('that fails', async () => {
    const stdin = new Readable({
      read() {
        this.destroy(new Error('gone'));
      },
    });
    await expect(told('-', { stdin })).rejects.toThrow('could not read stdin: gone');
  });
});

describe('a followed file', () => {
  test.each([
    { name: 'plain', packed: (text: string) => Buffer.from(text) },
    { name: 'gzip', packed: (text: string) => gzipSync(text) },
  ])('that is $name is read on as it grows, until the signal', async ({ packed }) => {
    writeFileSync(path, '');
    const parts = ['one', 'two', 'three'];
    const giving = new AbortController();
    const rest = async () => {
      const part = parts.shift();
      if (part === undefined) giving.abort();
      else appendFileSync(path, packed(part));
    };
    const { bytes, damage } = await told(path, { follow: true, signal: giving.signal, rest });
    expect([bytes.toString(), damage]).toEqual(['onetwothree', []]);
  });

  test('that is a gzip not yet whole at the signal is not damaged', async () => {
    const packed = gzipSync(BYTES);
    writeFileSync(path, packed.subarray(0, 1_500_000));
    const giving = new AbortController();
    const rest = async () => giving.abort();
    const { bytes, damage } = await told(path, { follow: true, signal: giving.signal, rest });
    expect(bytes.equals(BYTES.subarray(0, bytes.length))).toBe(true);
    expect(bytes.length).toBeGreaterThan(1_500_000);
    expect(damage).toEqual([]);
  });

  test('that stands still is given up at the signal', async () => {
    writeFileSync(path, 'one');
    const giving = new AbortController();
    for await (const { read, total } of captureBytes(path, { follow: true, signal: giving.signal })) {
      expect([read, total]).toEqual([3, 3]);
      setImmediate(() => giving.abort());
    }
  });
});
