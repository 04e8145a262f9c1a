import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HeardTaps } from '../testing/heard-taps.ts';
import {
  ethernet,
  FIRST_AT,
  IPV6_CLIENT,
  IPV6_SERVER,
  ipv4,
  ipv6,
  packetRecord,
  TcpPackets,
  tcp,
} from '../testing/network-packets.ts';
import { PacketSource } from './packet-source.ts';
import type { CaptureRecord, PacketRecord } from './record.ts';

const OPENED = '1 opened 10.0.0.1:50000 > 10.0.0.2:80';

/** All that a capture of these records tells. */
function heard(records: readonly CaptureRecord[]) {
  const taps = new HeardTaps();
  const source = new PacketSource(taps.sink);
  for (const record of records) source.take(record);
  source.end();
  return { taps, source, story: taps.story() };
}

function storyOf(make: (packets: TcpPackets) => readonly CaptureRecord[]): string[] {
  return heard(make(new TcpPackets())).story;
}

function closingOf(make: (packets: TcpPackets) => readonly CaptureRecord[]) {
  const [closed] = heard(make(new TcpPackets())).taps.all('closed');
  return closed!.closing;
}

/** "ask" and "answer", each acknowledged. */
function talk(packets: TcpPackets): PacketRecord[] {
  return [
    packets.sent({ from: 'client', payload: 'ask' }),
    packets.sent({ from: 'server', payload: 'answer', ack: 3 }),
    packets.sent({ from: 'client', seq: 3, ack: 6 }),
  ];
}

const TALK = ['1 client: ask', '1 server: answer'];

describe('a whole connection', () => {
  const whole = (packets: TcpPackets) => [...packets.handshake(), ...talk(packets), ...packets.ending(3, 6)];

  test('is told as one', () => {
    expect(storyOf(whole)).toEqual([OPENED, ...TALK, '1 client ended', '1 server ended', '1 closed ended']);
  });

  test('has its facts from the packets', () => {
    const { taps, source } = heard(whole(new TcpPackets()));
    expect(source.epoch).toBe(FIRST_AT);
    expect(taps.all('opened')[0]).toEqual({
      type: 'opened',
      connection: 1,
      at: 1_000_000,
      facts: {
        mode: 'capture',
        client: 1,
        clientAddress: { host: '10.0.0.1', port: 50_000 },
        server: { host: '10.0.0.2', port: 80 },
        serverAddress: { host: '10.0.0.2', port: 80 },
        tls: undefined,
        timings: { connect: 1 },
      },
    });
  });

  test('costs what its packets have of headers and payload', () => {
    const none = { client: 0, server: 0 };
    expect(closingOf(whole)).toEqual({
      tapped: { client: 3, server: 6 },
      upstream: none,
      tls: none,
      proxy: none,
      downstream: none,
      unrelayed: none,
      network: {
        packets: { client: 6, server: 3 },
        headers: { client: 240, server: 120 },
        retransmitted: none,
        missing: none,
        roundTrip: 1,
      },
    });
  });

  test('has the name that its server has in the file', () => {
    const names = {
      type: 'names',
      entries: [{ address: '10.0.0.2', names: ['chat.example', 'other.example'] }],
    } as const;
    const [opened] = heard([names, ...whole(new TcpPackets())]).taps.all('opened');
    expect(opened!.facts.server).toEqual({ host: 'chat.example', port: 80 });
    expect(opened!.facts.serverAddress).toEqual({ host: '10.0.0.2', port: 80 });
  });

  test('may be of IPv6 and cross the end of the sequence numbers', () => {
    const segments = [
      tcp({ seq: 0xffffffff, flags: 'S' }),
      tcp({ seq: 0, payload: 'ask' }),
      tcp({ seq: 3, payload: ' more' }),
    ];
    const { story } = heard(segments.map((segment) => packetRecord(ethernet(ipv6(segment)), { link: 1 })));
    expect(story).toEqual([
      '1 opened 2001:db8::1:50000 > 2001:db8::2:80',
      '1 client: ask more',
      '1 closed capture-ended',
    ]);
    expect([IPV6_CLIENT.at(-1), IPV6_SERVER.at(-1)]).toEqual([1, 2]);
  });

  test('may lie in fragments', () => {
    const segment = tcp({ payload: 'hello world', seq: 7 });
    const parts = [
      ipv4(segment.subarray(24), { fragment: [1, 3] }),
      ipv4(segment.subarray(0, 24), { fragment: [1, 0x2000] }),
    ];
    const { taps, source, story } = heard(parts.map((part) => packetRecord(part)));
    expect(story).toEqual([OPENED, '1 client: hello world', '1 closed capture-ended']);
    expect(taps.all('closed')[0]!.closing.network).toMatchObject({
      packets: { client: 2 },
      headers: { client: 60 },
    });
    expect(source.counts).toMatchObject({ packets: 2, fragments: 1 });
  });
});

