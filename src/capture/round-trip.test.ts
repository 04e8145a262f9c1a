import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClosingFacts, ConnectionFacts, Side, TapEvent } from '../tap.ts';
import { CaptureDecoder } from './capture-decoder.ts';
import { PacketSource } from './packet-source.ts';
import { PacketWriter } from './packet-writer.ts';

const EPOCH = 1_763_840_000_123_456_789n;

/** What a file tells that holds these events; `restart` begins another one, behind that many, and it is read after the first. */
function reread(
  events: readonly TapEvent[],
  restart = Number.POSITIVE_INFINITY,
): { told: TapEvent[]; epoch: bigint } {
  const told: TapEvent[] = [];
  const source = new PacketSource((event) => told.push(event.type === 'bytes' ? kept(event) : event));
  let decoder = new CaptureDecoder();
  const writer = new PacketWriter(EPOCH);
  for (const [index, event] of events.entries()) {
    if (index === restart) {
      writer.beginFile();
      decoder = new CaptureDecoder();
    }
    for (const blocks of writer.take(event)) for (const record of decoder.push(blocks)) source.take(record);
  }
  for (const record of decoder.end()) source.take(record);
  source.end();
  return { told, epoch: source.epoch };
}

type BytesEvent = Extract<TapEvent, { readonly type: 'bytes' }>;

function kept(event: BytesEvent): BytesEvent {
  return { ...event, bytes: Uint8Array.from(event.bytes) };
}

/** Each connection's story: when, what and how much. What is said at one time is one; a loss has no time, only a place. */
function story(events: readonly TapEvent[], epoch: bigint): Map<number, Story> {
  const stories = new Map<number, Story>();
  for (const event of events) {
    const { connection, at, type, ...rest } = event;
    const { timed, client, server } = stories.get(connection) ?? { timed: [], client: [], server: [] };
    stories.set(connection, { timed, client, server });
    const when = `${epoch + BigInt(at)}`;
    if (event.type === 'bytes') {
      append(timed, {
        kind: `${when} ${event.from}`,
        text: Buffer.from(event.bytes).toString('latin1'),
        length: 0,
      });
    } else if (event.type !== 'lost') {
      append(timed, { kind: `${when} ${type}`, text: JSON.stringify(rest), length: 0 });
    }
    if (event.type === 'bytes' || event.type === 'lost') {
      const length = event.type === 'bytes' ? event.bytes.length : event.length;
      append(event.from === 'client' ? client : server, { kind: type, text: '', length });
    }
  }
  return stories;
}

interface Story {
  readonly timed: Line[];
  readonly client: Line[];
  readonly server: Line[];
}

interface Line {
  readonly kind: string;
  readonly text: string;
  readonly length: number;
}

function append(lines: Line[], line: Line): void {
  const last = lines.at(-1);
  if (last?.kind !== line.kind) lines.push(line);
  else lines[lines.length - 1] = { ...last, text: last.text + line.text, length: last.length + line.length };
}

const side = fc.constantFrom<Side>('client', 'server');
const count = fc.nat(1_000_000);
const both = fc.record({ client: count, server: count });
const address = fc.oneof(fc.ipV4(), fc.ipV6());
const facts: fc.Arbitrary<ConnectionFacts> = fc.record({
  mode: fc.constantFrom('connect', 'forward', 'reverse'),
  client: fc.nat(),
  clientAddress: fc.record({ host: address, port: fc.integer({ min: 1, max: 65_535 }) }),
  server: fc.record({ host: fc.domain(), port: fc.integer({ min: 1, max: 65_535 }) }),
  serverAddress: fc.option(fc.record({ host: address, port: fc.integer({ min: 1, max: 65_535 }) }), {
    nil: undefined,
  }),
  tls: fc.constant(undefined),
  timings: fc.constantFrom({}, { dns: 1.25 }, { connect: 3, tls: 0.5 }),
});
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('say'),
      from: side,
      length: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(70_000)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('lose'),
      from: side,
      length: fc.integer({ min: 1, max: 10_000_000 }),
    }),
  },
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
  steps: fc.array(step, { maxLength: 60 }),
  ends: fc.constantFrom<readonly Side[]>(['client', 'server'], ['server', 'client'], ['server'], []),
  reason,
  sums: fc.record({ upstream: both, tls: both, proxy: both, downstream: both, unrelayed: both }),
});

type Plot = typeof plot extends fc.Arbitrary<infer Value> ? Value : never;

/** One connection's events, without their times. */
function played(connection: number, { facts, steps, ends, reason, sums }: Plot): Untimed[] {
  const tapped = { client: 0, server: 0 };
  const events: Untimed[] = [{ type: 'opened', connection, facts }];
  for (const { does, from, length } of steps) {
    tapped[from] += length;
    if (does === 'lose') events.push({ type: 'lost', connection, from, length });
    else
      events.push({
        type: 'bytes',
        connection,
        from,
        bytes: Buffer.alloc(length, String(tapped[from])),
      });
  }
  for (const from of ends) events.push({ type: 'ended', connection, from });
  const closing: ClosingFacts = { tapped, ...sums };
  events.push({ type: 'closed', connection, reason: ends.length === 2 ? 'ended' : reason, closing });
  return events;
}

type Untimed = TapEvent extends infer Event ? (Event extends unknown ? Omit<Event, 'at'> : never) : never;

/** Connections side by side: an event of each in turn, a nanosecond or more behind the one before. */
function interleaved(plots: readonly Plot[]): TapEvent[] {
  const parts = plots.map((plot, index) => played(index + 1, plot));
  const events: TapEvent[] = [];
  for (let turn = 0; parts.some((part) => turn < part.length); turn++) {
    for (const part of parts) {
      const event = part[turn];
      if (event) events.push({ ...event, at: 1_000 + events.length * 4_000_001 } as TapEvent);
    }
  }
  return events;
}

test('what was recorded is told again as it was', () => {
  fc.assert(
    fc.property(fc.array(plot, { minLength: 1, maxLength: 4 }), (plots) => {
      const events = interleaved(plots);
      const { told, epoch } = reread(events);
      expect(story(told, epoch)).toEqual(story(events, EPOCH));
    }),
    { numRuns: 40 },
  );
});

test('files that follow on each other are one recording', () => {
  fc.assert(
    fc.property(fc.array(plot, { minLength: 1, maxLength: 3 }), fc.nat(100), (plots, restart) => {
      const events = interleaved(plots);
      const { told, epoch } = reread(events, restart);
      expect(story(told, epoch)).toEqual(story(events, EPOCH));
    }),
    { numRuns: 20 },
  );
});
