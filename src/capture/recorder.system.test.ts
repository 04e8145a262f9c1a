import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConnectionFacts, Side, TapEvent } from '../tap.ts';
import { client, type Said, server } from '../testing/conversations.ts';
import { TapScript } from '../testing/tap-script.ts';
import { tshark, tsharkFields } from '../testing/tshark.ts';
import { websocketFrame } from '../testing/websocket-frame.ts';
import { CaptureDecoder } from './capture-decoder.ts';
import { PacketSource } from './packet-source.ts';
import { PacketWriter } from './packet-writer.ts';

const KEY = [1, 2, 3, 4];
const frame = (from: Side, opcode: number, length: number): Said => ({
  from,
  bytes: websocketFrame({
    opcode,
    payload: Buffer.alloc(length, 'x'),
    key: from === 'client' ? KEY : undefined,
  }),
});
/** Who sends it, which opcode, and how many bytes of payload. */
const FRAMES: readonly (readonly [Side, number, number])[] = [
  ['client', 1, 5],
  ['server', 1, 125],
  ['server', 2, 126],
  ['server', 9, 4],
  ['client', 10, 4],
  ['server', 2, 200_000],
  ['client', 1, 70_000],
  ['server', 1, 0],
  ...Array.from({ length: 100 }, (_, number) => ['server', 1, number] as const),
  ['client', 8, 2],
  ['server', 8, 2],
];
const upgrade: readonly Said[] = [
  client(
    'GET /chat HTTP/1.1\nHost: chat.example\nUpgrade: websocket\nConnection: Upgrade\n',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13\n\n',
  ),
  server(
    'HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\n',
    'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n\n',
  ),
];
const http: readonly Said[] = [
  client('GET /inbox HTTP/1.1\nHost: www.example\n\n'),
  server('HTTP/1.1 200 OK\nContent-Length: 5\n\nhello'),
  client('POST /inbox HTTP/1.1\nHost: www.example\nContent-Length: 2\n\nhi'),
  server('HTTP/1.1 204 No Content\n\n'),
];

/** Its server's sequence numbers wrap before 45 kB. */
const WRAPPING = 4_394;

const secure: Partial<ConnectionFacts> = {
  server: { host: 'chat.example', port: 443 },
  serverAddress: { host: '198.51.100.7', port: 443 },
  tls: { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', alpn: 'http/1.1', serverName: 'chat.example' },
};
const overIPv6: Partial<ConnectionFacts> = {
  clientAddress: { host: '::1', port: 40_000 },
  server: { host: 'www.example', port: 8080 },
  serverAddress: { host: '2001:db8::80', port: 8080 },
};

let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tare-test-'));
  file = join(folder, 'told.pcapng');
  const blocks: Buffer[] = [];
  const writer = new PacketWriter(1_763_840_000_123_456_789n);
  const sink = (event: TapEvent) => blocks.push(...writer.take(event));
  const frames = FRAMES.map(([from, opcode, length]) => frame(from, opcode, length));
  new TapScript(sink, WRAPPING)
    .open(secure)
    .say(...upgrade, ...frames)
    .end('client', 'server')
    .close();
  new TapScript(sink, 2)
    .open(overIPv6)
    .say(...http)
    .end('server', 'client')
    .close();
  new TapScript(sink, 3)
    .open(overIPv6)
    .say(...http)
    .close('server-reset');
  writer.beginFile(); // another section of one file is as good as another file
  const goesOn = new TapScript(sink, 4).open(overIPv6).say(...http);
  writer.beginFile();
  goesOn.say(...http).close('client-gone');
  sink({
    type: 'failed',
    connection: 5,
    at: 10 ** 9,
    mode: 'connect',
    client: 5,
    clientAddress: { host: '127.0.0.1', port: 50_001 },
    server: { host: 'no.example', port: 443 },
    failure: { code: 'DNS_FAILED', message: 'there is no no.example' },
    proxy: { client: 1, server: 2 },
  });
  writeFileSync(file, Buffer.concat(blocks));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('tshark', () => {
  test('finds nothing wrong with a packet, checksums included', () => {
    const checked = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];
    const wrong = [
      '_ws.malformed',
      '(tcp.analysis.flags && !tcp.analysis.reused_ports)', // that ends are used again is true
      'tcp.checksum.status != "Good"',
      '(ip && ip.checksum.status != "Good")',
    ].join(' || ');
    expect(tshark(file, ...checked, '-Y', wrong)).toBe('');
    expect(tsharkFields(file, 'tcp', 'frame.number').length).toBeGreaterThan(100);
  });

  test('reads WebSocket frames on the port of TLS', () => {
    const lengths = ['payload_length', 'payload_length_ext_16', 'payload_length_ext_64'].map(
      (field) => `websocket.${field}`,
    );
    const told = tsharkFields(file, 'websocket', 'tcp.dstport', 'websocket.opcode', ...lengths);
    const frames = told.map(([port, opcode, ...lengths]) => [
      port === '443' ? 'client' : 'server',
      Number(opcode),
      Number(lengths.filter((length) => length !== '').at(-1)),
    ]);
    expect(frames).toEqual(FRAMES);
  });

  test('reads requests and responses', () => {
    const count = (field: string) => tsharkFields(file, field, 'frame.number').length;
    expect({ requests: count('http.request'), responses: count('http.response') }).toEqual({
      requests: 9,
      responses: 9,
    });
  });

  test('follows a stream whose sequence numbers wrap', () => {
    const said = [...upgrade, ...FRAMES.map(([from, opcode, length]) => frame(from, opcode, length))];
    const followed = tshark(file, '-q', '-z', 'follow,tcp,raw,0')
      .split('\n')
      .filter((line) => /^\t?[0-9a-f]+$/.test(line));
    const side = (isServer: boolean) =>
      followed
        .filter((line) => line.startsWith('\t') === isServer)
        .map((line) => line.trim())
        .join('');
    const hex = (from: Side) =>
      Buffer.concat(said.filter((part) => part.from === from).map(({ bytes }) => bytes)).toString('hex');
    expect(side(false)).toBe(hex('client'));
    expect(side(true)).toBe(hex('server'));
    const numbers = tsharkFields(file, 'tcp.stream == 0 && tcp.srcport == 443', 'tcp.seq_raw').map(Number);
    expect(Math.max(...numbers) - Math.min(...numbers)).toBeGreaterThan(4_000_000_000);
  });

  test('knows the times, comments and names', () => {
    const [opening] = tsharkFields(file, 'frame.comment', 'frame.time_epoch', 'frame.comment');
    expect(opening?.[0]).toBe('1763840000.124456789');
    expect(opening?.[1]).toContain('tare {"v":1,"opened":{"connection":4394,"mode":"connect"');
    const named = tshark(
      file,
      '-N',
      'n',
      '-Y',
      'tcp.flags.syn == 1 && tcp.flags.ack == 0',
      '-T',
      'fields',
      '-e',
      'ip.dst_host',
    );
    expect(named).toContain('chat.example');
    expect(named).toContain('no.example');
  });
});

