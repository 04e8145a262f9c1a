import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CaptureDecoder } from '../../src/capture/capture-decoder.ts';
import { PacketSource } from '../../src/capture/packet-source.ts';
import { PacketWriter } from '../../src/capture/packet-writer.ts';
import type { ClosingFacts, ConnectionFacts, TapEvent } from '../../src/tap.ts';
import { TemporaryFolder } from '../../src/testing/temporary-folder.ts';
import { ethernetStretch } from './ethernet.ts';
import { recordedStretch, type Stretch, writeRepeated } from './stretch.ts';

const TIMES = 300;
const ASKED = Buffer.from('a question');
/** Several frames of Ethernet. */
const ANSWERED = Buffer.alloc(10_000, 'an answer ');

const FACTS: ConnectionFacts = {
  mode: 'forward',
  client: 1,
  clientAddress: { host: '127.0.0.1', port: 50_000 },
  server: { host: '127.0.0.1', port: 80 },
  serverAddress: { host: '127.0.0.1', port: 80 },
  tls: undefined,
  timings: {},
};
const NOTHING = { client: 0, server: 0 };
const TAPPED = { client: ASKED.length, server: ANSWERED.length };
const CLOSING: ClosingFacts = {
  tapped: TAPPED,
  upstream: TAPPED,
  tls: NOTHING,
  proxy: NOTHING,
  downstream: TAPPED,
  unrelayed: NOTHING,
};

const EVENTS: readonly TapEvent[] = [
  { type: 'opened', connection: 1, at: 0, facts: FACTS },
  { type: 'bytes', connection: 1, at: 1_000_000, from: 'client', bytes: ASKED },
  { type: 'bytes', connection: 1, at: 2_000_000, from: 'server', bytes: ANSWERED },
  { type: 'ended', connection: 1, at: 3_000_000, from: 'server' },
  { type: 'ended', connection: 1, at: 4_000_000, from: 'client' },
  { type: 'closed', connection: 1, at: 5_000_000, reason: 'ended', closing: CLOSING },
];

function recording(): Buffer {
  const writer = new PacketWriter(1_763_840_000_999_999_000n);
  return Buffer.concat(EVENTS.flatMap((event) => writer.take(event).map((blocks) => Buffer.from(blocks))));
}

/** What a file of so many stretches tells. */
function reread(stretch: Stretch): TapEvent[] {
  using folder = new TemporaryFolder();
  const path = join(folder.path, 'repeated');
  writeRepeated(path, stretch, TIMES);
  const told: TapEvent[] = [];
  const source = new PacketSource((event) => told.push(event));
  const decoder = new CaptureDecoder();
  const records = [...decoder.push(readFileSync(path)), ...decoder.end()];
  expect(records.filter(({ type }) => type === 'damage')).toEqual([]);
  for (const record of records) source.take(record);
  source.end();
  return told;
}

test.each([
  { name: 'of a recording', stretch: recordedStretch(recording()) },
  { name: 'of an Ethernet', stretch: ethernetStretch(recording()) },
])('each part $name is a connection of its own, later than the one before', ({ stretch }) => {
  const told = reread(stretch);
  const heard = { client: 0, server: 0 };
  for (const event of told) if (event.type === 'bytes') heard[event.from] += event.bytes.length;
  expect(heard).toEqual({ client: TIMES * ASKED.length, server: TIMES * ANSWERED.length });
  const opened = told.filter(({ type }) => type === 'opened').map(({ at }) => at);
  expect(opened).toHaveLength(TIMES);
  expect(new Set(opened.slice(1).map((at, index) => at > opened[index]!))).toEqual(new Set([true]));
});

test('what is in the frames of an Ethernet is lost and sent again nowhere', () => {
  const closed = reread(ethernetStretch(recording())).filter((event) => event.type === 'closed');
  expect(closed).toHaveLength(TIMES);
  for (const { reason, closing } of closed) {
    expect(reason).toBe('ended');
    expect(closing.network).toMatchObject({ retransmitted: NOTHING, missing: NOTHING });
  }
});