describe('how a connection begins', () => {
  test('not at all, when it is refused', () => {
    const refused = (packets: TcpPackets) => [
      packets.sent({ from: 'client', flags: 'S', seq: -1 }),
      packets.sent({ from: 'server', flags: 'RA', seq: -1 }),
      packets.sent({ from: 'client', flags: 'S', seq: -1 }),
    ];
    expect(storyOf(refused)).toEqual(['1 failed UPSTREAM_REFUSED: 10.0.0.2:80 refused the connection']);
  });

  test('not at all, when nobody answers or the client gives up', () => {
    const syn = (packets: TcpPackets) => packets.sent({ from: 'client', flags: 'S', seq: -1 });
    expect(storyOf((packets) => [syn(packets), syn(packets)])).toEqual([
      '1 failed UPSTREAM_TIMEOUT: 10.0.0.2:80 did not answer in this capture',
    ]);
    expect(storyOf((packets) => [syn(packets), packets.sent({ from: 'client', flags: 'R' })])).toEqual([
      '1 failed CLIENT_GONE: 10.0.0.2:80 had not answered when the client gave up',
    ]);
  });

  test('with data in its SYN', () => {
    const fast = (packets: TcpPackets) => [
      packets.sent({ from: 'client', flags: 'S', seq: -1, payload: 'ask' }),
      packets.sent({ from: 'server', flags: 'SA', seq: -1, ack: 3 }),
      packets.sent({ from: 'server', payload: 'answer', ack: 3 }),
    ];
    expect(storyOf(fast)).toEqual([OPENED, ...TALK, '1 closed capture-ended']);
  });

  test('with data in a SYN that was not taken, and sent again', () => {
    const fast = (packets: TcpPackets) => [
      packets.sent({ from: 'client', flags: 'S', seq: -1, payload: 'ask' }),
      packets.sent({ from: 'server', flags: 'SA', seq: -1, ack: 0 }),
      ...talk(packets),
    ];
    expect(storyOf(fast)).toEqual([OPENED, ...TALK, '1 closed capture-ended']);
    expect(closingOf(fast).network!.retransmitted).toEqual({ client: 3, server: 0 });
  });

  test('with an end in its SYN', () => {
    const over = (packets: TcpPackets) => [packets.sent({ from: 'client', flags: 'SF', seq: -1 })];
    expect(storyOf(over)).toEqual([OPENED, '1 client ended', '1 closed capture-ended']);
  });

  test('with SYNs of both', () => {
    const both = (packets: TcpPackets) => [
      packets.sent({ from: 'client', flags: 'S', seq: -1 }),
      packets.sent({ from: 'server', flags: 'S', seq: -1 }),
      packets.sent({ from: 'client', flags: 'SA', seq: -1 }),
      packets.sent({ from: 'server', flags: 'SA', seq: -1 }),
      ...talk(packets),
    ];
    expect(storyOf(both)).toEqual([OPENED, ...TALK, '1 closed capture-ended']);
  });

  test('with SYNs that are sent again: the round trip counts from the last, what it took from the first', () => {
    const again = (packets: TcpPackets) => [
      packets.sent({ from: 'client', flags: 'S', seq: -1, at: 0 }),
      packets.sent({ from: 'client', flags: 'S', seq: -1, at: 1_000 }),
      packets.sent({ from: 'server', flags: 'SA', seq: -1, at: 1_020 }),
      packets.sent({ from: 'server', flags: 'SA', seq: -1, at: 2_000 }),
    ];
    const { taps } = heard(again(new TcpPackets()));
    expect(taps.all('opened')[0]!.facts.timings).toEqual({ connect: 1_020 });
    expect(taps.all('closed')[0]!.closing.network).toMatchObject({
      roundTrip: 20,
      packets: { client: 2, server: 2 },
    });
  });

  test('before the capture: who asks is the client, whoever is heard first', () => {
    const late = (packets: TcpPackets) => [
      packets.sent({ from: 'server', seq: 5, ack: 700 }),
      packets.sent({ from: 'client', seq: 700, ack: 5, payload: 'GET / HTTP/1.1' }),
    ];
    const swapped = new TcpPackets({ client: 1_000, server: 2_000 }, 80, 50_000);
    expect(heard(late(swapped)).story).toEqual([
      '1 opened 10.0.0.1:80 > 10.0.0.2:50000',
      '1 client: GET / HTTP/1.1',
      '1 closed capture-ended',
    ]);
  });

  test.each(['FA', 'RA'])('before the capture, which has no more than the %s of it', (flags) => {
    const [opened, ...rest] = storyOf((packets) => [
      packets.sent({ from: 'server', flags, seq: 900, ack: 800 }),
    ]);
    expect(opened).toBe(OPENED);
    expect(rest).toEqual(
      flags === 'FA' ? ['1 server ended', '1 closed capture-ended'] : ['1 closed server-reset'],
    );
  });

  test('without a SYN but with its answer', () => {
    const answered = (packets: TcpPackets) => [...packets.handshake().slice(1), ...talk(packets)];
    expect(storyOf(answered)).toEqual([OPENED, ...TALK, '1 closed capture-ended']);
    expect(closingOf(answered).network!.roundTrip).toBeUndefined();
  });

  test('with a handshake whose packets the capture has in another order', () => {
    const shuffled = (packets: TcpPackets) => {
      const [syn, answer, last] = packets.handshake();
      return [answer!, syn!, last!, ...talk(packets)];
    };
    expect(storyOf(shuffled)).toEqual([OPENED, ...TALK, '1 closed capture-ended']);
  });

  test('with bytes that the capture lacks from the first', () => {
    const gap = (packets: TcpPackets) => [
      ...packets.handshake(),
      packets.sent({ from: 'client', seq: 10, payload: 'ask' }),
      packets.sent({ from: 'server', ack: 13 }),
      packets.sent({ from: 'server', ack: 13, payload: 'answer' }),
    ];
    expect(storyOf(gap)).toEqual([OPENED, '1 client lost 10', ...TALK, '1 closed capture-ended']);
  });
});

