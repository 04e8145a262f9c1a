import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TapEvent, TapSink } from '../../tap.ts';
import {
  client,
  deflatedWebSocket,
  eventStream,
  http,
  type Said,
  server,
  webSocket,
} from '../../testing/conversations.ts';
import { TapScript } from '../../testing/tap-script.ts';
import { tshark, tsharkFields } from '../../testing/tshark.ts';
import { CaptureDecoder } from '../capture-decoder.ts';
import { captureBytes } from '../capture-input.ts';
import { PacketSource } from '../packet-source.ts';
import { PacketWriter } from '../packet-writer.ts';
import { redaction } from './redaction.ts';

const body = gzipSync(JSON.stringify({ token: 'abc-of-the-body' }));
const secrets: readonly Said[] = [
  client(
    'POST /login?api_key=abc-of-the-target HTTP/1.1\nHost: a\nCookie: sid=abc-of-the-cookie\nContent-Length: 28\n\n',
  ),
  client('{"password":"abc-of-a-json"}'),
  server(
    `HTTP/1.1 200 OK\nSet-Cookie: sid=abc-of-the-answer\nContent-Type: text/plain\nContent-Encoding: gzip\nContent-Length: ${body.length}\n\n`,
    body,
  ),
];
const conversations = { http, webSocket, deflatedWebSocket, eventStream, secrets };
const captures = readdirSync('fixtures').filter((name) => name.endsWith('.pcapng'));
const names = [...Object.keys(conversations), ...captures];

let folder: string;

/** A recording of what is told. */
class Recording {
  readonly #blocks: Buffer[] = [];
  #writer: PacketWriter | undefined;
  readonly take: TapSink;

  constructor(redact?: (sink: TapSink) => TapSink) {
    const record = (event: TapEvent) => {
      this.#writer ??= new PacketWriter(1_763_840_000_000_000_000n);
      this.#blocks.push(...this.#writer.take(event));
    };
    this.take = redact ? redact(record) : record;
  }

  save(path: string): void {
    writeFileSync(path, Buffer.concat(this.#blocks));
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tare-redaction-'));
  for (const name of names) {
    const plain = new Recording();
    const redacted = new Recording(redaction());
    await tell(name, (event) => {
      plain.take(event);
      redacted.take(event);
    });
    plain.save(join(folder, `${name}-plain`));
    redacted.save(join(folder, `${name}-redacted`));
  }
});

async function tell(name: string, sink: TapSink): Promise<void> {
  const conversation = new Map<string, readonly Said[]>(Object.entries(conversations)).get(name);
  if (conversation) {
    new TapScript(sink)
      .open()
      .say(...conversation)
      .end('client', 'server')
      .close();
    return;
  }
  const source = new PacketSource(sink);
  const decoder = new CaptureDecoder();
  for await (const { bytes } of captureBytes(join('fixtures', name))) {
    for (const record of decoder.push(bytes)) source.take(record);
  }
  for (const record of decoder.end()) source.take(record);
  source.end();
}

afterAll(() => rmSync(folder, { recursive: true }));

const FIELDS = [
  'tcp.len',
  'http.request.method',
  'http.response.code',
  'http.content_length',
  'http.chunk_size',
  'websocket.opcode',
  'websocket.payload_length',
  'websocket.payload_length_ext_16',
];

test.each(names)('tshark counts the same in %s, and finds nothing malformed', (name) => {
  const file = join(folder, name);
  const plain = tsharkFields(`${file}-plain`, 'tcp', ...FIELDS);
  expect(plain.length).toBeGreaterThan(0);
  expect(tsharkFields(`${file}-redacted`, 'tcp', ...FIELDS)).toEqual(plain);
  const malformed = (path: string) => tshark(path, '-Y', '_ws.malformed').split('\n').length;
  expect(malformed(`${file}-redacted`)).toBeLessThanOrEqual(malformed(`${file}-plain`));
});

test('tshark reads a compressed body as one that was redacted, and no secret', () => {
  expect(tshark(join(folder, 'secrets-plain'), '-V')).toContain('abc-of-the-body');
  const all = tshark(join(folder, 'secrets-redacted'), '-V');
  expect(all).toContain('(redacted by tare)');
  expect(all).not.toContain('abc-of');
});