describe('killed at any moment', () => {
  const RECORDING = `
    import { openRecorder } from ${JSON.stringify(new URL('../../dist/capture/recorder.js', import.meta.url).href)};
    const [file, facts] = process.argv.slice(1);
    const recorder = await openRecorder({ file, epoch: 0n, onTrouble: console.error });
    recorder.take({ type: 'opened', connection: 1, at: 0, facts: JSON.parse(facts) });
    let said = 0;
    setInterval(() => {
      const bytes = Buffer.from(String(said).padStart(99) + '\\n');
      recorder.take({ type: 'bytes', connection: 1, at: said * 1e6, from: 'server', bytes });
      console.log(said++);
    }, 1);
  `;

  test.each([0, 700, 1_600])(
    'after %i ms more than a second, a recording opens and holds all before the last second',
    async (delay) => {
      const path = join(folder, `killed-${delay}.pcapng`);
      const facts = JSON.stringify({ ...FACTS_OF_NOBODY, ...overIPv6 });
      const child = spawn(process.execPath, ['--input-type=module', '-e', RECORDING, path, facts], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const saidAt: number[] = [];
      const lines = createInterface(child.stdout).on('line', () => saidAt.push(performance.now()));
      await once(lines, 'line');
      await new Promise((resolve) => setTimeout(resolve, 1_100 + delay));
      const killedAt = performance.now();
      child.kill('SIGKILL');
      await once(child, 'close');
      const told = reread(path);
      const said = told.flatMap((event) =>
        event.type === 'bytes' ? Buffer.from(event.bytes).toString().split('\n') : [],
      );
      const numbers = said.filter((line) => line !== '').map(Number);
      expect(numbers).toEqual(numbers.map((_, index) => index));
      expect(numbers.length).toBeGreaterThanOrEqual(saidAt.filter((at) => at < killedAt - 1_000).length);
      expect(told.at(-1)).toMatchObject({ type: 'closed', reason: 'capture-ended' });
      expect(tsharkFields(path, 'tcp.len > 0', 'tcp.len')).toHaveLength(numbers.length);
    },
  );
});

const FACTS_OF_NOBODY: ConnectionFacts = {
  mode: 'connect',
  client: 1,
  clientAddress: { host: '127.0.0.1', port: 1 },
  server: { host: 'a.example', port: 80 },
  serverAddress: undefined,
  tls: undefined,
  timings: {},
};

function reread(path: string): TapEvent[] {
  const told: TapEvent[] = [];
  const source = new PacketSource((event) => {
    told.push(event.type === 'bytes' ? { ...event, bytes: Uint8Array.from(event.bytes) } : event);
  });
  const decoder = new CaptureDecoder();
  for (const record of [...decoder.push(readFileSync(path)), ...decoder.end()]) source.take(record);
  source.end();
  return told;
}