describe('how a connection ends', () => {
  const open = (packets: TcpPackets) => [...packets.handshake(), ...talk(packets)];

  test.each(['client', 'server'] as const)('with a reset of the %s', (from) => {
    const reset = (packets: TcpPackets) => [
      ...open(packets),
      packets.sent({ from, flags: 'R', seq: from === 'client' ? 3 : 6 }),
      packets.sent({ from: 'client', seq: 3, payload: 'too late' }),
    ];
    expect(storyOf(reset)).toEqual([OPENED, ...TALK, `1 closed ${from}-reset`]);
  });

  test('not with a reset whose number is far off', () => {
    const forged = (packets: TcpPackets) => [
      ...open(packets),
      packets.sent({ from: 'server', flags: 'R', seq: 2 ** 28 }),
    ];
    expect(storyOf(forged).at(-1)).toBe('1 closed capture-ended');
  });

  test('with both at once', () => {
    const both = (packets: TcpPackets) => [
      ...open(packets),
      packets.sent({ from: 'client', flags: 'FA', seq: 3, ack: 6 }),
      packets.sent({ from: 'server', flags: 'FA', seq: 6, ack: 3 }),
      packets.sent({ from: 'client', seq: 4, ack: 7 }),
      packets.sent({ from: 'server', seq: 7, ack: 4 }),
    ];
    expect(storyOf(both).slice(3)).toEqual(['1 client ended', '1 server ended', '1 closed ended']);
    expect(closingOf(both).network!.packets).toEqual({ client: 6, server: 4 });
  });

  test('with one side that still has something to say', () => {
    const half = (packets: TcpPackets) => [
      ...open(packets),
      packets.sent({ from: 'client', flags: 'FA', seq: 3, ack: 6 }),
      packets.sent({ from: 'server', seq: 6, ack: 4, payload: ', and more' }),
      packets.sent({ from: 'server', flags: 'FA', seq: 16, ack: 4 }),
      packets.sent({ from: 'client', seq: 4, ack: 17 }),
    ];
    expect(storyOf(half).slice(3)).toEqual([
      '1 client ended',
      '1 server: , and more',
      '1 server ended',
      '1 closed ended',
    ]);
  });

  test('in order too where the capture lacks the last acknowledgement, or an end that was acknowledged', () => {
    const [client, server, last] = [0, 1, 2].map(
      (index) => (packets: TcpPackets) => packets.ending(3, 6)[index]!,
    );
    const ended = ['1 client ended', '1 server ended', '1 closed ended'];
    expect(storyOf((packets) => [...open(packets), client!(packets), server!(packets)]).slice(3)).toEqual(
      ended,
    );
    expect(storyOf((packets) => [...open(packets), client!(packets), last!(packets)]).slice(3)).toEqual(
      ended,
    );
  });

  test('late packets of what is over open nothing, within a minute', () => {
    const late = (packets: TcpPackets) => [
      ...open(packets),
      ...packets.ending(3, 6),
      packets.sent({ from: 'server', flags: 'FA', seq: 6, ack: 4, at: 30_000 }),
      packets.sent({ from: 'client', seq: 4, ack: 7, at: 30_001 }),
      packets.sent({ from: 'client', seq: 100, payload: 'again', at: 120_000 }),
    ];
    const { story, source } = heard(late(new TcpPackets()));
    expect(story.slice(5)).toEqual([
      '1 closed ended',
      OPENED.replace('1', '2'),
      '2 client: again',
      '2 closed capture-ended',
    ]);
    expect(source.counts.repeated).toBe(2);
  });
});

