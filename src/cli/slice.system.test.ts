import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { PacketSource } from '../capture/packet-source.ts';
import { PacketWriter } from '../capture/packet-writer.ts';
import { CaptureFile, joined } from '../testing/capture-file.ts';
import { eventStream, http, webSocket } from '../testing/conversations.ts';
import { HeardTaps } from '../testing/heard-taps.ts';
import { ethernet, FIRST_AT, ipv4, TcpPackets, tcp } from '../testing/network-packets.ts';
import { recordsIn, sliced } from '../testing/sliced.ts';
import { TapScript } from '../testing/tap-script.ts';
import { tsharkFields } from '../testing/tshark.ts';

const folder = mkdtempSync(join(tmpdir(), 'tare-slice-'));

afterAll(() => rmSync(folder, { recursive: true }));

/** The built command, and how it ended. */
async function tare(args: readonly string[], stdin?: Uint8Array) {
  const env = { ...process.env, XDG_CONFIG_HOME: folder, NO_COLOR: '1' };
  const child = spawn(process.execPath, ['dist/bin/main.js', ...args], { env });
  child.stdin.end(stdin);
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([buffer(child.stdout), text(child.stderr)]);
  return { code: await closed, stdout, stderr };
}

/** Three connections that a recording holds: HTTP, a WebSocket, an event stream; one millisecond an event. */
function recording(): Buffer {
  const taps = new HeardTaps();
  [http, webSocket, eventStream].forEach((said, index) => {
    const host = `${'abc'[index]}.example`;
    const script = new TapScript(taps.sink, index + 1).open({ server: { host, port: 80 } }).say(...said);
    script.end('client', 'server').close();
  });
  const writer = new PacketWriter(FIRST_AT);
  const inOrder = taps.events.sort((one, other) => one.at - other.at);
  return Buffer.concat(inOrder.flatMap((event) => writer.take(event).map((block) => Buffer.from(block))));
}

/** As tcpdump captures on Ethernet: two connections between the same ends one after the other, one with fragments beside them. */
function ethernetCapture(): Uint8Array {
  const [first, again, other] = [
    new TcpPackets(),
    new TcpPackets({ client: 70_000, server: 80_000 }),
    new TcpPackets(undefined, 50_001),
  ];
  const request = 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n';
  const answer = 'HTTP/1.1 204 No Content\r\n\r\n';
  const segment = tcp({ sourcePort: 50_001, seq: 1_000, ack: 2_000, payload: request });
  const frames = [
    ...first.handshake().map(({ bytes }) => bytes),
    ...other.handshake().map(({ bytes }) => bytes),
    first.sent({ from: 'client', payload: request }).bytes,
    ipv4(segment.subarray(0, 32), { fragment: [7, 0x2000] }),
    first.sent({ from: 'server', payload: answer, ack: request.length }).bytes,
    ipv4(segment.subarray(32), { fragment: [7, 4] }),
    ...first.ending(request.length, answer.length).map(({ bytes }) => bytes),
    ...again.handshake().map(({ bytes }) => bytes),
    again.sent({ from: 'client', payload: request }).bytes,
    other.sent({ from: 'server', payload: answer, ack: request.length }).bytes,
  ];
  const file = new CaptureFile('big');
  const records = frames.map((bytes, index) => file.record(1_763_840_000, index * 1_000, ethernet(bytes)));
  return joined(file.pcap(0xa1b2c3d4, 1), ...records);
}

