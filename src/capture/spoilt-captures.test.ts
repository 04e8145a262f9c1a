import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Session } from '../session/session.ts';
import { damages } from '../testing/spoilt-bytes.ts';
import { CaptureDecoder } from './capture-decoder.ts';
import { readCaptureInto } from './capture-session.ts';
import { PacketSource } from './packet-source.ts';

const packets = [
  'format-sections.pcapng',
  'format-big-endian-ns.pcap',
  'format-cooked-v2.pcap',
  'altered-reordered-websocket.pcap',
  'tare-websocket-deflate.pcapng',
  'tare-failed.pcapng',
  'tare-tls.pcapng',
  'tcpdump-polling.pcap',
];
const others = ['format-packed.pcap.gz', 'tcpdump-ipv6.pcap.gz', 'har/chrome.har', 'har/firefox.har'];
const files = new Map([...packets, ...others].map((name) => [name, readFileSync(`fixtures/${name}`)]));

/** Reads the file as the command line does; whatever is in it, it is told without an exception and the books balance. */
async function read(bytes: Uint8Array) {
  const session = new Session();
  const messages = messagesOf(session);
  const reading = await readCaptureInto(session, '-', { stdin: Readable.from([Buffer.from(bytes)]) });
  expect(session.audit().imbalances).toEqual([]);
  expect([...session.connections.values()].filter(({ closedAt }) => closedAt === undefined)).toEqual([]);
  const stopped = [...session.connections.values()].map(({ inspectionStopped }) => inspectionStopped);
  expect(stopped.filter((why) => why !== undefined)).toEqual([]);
  session.close();
  return { messages, reading };
}

/** What the beginning of a file tells, while nobody knows whether there is more. */
function readBeginning(bytes: Uint8Array) {
  const session = new Session();
  const messages = messagesOf(session);
  const source = new PacketSource(session.take);
  for (const record of new CaptureDecoder().push(bytes)) source.take(record);
  session.close();
  return { messages, count: source.counts.packets };
}

/** The messages of a session as they are told. */
function messagesOf(session: Session): string[] {
  const messages: string[] = [];
  session.watch((change) => {
    if (change.type !== 'message') return;
    const { from, kind, head, framing, control, payload, complete } = session.messages.row(change.message);
    const number = change.message;
    messages.push(`${number} ${from} ${kind} ${head} ${framing} ${control} ${payload} ${complete}`);
  });
  return messages;
}

test('of a file of packets all is read that lies before the damage', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...packets), damages, async (name, damage) => {
      const file = files.get(name)!;
      const { from, bytes } = damage(file);
      const whole = readBeginning(file.subarray(0, from));
      const { messages, reading } = await read(bytes);
      expect(messages.slice(0, whole.messages.length)).toEqual(whole.messages);
      expect(reading.count).toBeGreaterThanOrEqual(whole.count);
    }),
    { numRuns: 60 },
  );
});

test('damage on damage, in whatever file', async () => {
  const several = fc.array(damages, { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files.keys()), several, async (name, several) => {
      const file: Uint8Array = files.get(name)!;
      const bytes = several.reduce((spoilt, damage) => damage(spoilt).bytes, file);
      const { messages } = await read(bytes);
      expect(messages.length).toBeLessThanOrEqual(200_000); // the packed one of 132 KB may become frames without payload
    }),
    { numRuns: 40 },
  );
});

test('bytes of any kind behind the first ones of each format', async () => {
  const beginnings = ['0a0d0d0a', 'a1b2c3d4', 'd4c3b2a1', 'a1b23c4d', '4d3cb2a1', '1f8b08', '7b', ''];
  const bytes = fc.uint8Array({ maxLength: 400, size: 'max' });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...beginnings), bytes, async (beginning, bytes) => {
      const { reading } = await read(Buffer.concat([Buffer.from(beginning, 'hex'), bytes]));
      expect(reading.problems.every((words) => words.length > 0 && words.length < 300)).toBe(true);
    }),
    { numRuns: 40 },
  );
});