describe('ports that are used again', () => {
  const again = new TcpPackets({ client: 500_000, server: 700_000 });
  const talkAgain = [
    '2 opened 10.0.0.1:50000 > 10.0.0.2:80',
    '2 client: ask',
    '2 server: answer',
    '2 closed capture-ended',
  ];

  test('after an end, at once', () => {
    const first = new TcpPackets();
    const records = [
      ...first.handshake(),
      ...talk(first),
      ...first.ending(3, 6),
      ...again.handshake(),
      ...talk(again),
    ];
    expect(heard(records).story.slice(5)).toEqual(['1 closed ended', ...talkAgain]);
  });

  test('without an end', () => {
    const first = new TcpPackets();
    const records = [...first.handshake(), ...talk(first), ...again.handshake(), ...talk(again)];
    expect(heard(records).story.slice(3)).toEqual(['1 closed capture-ended', ...talkAgain]);
  });

  test('by the other side', () => {
    const first = new TcpPackets();
    const other = new TcpPackets({ client: 9, server: 9 });
    const records = [
      ...first.handshake(),
      ...talk(first),
      other.sent({ from: 'server', flags: 'S', seq: 88 }),
      other.sent({ from: 'client', flags: 'SA', seq: 99, ack: 89 }),
    ];
    expect(heard(records).story.slice(3)).toEqual([
      '1 closed capture-ended',
      '2 opened 10.0.0.2:80 > 10.0.0.1:50000',
      '2 closed capture-ended',
    ]);
  });

  test('without a SYN in the capture, by numbers that are far off', () => {
    const first = new TcpPackets();
    const far = new TcpPackets({ client: 2 ** 31 + 5, server: 2 ** 31 + 5 });
    expect(heard([...first.handshake(), ...talk(first), ...talk(far)]).story.slice(3)).toEqual([
      '1 closed capture-ended',
      ...talkAgain,
    ]);
  });
});

