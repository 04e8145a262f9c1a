import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Session } from '../session/session.ts';
import type { TapEvent } from '../tap.ts';
import {
  client,
  deflatedWebSocket,
  eventStream,
  http,
  type Said,
  webSocket,
} from '../testing/conversations.ts';
import { HeardTaps } from '../testing/heard-taps.ts';
import { ethernet, FIRST_AT, ipv4, packetRecord, TcpPackets, tcp } from '../testing/network-packets.ts';
import { captureOf, recordsIn, sliced } from '../testing/sliced.ts';
import { FACTS, TapScript } from '../testing/tap-script.ts';
import { PacketSource } from './packet-source.ts';
import { PacketWriter } from './packet-writer.ts';
import type { CaptureRecord, PacketRecord } from './record.ts';
import type { SliceWish } from './slice-choice.ts';

const EPOCH = 1_763_840_000_123_456_789n;
const MILLISECOND = 1_000_000n;

const only = (...numbers: number[]): SliceWish => ({ isConnection: (number) => numbers.includes(number) });
const everything: SliceWish = { isConnection: () => true };

/** A session that has read a file. */
function read(file: Uint8Array): Session {
  const session = new Session();
  const source = new PacketSource(session.take);
  for (const record of recordsIn(file)) source.take(record);
  source.end();
  session.epoch = source.epoch;
  return session;
}

/** All that a session tells of these connections, but for the numbers of exchanges; times are those of the day. */
function told(session: Session, ...numbers: number[]) {
  const when = (at: number | undefined) => (at === undefined ? undefined : session.epoch + BigInt(at));
  const messages = Array.from({ length: session.messages.length }, (_, number) => {
    const { exchange, at, kind, from, complete, name, ...row } = session.messages.row(number);
    const { head, framing, control, payload } = row;
    const content = session.messages.bytes(number)?.toString('latin1');
    return {
      exchange,
      said: { kind, from, complete, name, head, framing, control, payload, at: when(at), content },
    };
  });
  return numbers.map((number) => {
    const { openedAt, closedAt, ...connection } = session.connections.get(number)!;
    // What goes on behind the end of a capture closes with it, whenever that is.
    const closing = (at: number | undefined) =>
      connection.reason === 'capture-ended' && at === closedAt ? 'at the end' : when(at);
    const exchanges = [...session.exchanges].filter((exchange) => exchange.connection === number);
    return {
      ...connection,
      times: [when(openedAt), closing(closedAt)],
      exchanges: exchanges.map(({ protocol, request, response, ledger, ...exchange }) => ({
        protocol,
        request,
        response,
        ledger,
        verdict: exchange.verdict,
        times: [when(exchange.openedAt), when(exchange.respondedAt), closing(exchange.closedAt)],
        messages: messages.filter((message) => message.exchange === exchange.number).map(({ said }) => said),
      })),
      faults: session.faults
        .filter((fault) => fault.connection === number)
        .map(({ rule, detail, from, start, at }) => ({ rule, detail, from, start, at: when(at) })),
    };
  });
}

const broken: readonly Said[] = [...webSocket.slice(0, 2), client(Uint8Array.of(0x83, 0x80, 1, 2, 3, 4))];

/** Connections side by side between the same addresses, two of them of one client; one fails, one goes on. */
function recording(): Buffer {
  const writer = new PacketWriter(EPOCH);
  const events: TapEvent[][] = [http, webSocket, deflatedWebSocket, eventStream, broken].map(
    (said, index) => {
      const taps = new HeardTaps();
      const host = index === 1 ? 'socket.example' : 'chat.example';
      const script = new TapScript(taps.sink, index + 1);
      script.open({ client: Math.min(index + 1, 4), server: { host, port: 80 } }).say(...said);
      if (index !== 2) script.end('client', 'server').close();
      return taps.events;
    },
  );
  const failure = { code: 'DNS_FAILED', message: 'no such host' } as const;
  events.push([
    { type: 'failed', connection: 6, at: 9e6, ...FACTS, failure, proxy: { client: 9, server: 9 } },
  ]);
  const inOrder = events.flat().sort((one, other) => one.at - other.at);
  return Buffer.concat(inOrder.flatMap((event) => writer.take(event).map((block) => Buffer.from(block))));
}