function written(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** What tshark says of each frame, but for its number in the file. */
function framesOf(file: string, filter = 'tcp || ip.flags.mf == 1'): string[] {
  const fields = ['frame.time_epoch', 'frame.len', 'frame.cap_len', 'frame.protocols', 'frame.comment'];
  const inside = [
    'ip.id',
    'tcp.srcport',
    'tcp.seq_raw',
    'tcp.ack_raw',
    'tcp.flags',
    'tcp.payload',
    'data.data',
  ];
  return tsharkFields(file, filter, ...fields, ...inside).map((row) => row.join('\t'));
}

const recorded = written('recorded.pcapng', recording());
const captured = written('captured.pcap', ethernetCapture());
const out = join(folder, 'out.pcapng');

describe('tshark sees the same frames in a slice as in the whole', () => {
  test.each([
    { name: 'a WebSocket', file: recorded, args: ['--protocol', 'ws'], filter: 'tcp.stream == 1' },
    { name: 'a host', file: recorded, args: ['--host', 'C.example'], filter: 'tcp.stream == 2' },
    { name: 'some numbers', file: recorded, args: ['--connection', '1,3-9'], filter: 'tcp.stream != 1' },
    { name: 'all until then', file: recorded, args: ['--to', '3ms'], filter: 'frame.time_relative < 0.004' },
    { name: 'ends used again', file: captured, args: ['--connection', '3'], filter: 'tcp.stream == 2' },
    { name: 'ends that were', file: captured, args: ['--connection', '1'], filter: 'tcp.stream == 0' },
  ])('$name', async ({ file, args, filter }) => {
    expect(await tare(['slice', file, out, ...args])).toMatchObject({ code: 0 });
    const frames = framesOf(out);
    expect(frames.length).toBeGreaterThan(3);
    expect(frames).toEqual(framesOf(file, filter));
  });

  test('fragments, where the last of them was', async () => {
    expect(await tare(['slice', captured, out, '--connection', '2'])).toMatchObject({ code: 0 });
    const whole = framesOf(captured, 'tcp.stream == 1 || ip.flags.mf == 1');
    expect(framesOf(out)).toEqual(whole);
    expect(whole).toHaveLength(6);
  });

  test.each(capturesIn('fixtures').filter((path) => path.includes('/format-')))(
    '%s, all of it',
    async (file) => {
      expect(await tare(['slice', file, out, '--from', '0'])).toMatchObject({ code: 0 });
      expect(framesOf(out, 'tcp')).toEqual(framesOf(file, 'tcp'));
    },
  );
});

/** Files of packets in a folder that may not be there. */
function capturesIn(place: string): string[] {
  const names = existsSync(place) ? readdirSync(place) : [];
  return names.filter((name) => /\.pcap(ng)?(\.gz)?$/.test(name)).map((name) => join(place, name));
}

test.each([...capturesIn('fixtures'), ...capturesIn('../shared/vectors/captures')])(
  '%s tells the same when all of it was sliced',
  async (path) => {
    const [packed, whole] = [path.endsWith('.gz'), readFileSync(path)];
    const capture = packed ? gunzipSync(whole) : whole;
    const { file, found } = await sliced(capture, { isConnection: () => true });
    const [before, after] = [heard(capture), heard(file)];
    expect(after).toEqual(before);
    expect(found.part.serials.size).toBe(found.connections);
  },
);

/** What a capture tells, to the nanosecond. */
function heard(capture: Uint8Array): string[] {
  const taps = new HeardTaps();
  const source = new PacketSource(taps.sink);
  for (const record of recordsIn(capture)) source.take(record);
  source.end();
  return taps.events.map(({ at, ...event }) => {
    const said = event.type === 'bytes' ? Buffer.from(event.bytes).toString('latin1') : '';
    return `${source.epoch + BigInt(at)} ${JSON.stringify({ ...event, bytes: said })}`;
  });
}

test('says what it kept, and writes for the owner alone', async () => {
  writeFileSync(out, 'something else, open to all');
  chmodSync(out, 0o644);
  const { code, stderr, stdout } = await tare(['slice', recorded, out, '--protocol', 'sse,poll']);
  expect({ code, stdout: stdout.length }).toEqual({ code: 0, stdout: 0 });
  expect(stderr).toMatch(/^kept 1 of 3 connections, \d+ of \d+ packets: [\d.]+k in .*out\.pcapng\n$/);
  expect(statSync(out).mode & 0o777).toBe(0o600);
});

test('pipes in and out, packed or not, are the same as files', async () => {
  await tare(['slice', recorded, out, '--protocol', 'ws']);
  const piped = await tare(['slice', '-', '-', '--protocol', 'ws'], gzipSync(readFileSync(recorded)));
  expect(piped).toMatchObject({ code: 0, stderr: expect.stringMatching(/ in stdout\n$/) });
  expect(piped.stdout.equals(readFileSync(out))).toBe(true);
});

test.each([
  {
    args: ['--host', 'none.example'],
    words: /none of the 3 connections in .* is meant by --host none\.example/,
  },
  { args: ['--connection', '9', '--protocol', 'ws'], words: /is meant by --connection 9 --protocol ws/ },
  { args: ['--from', '1h'], words: /which is of 20\d\d-.* to 20\d\d-.* is meant by --from 1h/ },
])('where nothing is meant by $args it says so, and writes no file', async ({ args, words }) => {
  const nowhere = join(folder, 'nothing.pcapng');
  const { code, stderr } = await tare(['slice', recorded, nowhere, ...args]);
  expect({ code, isThere: existsSync(nowhere) }).toEqual({ code: 1, isThere: false });
  expect(stderr).toMatch(words);
});

describe('what cannot be done', () => {
  const har = written('a.har', Buffer.from('{"log":{}}'));
  const words = written('words', Buffer.from('these are words'));
  const again = join(folder, 'again.pcapng');
  linkSync(recorded, again);

  test.each([
    { name: 'the file itself', args: [recorded, recorded], said: /is the file to read, which would be lost/ },
    { name: 'the file by another name', args: [recorded, again], said: /is the file to read/ },
    { name: 'no such file', args: [join(folder, 'none'), out], said: /none: there is no such file/ },
    {
      name: 'no such folder',
      args: [recorded, join(folder, 'none/out')],
      said: /out: there is no such folder/,
    },
    { name: 'a folder', args: [recorded, folder], said: /it is a folder; name a file in it/ },
    { name: 'no capture', args: [words, out], said: /words: at byte 0: the file is no capture/ },
    {
      name: 'a HAR',
      args: [har, out],
      said: /a\.har: it is a HAR, which has no packets: slice the recording/,
    },
  ])('$name', async ({ args, said }) => {
    const before = readFileSync(recorded);
    const { code, stderr } = await tare(['slice', ...args, '--from', '0']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(said) });
    expect(stderr).not.toMatch(/ at .*\.[jt]s:/);
    expect(readFileSync(recorded).equals(before)).toBe(true);
  });

  test('nothing asked for', async () => {
    expect(await tare(['slice', recorded, out])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/say what to keep: with --connection/),
    });
  });
});