describe('what is sent or seen more than once', () => {
  test('counts as sent again on one interface', () => {
    const twice = (packets: TcpPackets) => [
      ...packets.handshake(),
      ...talk(packets).flatMap((packet) => [packet, packet]),
    ];
    expect(storyOf(twice)).toEqual([OPENED, ...TALK, '1 closed capture-ended']);
    expect(closingOf(twice).network).toMatchObject({
      packets: { client: 6, server: 3 },
      retransmitted: { client: 3, server: 6 },
    });
  });

  test('does not count on another', () => {
    const packets = new TcpPackets();
    const records = [...packets.handshake(), ...talk(packets), ...packets.ending(3, 6)];
    const { story, taps, source } = heard(records.flatMap((record) => [record, { ...record, interface: 1 }]));
    expect(story).toEqual([OPENED, ...TALK, '1 client ended', '1 server ended', '1 closed ended']);
    expect(taps.all('closed')[0]!.closing.network).toEqual(closingOf(() => records).network);
    expect(source.counts).toMatchObject({ packets: 18, repeated: 9 });
  });

  test('counts on another that has what the first lacks, as each direction has its own', () => {
    const packets = new TcpPackets();
    const records = [...packets.handshake(), ...talk(packets)].map((record, index) => ({
      ...record,
      interface: index % 2,
    }));
    expect(heard(records).story).toEqual([OPENED, ...TALK, '1 closed capture-ended']);
    expect(heard(records).source.counts.repeated).toBe(0);
  });
});

test('what was cut short when it was captured is lost, and the rest in its place', () => {
  const cut = (packets: TcpPackets) => [
    ...packets.handshake(),
    packets.sent({ from: 'client', payload: 'ask for much', captured: 43 }),
    packets.sent({ from: 'server', payload: 'answer', ack: 12 }),
    packets.sent({ from: 'client', seq: 12, payload: 'thanks' }),
  ];
  expect(storyOf(cut)).toEqual([
    OPENED,
    '1 client: ask',
    '1 client lost 9',
    '1 server: answer',
    '1 client: thanks',
    '1 closed capture-ended',
  ]);
  expect(closingOf(cut)).toMatchObject({
    tapped: { client: 18, server: 6 },
    network: { missing: { client: 9, server: 0 } },
  });
});

test('a direction that the capture lacks is lost as far as it was acknowledged', () => {
  const half = (packets: TcpPackets) =>
    [...packets.handshake(), ...talk(packets), ...packets.ending(3, 6)].filter(
      (_, index) => ![1, 4, 7].includes(index),
    );
  expect(storyOf(half).slice(0, 3)).toEqual([OPENED, '1 client: ask', '1 server lost 6']);
  expect(closingOf(half).tapped.client).toBe(3);
});

test('time never goes back, nor further than can be counted', () => {
  const packets = new TcpPackets();
  const records = [...packets.handshake(), ...talk(packets)];
  const at = [5n, 9n, 3n, 2n ** 63n, 20n, 4n].map((time) => FIRST_AT + time);
  const { taps, source } = heard(records.map((record, index) => ({ ...record, at: at[index]! })));
  expect(source.epoch).toBe(FIRST_AT + 5n);
  expect(taps.events.map((event) => event.at)).toEqual([4, 4, 15, 15]);
});

