import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { exportHar } from './export.ts';

const folder = mkdtempSync(join(tmpdir(), 'tare-export-'));
const out = join(folder, 'out.har');
const recording = readFileSync('fixtures/tare-sse.pcapng');

afterEach(() => rmSync(out, { force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

/** Exports a file with these contents; resolves with what was said meanwhile. */
async function exported(contents: Uint8Array | string, to = out): Promise<string> {
  const file = join(folder, 'capture');
  writeFileSync(file, contents);
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    expect(await exportHar(file, to, {})).toBe(0);
    return write.mock.calls.map(([words]) => words).join('');
  } finally {
    write.mockRestore();
  }
}

test('what is no capture is refused, and nothing is written', async () => {
  await expect(exported('root:x:0:0')).rejects.toThrow(/capture: at byte 0: the file is no capture/);
  expect(existsSync(out)).toBe(false);
});

test('of a damaged capture what can be read is written, and the rest told', async () => {
  expect(await exported(recording.subarray(0, 3_000))).toContain('the file ends inside a block');
  expect(JSON.parse(readFileSync(out, 'utf8')).log.entries).toHaveLength(2);
});

test('a file that was there is overwritten, and nobody else can read it any more', async () => {
  writeFileSync(out, 'x'.repeat(100_000));
  chmodSync(out, 0o644);
  expect(await exported(recording)).toBe('');
  expect(statSync(out).mode & 0o777).toBe(0o600);
  expect(() => JSON.parse(readFileSync(out, 'utf8'))).not.toThrow();
});

test('where it cannot be written, the words say what helps', async () => {
  const missing = join(folder, 'missing', 'out.har');
  await expect(exported(recording, missing)).rejects.toThrow(
    `could not write ${missing}: there is no such folder; create it first`,
  );
});
