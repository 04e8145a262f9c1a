import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { damages } from '../testing/spoilt-bytes.ts';
import { EXIT } from './exit-codes.ts';

const FILES = 36;
const AT_A_TIME = 4;
const LONGEST_MS = 20_000;

const STACK_TRACE = /^ +at .+:\d+:\d+\)?$/m;

const folder = mkdtempSync(join(tmpdir(), 'tare-spoilt-'));

afterAll(() => rmSync(folder, { recursive: true }));

const sources = ['fixtures', 'fixtures/har'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => /\.(pcap(ng)?(\.gz)?|har)$/.test(name))
    .map((name) => join(folder, name)),
);

/** How the built program ends that is to sum up the file. */
async function summary(file: string) {
  const env = { ...process.env, XDG_CONFIG_HOME: folder, NO_COLOR: '1' };
  const child = spawn(process.execPath, ['dist/bin/main.js', 'summary', file], {
    env,
    timeout: LONGEST_MS,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (bytes) => {
    stdout += bytes;
  });
  child.stderr.on('data', (bytes) => {
    stderr += bytes;
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code, signal, stdout, stderr };
}

async function expectOrder(file: string): Promise<void> {
  const { code, signal, stdout, stderr } = await summary(file);
  expect(signal, file).toBeNull();
  expect(stderr, file).not.toMatch(STACK_TRACE);
  if (code === EXIT.well) expect(stdout, file).toMatch(/^all /m);
  else
    expect({ code, stderr }, file).toEqual({ code: EXIT.usage, stderr: expect.stringMatching(/^tare: .+/) });
}

test('whatever is wrong with a file, it is summed up, or what is wrong is said', {
  timeout: 120_000,
}, async () => {
  const spoilt = fc.sample(damages, { numRuns: FILES, seed: 4 }).map((damage, index) => {
    const source = sources[(index * 7) % sources.length]!;
    const file = join(folder, `${index}-${source.replaceAll('/', '-')}`);
    writeFileSync(file, damage(readFileSync(source)).bytes);
    return file;
  });
  while (spoilt.length > 0) await Promise.all(spoilt.splice(0, AT_A_TIME).map(expectOrder));
});