test('packets of no use are counted', () => {
  const useless = [
    packetRecord(ipv4(tcp()), { link: 147 }),
    packetRecord(ipv4(Buffer.alloc(8), { protocol: 17 })),
    packetRecord(ethernet(Buffer.of(0)).fill(8, 12), { link: 1 }),
    packetRecord(Buffer.of(0x45)),
    packetRecord(ipv4(Buffer.alloc(8))),
    packetRecord(ipv4(tcp(), { fragment: [1, 0x2000] })),
    { type: 'damage', offset: 0, detail: 'broken' } as const,
  ];
  const { source, story } = heard(useless);
  expect(story).toEqual([]);
  expect(source.counts).toEqual({
    packets: 6,
    unknownLink: 1,
    notTcp: 2,
    broken: 2,
    fragments: 1,
    cut: 0,
    repeated: 0,
  });
});

test('past so many connections the one that was silent longest is given up', () => {
  const taps = new HeardTaps();
  const source = new PacketSource(taps.sink, { connections: 2 });
  const [one, two, three] = [50_001, 50_002, 50_003].map((port) => new TcpPackets(undefined, port));
  const open = (packets: TcpPackets) => source.take(packets.sent({ from: 'client', payload: 'ask' }));
  open(one!);
  open(two!);
  source.take(one!.sent({ from: 'client', seq: 3, payload: ' more' }));
  open(three!);
  source.take(two!.sent({ from: 'client', seq: 3, payload: 'still here' }));
  expect(
    taps
      .story()
      .filter((line) => /closed|opened/.test(line))
      .map((line) => line.slice(0, 8)),
  ).toEqual(['1 opened', '2 opened', '2 closed', '3 opened', '1 closed', '4 opened']);
  expect(taps.story()).toContain('4 client: still here');
});

test('bytes are lent, not copied, and left as they were', () => {
  const packets = new TcpPackets();
  const [syn, ...rest] = [...packets.handshake(), ...talk(packets)];
  const lent: Readonly<Uint8Array>[] = [];
  const source = new PacketSource((event) => event.type === 'bytes' && lent.push(event.bytes));
  const before = rest.map(({ bytes }) => Buffer.from(bytes));
  for (const record of [syn!, ...rest]) source.take(record);
  expect(lent.map(({ buffer }) => buffer)).toEqual([rest[2]!.bytes.buffer, rest[3]!.bytes.buffer]);
  expect(rest.map(({ bytes }) => Buffer.from(bytes))).toEqual(before);
});

/** What a packet of a random capture is to be: a piece of a direction's bytes, sent by one side. */
interface Piece {
  readonly from: 'client' | 'server';
  readonly start: number;
  readonly end: number;
}

const SAID = { client: Buffer.alloc(400, 'client says '), server: Buffer.alloc(600, 'the server answers ') };

/** Both directions in segments, in a wild order, with others that overlap them. */
const pieces: fc.Arbitrary<readonly Piece[]> = fc
  .record({
    client: fc.uniqueArray(fc.integer({ min: 1, max: SAID.client.length - 1 }), { maxLength: 12 }),
    server: fc.uniqueArray(fc.integer({ min: 1, max: SAID.server.length - 1 }), { maxLength: 12 }),
    again: fc.array(fc.tuple(fc.boolean(), fc.nat(399), fc.integer({ min: 1, max: 200 })), { maxLength: 12 }),
  })
  .map(({ client, server, again }) => [
    ...piecesBetween('client', client),
    ...piecesBetween('server', server),
    ...again.map(([isClient, start, length]) => {
      const from = isClient ? ('client' as const) : ('server' as const);
      return { from, start, end: Math.min(start + length, SAID[from].length) };
    }),
  ])
  .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }));

function piecesBetween(from: Piece['from'], edges: readonly number[]): Piece[] {
  const starts = [0, ...edges.toSorted((one, other) => one - other)];
  return starts.map((start, index) => ({ from, start, end: starts[index + 1] ?? SAID[from].length }));
}

/** Numbers wrap round in both directions. */
const WRAPPING = { client: 0xffff_ffff - 100, server: 0xffff_ffff - 350 };

function captured(sent: readonly Piece[], acknowledges = false): PacketRecord[] {
  const packets = new TcpPackets(WRAPPING);
  const data = sent.map(({ from, start, end }) =>
    packets.sent({ from, seq: start, payload: SAID[from].subarray(start, end) }),
  );
  const { client, server } = { client: SAID.client.length, server: SAID.server.length };
  const ending = acknowledges ? packets.ending(client, server) : [];
  return [...packets.handshake(), ...data, ...ending];
}