describe('a recording', () => {
  const whole = recording();
  const before = read(whole);

  test('has what is tested here', () => {
    expect(before.connections.size).toBe(6);
    expect(before.faults.length).toBeGreaterThan(0);
    expect(before.connections.get(3)?.reason).toBe('capture-ended');
    expect(before.connections.get(4)?.client).toBe(before.connections.get(5)?.client);
  });

  test('sliced by connection says of these the same as before, their numbers and clients too', async () => {
    const property = fc.asyncProperty(
      fc.subarray([1, 2, 3, 4, 5, 6], { minLength: 1 }),
      async (numbers: number[]) => {
        const { file, found, copy } = await sliced(whole, only(...numbers));
        const after = read(file);
        expect(told(after, ...numbers)).toEqual(told(before, ...numbers));
        expect([...after.connections.values()].map(({ number }) => number)).toEqual(numbers);
        expect(found).toMatchObject({ connections: 6, problem: undefined });
        expect(found.part.serials.size).toBe(numbers.length);
        expect(copy).toMatchObject({ bytes: file.length, packets: packetsOf(file).length });
      },
    );
    await fc.assert(property, { numRuns: 12 });
  });

  test('sliced whole has each packet as it was, and the names', async () => {
    const { file } = await sliced(whole, everything);
    expect(packetsOf(file)).toEqual(packetsOf(whole));
    expect(namesOf(file)).toEqual(['chat.example', 'socket.example']);
  });

  test('keeps the names that are still needed', async () => {
    const other: Partial<typeof FACTS> = { serverAddress: { host: '192.0.2.9', port: 80 } };
    const taps = new HeardTaps();
    new TapScript(taps.sink, 1).open().close();
    new TapScript(taps.sink, 2).open({ ...other, server: { host: 'other.example', port: 80 } }).close();
    const writer = new PacketWriter(EPOCH);
    const file = Buffer.concat(taps.events.flatMap((event) => writer.take(event)));
    expect(namesOf((await sliced(file, only(2))).file)).toEqual(['other.example']);
  });
});

describe('by time', () => {
  const window = (from: number, to: number): SliceWish => ({
    window: (beganAt) => ({
      from: beganAt + BigInt(from) * MILLISECOND,
      to: beganAt + BigInt(to) * MILLISECOND,
    }),
  });
  const [first, second] = [new TcpPackets(), new TcpPackets(undefined, 50_001)];
  const capture = captureOf([
    ...first.handshake(),
    first.sent({ from: 'client', payload: 'early', at: 10 }),
    second.sent({ from: 'client', flags: 'S', seq: -1, at: 20 }),
    second.sent({ from: 'server', flags: 'SA', seq: -1, at: 21 }),
    first.sent({ from: 'client', seq: 5, payload: 'now', at: 30 }),
    second.sent({ from: 'client', payload: 'second', at: 40 }),
    first.sent({ from: 'client', seq: 8, payload: 'late', at: 50 }),
  ]);

  test.each([
    { from: 29, to: 31, said: ['early', 'now'] },
    { from: 30, to: 30, said: ['early', 'now'] },
    { from: 22, to: 29, said: [] },
    { from: 22, to: 40, said: ['early', 'now', 'second'] },
    { from: 51, to: 99, said: [] },
    { from: 0, to: 99, said: ['early', 'now', 'second', 'late'] },
    { from: -9, to: 0, said: [] },
  ])('from $from to $to ms: what had a packet then, from its beginning', async ({ from, to, said }) => {
    const { file } = await sliced(capture, window(from, to));
    const taps = heard(file);
    const texts = taps.all('bytes').map(({ bytes }) => Buffer.from(bytes).toString());
    expect(texts.sort()).toEqual([...said].sort());
  });

  test('what is cut off at the end is told as still open then', async () => {
    const { file } = await sliced(recording(), window(0, 4));
    const closed = heard(file).all('closed');
    expect(closed).toHaveLength(5);
    expect(new Set(closed.map(({ reason }) => reason))).toEqual(new Set(['capture-ended']));
  });
});

