import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { contentOf } from '../session/content.ts';
import { Session } from '../session/session.ts';
import type { TapEvent } from '../tap.ts';
import { deflatedWebSocket, eventStream, http, webSocket } from '../testing/conversations.ts';
import { FACTS, TapScript } from '../testing/tap-script.ts';
import { readCaptureInto } from './capture-session.ts';
import { harOf } from './har/har.ts';
import { PacketWriter } from './packet-writer.ts';

const EPOCH = 1_763_840_000_123_456_789n;
const folder = mkdtempSync(join(tmpdir(), 'capture-session-'));

afterAll(() => rmSync(folder, { recursive: true }));

/** A session, and the recording of it. */
function recorded(): { session: Session; recording: Buffer } {
  const session = new Session();
  session.epoch = EPOCH;
  const writer = new PacketWriter(EPOCH);
  const blocks: Buffer[] = [];
  const sink = (event: TapEvent) => {
    session.take(event);
    for (const block of writer.take(event)) blocks.push(Buffer.from(block));
  };
  [http, webSocket, deflatedWebSocket, eventStream].forEach((said, index) => {
    new TapScript(sink, index + 1)
      .open()
      .say(...said)
      .end('client', 'server')
      .close();
  });
  const failure = { code: 'DNS_FAILED', message: 'no such host' } as const;
  sink({ type: 'failed', connection: 5, at: 9e9, ...FACTS, failure, proxy: { client: 9, server: 9 } });
  return { session, recording: Buffer.concat(blocks) };
}

/** All that a session tells of its traffic. */
function told(session: Session) {
  const messages = Array.from({ length: session.messages.length }, (_, number) => {
    const { kind, from, at, head, framing, control, payload, complete, name, exchange } =
      session.messages.row(number);
    const content = contentOf(session, number, 10_000)?.toString('latin1');
    return { kind, from, at, head, framing, control, payload, complete, name, exchange, content };
  });
  const connections = [...session.connections.values()];
  return {
    messages,
    exchanges: [...session.exchanges],
    connections: connections.map(({ facts, ledger, closing, failure }) => ({
      facts,
      ledger,
      closing,
      failure,
    })),
    faults: session.faults,
    totals: [...session.totals()],
    audit: session.audit(),
  };
}

async function read(name: string, bytes: Uint8Array | string) {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const session = new Session();
  const reading = await readCaptureInto(session, path);
  return { session, reading };
}

test.each(['as it is', 'packed'])(
  'what was recorded and is read again, %s, is the same to the byte',
  async (how) => {
    const { session, recording } = recorded();
    const again = await read('same.pcapng', how === 'packed' ? gzipSync(recording) : recording);
    expect(again.reading).toMatchObject({ format: 'packets', problemCount: 0 });
    const [before, after] = [told(session), told(again.session)];
    expect(after.messages.map(({ content, kind }) => [kind, content])).toEqual(
      before.messages.map(({ content, kind }) => [kind, content]),
    );
    expect(after.connections).toEqual(before.connections);
    expect(after.totals).toEqual(before.totals);
    expect(after.faults.length).toBe(before.faults.length);
    expect(after.audit).toEqual(before.audit);
  },
);

test('the good part of a damaged file is read, and the damage told', async () => {
  const { recording } = recorded();
  const { session, reading } = await read('cut.pcapng', recording.subarray(0, recording.length - 300));
  expect(reading.problemCount).toBe(1);
  expect(reading.problems[0]).toMatch(/^at byte \d+: /);
  expect(session.exchanges.length).toBeGreaterThan(3);
});

test('a HAR is read too, and has the same messages', async () => {
  const { session } = recorded();
  const har = [...harOf(session, { version: '0' })].join('');
  const again = await read('same.har', har);
  expect(again.reading).toMatchObject({ format: 'har', count: 8, problemCount: 0 });
  const texts = (one: Session) =>
    told(one)
      .messages.filter(({ kind }) => kind === 'text' || kind === 'event')
      .map(({ content }) => content)
      .sort(); // the connections were at the same time
  expect(texts(again.session)).toEqual(texts(session));
});

test('what is no capture says so', async () => {
  const { reading } = await read('words.txt', 'these are words');
  expect(reading.problems.join()).toMatch(/capture/);
});