test('whatever order packets come in, and however often, each direction is told exactly', () => {
  fc.assert(
    fc.property(pieces, (sent) => {
      const { taps } = heard(captured(sent, true));
      expect(taps.said('client').equals(SAID.client)).toBe(true);
      expect(taps.said('server').equals(SAID.server)).toBe(true);
      const { closing, reason } = taps.all('closed')[0]!;
      expect([taps.all('lost'), reason]).toEqual([[], 'ended']);
      const travelled = { client: 0, server: 0 };
      for (const { from, start, end } of sent) travelled[from] += end - start;
      const { retransmitted } = closing.network!;
      expect(retransmitted.client).toBe(travelled.client - SAID.client.length);
      expect(retransmitted.server).toBe(travelled.server - SAID.server.length);
    }),
    { numRuns: 40 },
  );
});

test('where packets lack, what is told and what is lost are all there was, each byte in its place', () => {
  const some = pieces.chain((all) => fc.subarray([...all]));
  fc.assert(
    fc.property(some, (sent) => {
      const { taps } = heard(captured(sent, true));
      for (const from of ['client', 'server'] as const) {
        const told = taps.said(from);
        expect(told).toHaveLength(SAID[from].length);
        expect(told.every((byte, index) => byte === 0 || byte === SAID[from][index])).toBe(true);
      }
      const { closing, reason } = taps.all('closed')[0]!;
      expect(reason).toBe('ended');
      expect(closing.tapped).toEqual({ client: SAID.client.length, server: SAID.server.length });
      const lost = taps.all('lost').reduce((sum, { length }) => sum + length, 0);
      expect(closing.network!.missing.client + closing.network!.missing.server).toBe(lost);
    }),
    { numRuns: 40 },
  );
});

test('damaged packets never throw, and the order of events holds', () => {
  const damage = fc.array(fc.tuple(fc.nat(15), fc.nat(200), fc.nat(255)), { maxLength: 30 });
  fc.assert(
    fc.property(pieces, damage, fc.constantFrom(0, 1, 101, 113, 276), (sent, flips, link) => {
      const records = captured(sent, true).map((record) => ({
        ...record,
        link: record.bytes[0] === 0x45 ? 101 : link,
      }));
      for (const [index, offset, value] of flips) {
        const bytes = records[index]?.bytes;
        if (bytes) bytes[offset % bytes.length] = value;
      }
      expectOrder(heard(records).taps);
    }),
    { numRuns: 40 },
  );
});

test('random packets never throw', () => {
  const record = fc.record({
    link: fc.constantFrom(0, 1, 101, 108, 113, 228, 276, 500),
    bytes: fc.uint8Array({ maxLength: 100 }),
    more: fc.nat(2 ** 32),
    at: fc.bigInt({ min: 0n, max: 2n ** 64n }),
    interface: fc.nat(3),
  });
  fc.assert(
    fc.property(fc.array(record), (all) => {
      const records = all.map(({ bytes, more, ...facts }) =>
        packetRecord(bytes, { ...facts, length: bytes.length + more }),
      );
      expectOrder(heard(records).taps);
    }),
  );
});

/** Each connection is opened, then told of, then closed; or it failed. What was told is what it says it came to. */
function expectOrder({ events }: HeardTaps): void {
  const open = new Map<number, number>();
  for (const event of events) {
    const { connection, type } = event;
    const tapped = open.get(connection);
    expect(tapped === undefined).toBe(type === 'opened' || type === 'failed');
    if (type === 'opened') open.set(connection, 0);
    if (type === 'bytes') open.set(connection, tapped! + event.bytes.length);
    if (type === 'lost') open.set(connection, tapped! + event.length);
    if (type !== 'closed') continue;
    expect(event.closing.tapped.client + event.closing.tapped.server).toBe(tapped);
    open.delete(connection);
  }
  expect(open.size).toBe(0);
}