describe('packets of others', () => {
  test('between the same ends belong to the connection of their time', async () => {
    const [first, again] = [new TcpPackets(), new TcpPackets({ client: 700_000, server: 900_000 })];
    const records = [
      ...first.handshake(),
      first.sent({ from: 'client', payload: 'one' }),
      ...first.ending(3, 0),
      ...again.handshake(),
      again.sent({ from: 'client', payload: 'two' }),
      first.sent({ from: 'client', seq: 4, ack: 1 }),
    ];
    const { file } = await sliced(captureOf(records), only(2));
    expect(packetsOf(file)).toEqual(packetsOf(captureOf(records.slice(7))));
  });

  test('keep link types, interfaces, lengths, times and comments', async () => {
    const packets = new TcpPackets();
    const raw = packets.handshake();
    const records: CaptureRecord[] = [
      packetRecord(Buffer.from('other'), { interface: 3, link: 147 }),
      { ...raw[0]!, comments: ['first', 'é'.repeat(20_000)] },
      packetRecord(ethernet(raw[1]!.bytes), { interface: 2, link: 1, at: FIRST_AT + 1n }),
      packets.sent({ from: 'client', payload: 'a long one', captured: 45 }),
    ];
    const { file, found } = await sliced(captureOf(records), everything);
    const [first, second, third, ...rest] = packetsOf(file);
    expect(rest).toEqual([]);
    expect(first).toMatchObject({ link: 101, comments: ['first', 'é'.repeat(20_000)], interface: 0 });
    expect(second).toMatchObject({ link: 1, at: FIRST_AT + 1n, interface: 1 });
    expect(third).toMatchObject({ length: 50, interface: 0 });
    expect(third!.bytes).toHaveLength(45);
    expect(found.packets).toBe(4);
  });

  test('that came in fragments are kept whole, and only theirs', async () => {
    const fragments = (port: number, id: number) => {
      const segment = tcp({ sourcePort: port, flags: 'A', payload: Buffer.alloc(40, 'x') });
      return [
        packetRecord(ipv4(segment.subarray(0, 24), { fragment: [id, 0x2000] }), { comments: [`${id}`] }),
        packetRecord(ipv4(segment.subarray(24), { fragment: [id, 3] })),
      ];
    };
    const [mine, others] = [fragments(50_000, 1), fragments(50_001, 2)];
    const datagram = ipv4(Buffer.alloc(24), { fragment: [3, 0x2000], protocol: 17 });
    const alone = ipv4(Buffer.alloc(24), { fragment: [4, 0x2000] });
    const records = [others[0]!, mine[0]!, packetRecord(datagram), others[1]!, packetRecord(alone), mine[1]!];
    const { file } = await sliced(captureOf(records), only(2));
    expect(packetsOf(file)).toEqual(packetsOf(captureOf(mine)));
  });

  test('are read however they lie between each other', async () => {
    const plot = fc.array(fc.record({ of: fc.nat(2), length: fc.integer({ min: 1, max: 90 }) }), {
      maxLength: 40,
    });
    const property = fc.asyncProperty(plot, fc.nat(2), async (steps, chosen) => {
      const { records, owners } = interleaved(steps);
      const { file } = await sliced(captureOf(records), only(chosen + 1));
      const wanted = records.filter((_, index) => owners[index] === chosen);
      expect(packetsOf(file)).toEqual(packetsOf(captureOf(wanted)));
    });
    await fc.assert(property, { numRuns: 30 });
  });
});

/** Three connections, their handshakes first, then as `steps` say. */
function interleaved(steps: readonly { readonly of: number; readonly length: number }[]) {
  const makers = [0, 1, 2].map((index) => new TcpPackets(undefined, 50_000 + index));
  const sent = [0, 0, 0];
  const records = makers.flatMap((maker) => maker.handshake());
  const owners = [0, 0, 0, 1, 1, 1, 2, 2, 2];
  for (const { of, length } of steps) {
    records.push(makers[of]!.sent({ from: 'client', seq: sent[of]!, payload: Buffer.alloc(length, 'x') }));
    owners.push(of);
    sent[of]! += length;
  }
  return { records, owners };
}

test('a HAR is refused, with what to do instead', async () => {
  await expect(sliced(Buffer.from('{"log":{}}'), everything)).rejects.toThrow(
    /is a HAR.*slice the recording/,
  );
});

test('damaged bytes never make it throw, and what it writes can be read', async () => {
  const whole = recording();
  // No digits: a connection with a number of a million makes a session of a million rows, which takes a second.
  const byte = fc.nat(255).map((value) => (value >= 0x30 && value <= 0x39 ? 0 : value));
  const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), byte), { maxLength: 12 });
  const property = fc.asyncProperty(damage, fc.nat(whole.length), async (changes, length) => {
    const capture = Buffer.from(whole.subarray(0, length));
    for (const [at, byte] of changes) if (at < length) capture[at] = byte;
    const { file } = await sliced(capture, everything);
    expect(recordsIn(file).filter(({ type }) => type === 'damage')).toEqual([]);
  });
  await fc.assert(property, { numRuns: 40 });
});

function packetsOf(file: Uint8Array): PacketRecord[] {
  return recordsIn(file).filter((record) => record.type === 'packet');
}

function namesOf(file: Uint8Array): string[] {
  return recordsIn(file).flatMap((record) =>
    record.type === 'names' ? record.entries.flatMap(({ names }) => names) : [],
  );
}

function heard(file: Uint8Array): HeardTaps {
  const taps = new HeardTaps();
  const source = new PacketSource(taps.sink);
  for (const record of recordsIn(file)) source.take(record);
  source.end();
  return taps;
}
