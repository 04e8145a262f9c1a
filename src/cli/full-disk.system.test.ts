import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { constants, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaptureDecoder } from '../capture/capture-decoder.ts';
import { PacketSource } from '../capture/packet-source.ts';
import { startTare, type TareProcess } from '../testing/tare-process.ts';

const MEBIBYTE = 1_048_576;

/** More than the 64 MiB that wait for a disk. */
const MUCH = 100 * MEBIBYTE;

const folder = mkdtempSync(join(tmpdir(), 'tare-disk-'));
let origin: Server;

/** Answers `/n` with n bytes. */
beforeAll(async () => {
  const piece = Buffer.alloc(MEBIBYTE, 'x');
  origin = createServer(async (request, response) => {
    for (let left = Number(request.url?.slice(1)); left > 0; left -= MEBIBYTE) {
      if (!response.write(piece.subarray(0, left))) await once(response, 'drain');
    }
    response.end();
  });
  await once(origin.listen(0, '127.0.0.1'), 'listening');
});

afterAll(() => {
  origin.close();
  rmSync(folder, { recursive: true });
});

/** Fetches through the proxy; how many bytes came. */
async function fetched(tare: TareProcess, length: number): Promise<number> {
  const { port } = origin.address() as AddressInfo;
  const { hostname, port: proxyPort } = new URL(tare.proxy);
  const asked = get({ hostname, port: proxyPort, path: `http://127.0.0.1:${port}/${length}`, agent: false });
  const [response] = await once(asked, 'response');
  let count = 0;
  for await (const bytes of response) count += bytes.length;
  return count;
}

interface Direction {
  said: number;
  lost: number;
}

/** What servers said by connection, and whether anything is wrong with the file. */
function reread(file: Uint8Array): { readonly servers: readonly Direction[]; readonly damage: number } {
  const servers: Direction[] = [];
  let damage = 0;
  const source = new PacketSource((event) => {
    if (event.type !== 'bytes' && event.type !== 'lost') return;
    if (event.from === 'client') return;
    servers[event.connection - 1] ??= { said: 0, lost: 0 };
    if (event.type === 'bytes') servers[event.connection - 1]!.said += event.bytes.length;
    else servers[event.connection - 1]!.lost += event.length;
  });
  const decoder = new CaptureDecoder();
  for (const record of [...decoder.push(file), ...decoder.end()]) {
    if (record.type === 'damage') damage++;
    else source.take(record);
  }
  source.end();
  return { servers, damage };
}

const complaints = (stderr: string) => stderr.split('\n').filter((line) => line.includes('recording to'));

/** Whether this process may mount a disk of its own. */
const disk = join(folder, 'disk');
const mayMount =
  spawnSync('mkdir', [disk]).status === 0 &&
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]).status === 0;

afterAll(() => {
  if (mayMount) execFileSync('umount', [disk]);
});

interface FullDisk {
  readonly name: string;
  readonly cannot: boolean;
  readonly file: string;
  readonly obstacle: string;
  readonly fill: (pid: number) => void;
  readonly empty: (pid: number) => void;
}

const disks: readonly FullDisk[] = [
  {
    name: 'a disk of one mebibyte',
    cannot: !mayMount,
    file: join(disk, 'full.pcapng'),
    obstacle: 'no space left on device',
    fill: () => {},
    empty: () => execFileSync('mount', ['-o', 'remount,size=1g', disk]),
  },
  {
    name: 'a file that may have one mebibyte',
    cannot: false,
    file: join(folder, 'limited.pcapng'),
    obstacle: 'file too large',
    fill: (pid) => execFileSync('prlimit', ['--pid', String(pid), `--fsize=${MEBIBYTE}:unlimited`]),
    empty: (pid) => execFileSync('prlimit', ['--pid', String(pid), '--fsize=unlimited:unlimited']),
  },
];

describe.each(disks)('$name', ({ cannot, file, obstacle, fill, empty }) => {
  test.skipIf(cannot)('that is full stops nothing, is told of once, and leaves a hole', async () => {
    await using tare = await startTare('--record', file, '--view', 'none', '--audit');
    fill(tare.pid);
    expect(await fetched(tare, MUCH)).toBe(MUCH);
    empty(tare.pid);
    await written(file, 40 * MEBIBYTE);
    expect(await fetched(tare, 300_000)).toBe(300_000);
    const { stderr, code } = await tare.stop();
    expect(code).toBe(0);
    expect(complaints(stderr)).toEqual([expect.stringContaining(obstacle)]);
    expect(stderr).toMatch(/could not be written and are holes in it/);
    const { servers, damage } = reread(readFileSync(file));
    expect(damage).toBe(0);
    const [first, second] = servers;
    expect(first!.lost).toBeGreaterThan(20 * MEBIBYTE);
    expect(first!.said + first!.lost).toBeGreaterThan(MUCH);
    expect(first!.said).toBeGreaterThan(60 * MEBIBYTE);
    expect(second).toMatchObject({ lost: 0 });
    expect(second!.said).toBeGreaterThan(300_000);
  });

  test.skipIf(cannot)('that was full for a while leaves no trace', async () => {
    await using tare = await startTare('--record', file, '--view', 'none');
    fill(tare.pid);
    expect(await fetched(tare, 20 * MEBIBYTE)).toBe(20 * MEBIBYTE);
    empty(tare.pid);
    await tare.stop();
    const { servers, damage } = reread(readFileSync(file));
    expect({ damage, lost: servers[0]!.lost }).toEqual({ damage: 0, lost: 0 });
    expect(servers[0]!.said).toBeGreaterThan(20 * MEBIBYTE);
  });
});

/** Waits until the file has that many bytes. */
async function written(file: string, length: number): Promise<void> {
  while (statSync(file).size < length) await new Promise((resolve) => setTimeout(resolve, 50));
}

describe('a pipe', () => {
  test('that nobody reads for a while stops nothing, is told of once, and has a hole', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await using tare = await startTare('--record', pipe, '--view', 'none');
    expect(await fetched(tare, MUCH)).toBe(MUCH); // before anybody opened it
    const reader = new Socket({ fd: openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK) });
    const parts: Buffer[] = [];
    reader.on('data', (bytes: Buffer) => parts.push(bytes));
    const end = once(reader, 'end');
    while (parts.reduce((sum, { length }) => sum + length, 0) < 40 * MEBIBYTE) await once(reader, 'data');
    expect(await fetched(tare, 300_000)).toBe(300_000);
    const { stderr, code } = await tare.stop();
    await end;
    expect(code).toBe(0);
    expect(complaints(stderr)).toEqual([expect.stringContaining('the disk is slower than the traffic')]);
    const { servers, damage } = reread(Buffer.concat(parts));
    expect(damage).toBe(0);
    expect(servers[0]!.lost).toBeGreaterThan(20 * MEBIBYTE);
    expect(servers[0]!.said + servers[0]!.lost).toBeGreaterThan(MUCH);
    expect(servers[1]).toMatchObject({ lost: 0 });
  });
});
