import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClosingFacts, ConnectionFacts, Side, TapEvent } from '../tap.ts';
import { CaptureDecoder } from './capture-decoder.ts';
import { PacketSource } from './packet-source.ts';
import { PacketWriter } from './packet-writer.ts';

const EPOCH = 1_763_840_000_123_456_789n;

/** What the files tell that hold these events, read as one; another one begins before each event whose index is in `turns`. */
function reread(events: readonly TapEvent[], turns: readonly number[] = []): Told {
  const told: TapEvent[] = [];
  const source = new PacketSource((event) => told.push(event.type === 'bytes' ? kept(event) : event));
  const decoder = new CaptureDecoder();
  const writer = new PacketWriter(EPOCH);
  for (const [index, event] of events.entries()) {
    if (turns.includes(index)) writer.beginFile();
    for (const blocks of writer.take(event)) for (const record of decoder.push(blocks)) source.take(record);
  }
  for (const record of decoder.end()) source.take(record);
  source.end();
  return { events: told, epoch: source.epoch };
}

interface Told {
  readonly events: readonly TapEvent[];
  readonly epoch: bigint;
}

type BytesEvent = Extract<TapEvent, { readonly type: 'bytes' }>;

function kept(event: BytesEvent): BytesEvent {
  return { ...event, bytes: Uint8Array.from(event.bytes) };
}

/** What one connection told. */
interface Story {
  /** Each event with its time, but for losses. */
  readonly events: string[];
  /** Where each side's losses are: bytes that came and those that did not, in turns. */
  readonly client: Stretch[];
  readonly server: Stretch[];
}

interface Stretch {
  readonly type: 'bytes' | 'lost';
  length: number;
}

/** A loss has a place and no time, and those next to each other are one; an event that tells of no byte is none. */
function stories({ events, epoch }: Told): Map<number, Story> {
  const all = new Map<number, Story>();
  for (const event of events) {
    const { connection, at, type, ...rest } = event;
    const story = all.get(connection) ?? { events: [], client: [], server: [] };
    all.set(connection, story);
    const time = epoch + BigInt(at);
    if (event.type === 'lost') stretch(story[event.from], 'lost', event.length);
    else if (event.type !== 'bytes') story.events.push(`${time} ${type} ${JSON.stringify(rest)}`);
    else if (event.bytes.length > 0) {
      stretch(story[event.from], 'bytes', event.bytes.length);
      story.events.push(`${time} ${event.from} ${digestOf(event.bytes)}`);
    }
  }
  return all;
}

/** Short enough to be read where it differs. */
function digestOf(bytes: Uint8Array): string {
  return `${bytes.length} ${createHash('md5').update(bytes).digest('hex')}`;
}

function stretch(stretches: Stretch[], type: Stretch['type'], length: number): void {
  if (length === 0) return;
  const last = stretches.at(-1);
  if (last?.type === type) last.length += length;
  else stretches.push({ type, length });
}

const side = fc.constantFrom<Side>('client', 'server');
const count = fc.nat(1_000_000);
const both = fc.record({ client: count, server: count });
const host = fc.oneof(fc.constantFrom('192.0.2.7', '2001:db8::7'), fc.ipV4(), fc.ipV6());
/** So few ports, that ends meet. */
const clientAddress = fc.record({ host, port: fc.constantFrom(50_000, 50_001, 0xffff) });
const serverAddress = fc.record({ host, port: fc.constantFrom(80, 443) });
const facts: fc.Arbitrary<ConnectionFacts> = fc.record({
  mode: fc.constantFrom('connect', 'forward', 'reverse'),
  client: fc.nat(),
  clientAddress,
  server: fc.record({ host: fc.oneof(fc.constant('a.example'), fc.domain()), port: fc.nat(0xffff) }),
  serverAddress: fc.option(serverAddress, { nil: undefined }),
  tls: fc.constant(undefined),
  timings: fc.constantFrom({}, { dns: 1.25 }, { connect: 3, tls: 0.5 }),
});

const length = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.constantFrom(0, 65_000, 65_001, 65_536, 200_000),
);
const loss = fc.oneof(fc.nat(100_000), fc.nat(3_000_000_000));
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ does: fc.constant('say'), from: side, length }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('lose'), from: side, length: loss }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('end'), from: side, length: fc.constant(0) }) },
);
const reason = fc.constantFrom(
  'client-gone',
  'server-gone',
  'client-reset',
  'server-reset',
  'stopped',
  'client-refused',
  'capture-ended',
);
const plot = fc.record({
  facts,
  steps: fc.array(step, { maxLength: 40 }),
  reason,
  sums: fc.record({ upstream: both, tls: both, proxy: both, downstream: both, unrelayed: both }),
  /** How many events of others come before its first. */
  delay: fc.nat(40),
});

type Plot = typeof plot extends fc.Arbitrary<infer Value> ? Value : never;
type Untimed = TapEvent extends infer Event ? (Event extends unknown ? Omit<Event, 'at'> : never) : never;

/** One connection's events, without their times; who has ended says nothing more. */
function played(connection: number, { facts, steps, reason, sums }: Plot): Untimed[] {
  const tapped = { client: 0, server: 0 };
  const ended = new Set<Side>();
  const events: Untimed[] = [{ type: 'opened', connection, facts }];
  for (const { does, from, length } of steps) {
    if (ended.has(from)) continue;
    tapped[from] += length;
    if (does === 'end') {
      ended.add(from);
      events.push({ type: 'ended', connection, from });
    } else if (does === 'lose') events.push({ type: 'lost', connection, from, length });
    else events.push({ type: 'bytes', connection, from, bytes: Buffer.alloc(length, `${tapped[from]} `) });
  }
  const closing: ClosingFacts = { tapped, ...sums };
  events.push({ type: 'closed', connection, reason: ended.size === 2 ? 'ended' : reason, closing });
  return events;
}

/** Sequence numbers of the one with the number 4,394 wrap before 45 kB. */
const first = fc.constantFrom(1, 4_393);

/** Connections side by side and one after the other: whose turn it is, `turns` says. */
function interleaved(first: number, plots: readonly Plot[], turns: readonly number[]): TapEvent[] {
  const parts = plots.map((plot, index) => ({ events: played(first + index, plot), delay: plot.delay }));
  const events: TapEvent[] = [];
  for (let turn = 0; parts.some((part) => part.events.length > 0); turn++) {
    const ready = parts.filter((part) => part.events.length > 0 && part.delay <= turn);
    const event = ready[(turns[turn % turns.length] ?? turn) % Math.max(1, ready.length)]?.events.shift();
    if (event) events.push({ ...event, at: 1_000 + events.length * 4_000_001 });
  }
  return events;
}

const recording = fc
  .tuple(
    first,
    fc.array(plot, { minLength: 1, maxLength: 4 }),
    fc.array(fc.nat(100), { minLength: 1, maxLength: 20 }),
  )
  .map(([first, plots, turns]) => interleaved(first, plots, turns));

test('what was recorded is told again as it was, event by event', () => {
  fc.assert(
    fc.property(recording, (events) => {
      expect(stories(reread(events))).toEqual(stories({ events, epoch: EPOCH }));
    }),
    { numRuns: 60 },
  );
});

test('files that follow on each other are one recording', () => {
  fc.assert(
    fc.property(recording, fc.array(fc.nat(100), { maxLength: 3 }), (events, turns) => {
      expect(stories(reread(events, turns))).toEqual(stories({ events, epoch: EPOCH }));
    }),
    { numRuns: 40 },
  );
});
