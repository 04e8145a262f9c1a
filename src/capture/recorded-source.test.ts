import { describe, expect, test } from 'vitest';
import type { ConnectionFacts, TapEvent } from '../tap.ts';
import { client, server } from '../testing/conversations.ts';
import { HeardTaps } from '../testing/heard-taps.ts';
import { TcpPackets } from '../testing/network-packets.ts';
import { FACTS, TapScript } from '../testing/tap-script.ts';
import { CaptureDecoder } from './capture-decoder.ts';
import { PacketSource } from './packet-source.ts';
import { PacketWriter } from './packet-writer.ts';
import type { CaptureRecord } from './record.ts';
import { closedComment, openedComment } from './tare-comment.ts';

const EPOCH = 1_763_840_000_123_456_789n;

/** What a recording tells that was made of `events`, with times since the recorded epoch. */
function reread(events: readonly TapEvent[]): HeardTaps {
  const writer = new PacketWriter(EPOCH);
  return read(records(Buffer.concat(events.flatMap((event) => writer.take(event)))));
}

function records(file: Uint8Array): CaptureRecord[] {
  const decoder = new CaptureDecoder();
  return [...decoder.push(file), ...decoder.end()];
}

function read(all: readonly CaptureRecord[]): HeardTaps {
  const taps = new HeardTaps();
  const source: PacketSource = new PacketSource((event) =>
    taps.sink({ ...event, at: event.at + Number(source.epoch - EPOCH) }),
  );
  for (const record of all) source.take(record);
  source.end();
  return taps;
}

function events(tell: (script: TapScript, sink: (event: TapEvent) => void) => unknown): TapEvent[] {
  const taps = new HeardTaps();
  tell(new TapScript(taps.sink), taps.sink);
  return taps.events;
}

const ask = client('GET / HTTP/1.1\nHost: a\n\n');
const answer = server('HTTP/1.1 200 OK\nContent-Length: 2\n\nok');

const reverse: Partial<ConnectionFacts> = {
  mode: 'reverse',
  client: 77,
  clientAddress: { host: '2001:db8::9', port: 40_000 },
  server: { host: 'chat.example', port: 443 },
  serverAddress: undefined,
  tls: { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', alpn: 'http/1.1', serverName: 'chat.example' },
  timings: { dns: 0.25, connect: 12.5, tls: 30 },
};

const both = { client: 3, server: 4 };

describe('what was recorded comes back as it was told', () => {
  test.each([
    {
      name: 'a connection that ended in order',
      told: events((script) => script.open().say(ask, answer).end('client', 'server').close()),
    },
    {
      name: 'one that ended from the other side',
      told: events((script) => script.open().say(ask, answer).end('server', 'client').close()),
    },
    {
      name: 'one on which nothing was said',
      told: events((script) => script.open().close('client-refused')),
    },
    {
      name: 'one that was reset',
      told: events((script) => script.open().say(ask).end('client').close('server-reset')),
    },
    {
      name: 'all its facts and counters',
      told: events((script) =>
        script.open(reverse).say(ask).close('stopped', { tls: both, proxy: both, unrelayed: both }),
      ),
    },
    {
      name: 'what a capture by others told of it',
      told: events((script) =>
        script
          .open({ mode: 'capture' })
          .say(ask)
          .close('ended', {
            network: { packets: both, headers: both, retransmitted: both, missing: both, roundTrip: 1.5 },
          }),
      ),
    },
    {
      name: 'two at a time, and one after them between the same ends',
      told: events((script, sink) => {
        const other = new TapScript(sink, 2).open();
        script.open().say(ask);
        other.say(ask, answer);
        script.say(answer).close('client-gone');
        other.end('client', 'server').close();
        new TapScript(sink, 3)
          .open({ clientAddress: FACTS.clientAddress })
          .say(ask, answer)
          .close('server-gone');
      }),
    },
    {
      name: 'one that failed',
      told: events((_, sink) =>
        sink({
          type: 'failed',
          connection: 1,
          at: 5,
          mode: 'connect',
          client: 4,
          clientAddress: FACTS.clientAddress,
          server: { host: 'gone.example', port: 443 },
          failure: { code: 'DNS_FAILED', message: 'gone.example:443 no such host' },
          proxy: both,
        }),
      ),
    },
    {
      name: 'numbers that were passed over',
      told: events((_, sink) => {
        new TapScript(sink, 4).open().close();
        new TapScript(sink, 9).open().close();
      }),
    },
  ])('$name', ({ told }) => {
    const ordered = told.toSorted((one, other) => one.at - other.at);
    expect(reread(ordered).events).toEqual(ordered);
  });

  test('bytes that are lost', () => {
    const told = events((script, sink) => {
      script.open().say(ask);
      sink({ type: 'lost', connection: 1, at: 4_000_000, from: 'server', length: 2 ** 33 + 7 });
      script.say(ask, answer).close('client-gone', {
        tapped: { client: 2 * ask.bytes.length, server: answer.bytes.length + 2 ** 33 + 7 },
      });
    });
    const heard = reread(told);
    expect(heard.all('lost')).toMatchObject([{ from: 'server', length: 2 ** 33 + 7 }]);
    expect(heard.story().map((line) => line.slice(0, 24))).toEqual([
      '1 opened 127.0.0.1:50000',
      '1 client: GET / HTTP/1.1',
      '1 server lost 8589934599',
      '1 client: GET / HTTP/1.1',
      '1 server: HTTP/1.1 200 O',
      '1 closed client-gone',
    ]);
    expect(heard.all('closed')).toMatchObject(
      told.filter(({ type }) => type === 'closed').map(({ at: _, ...rest }) => rest),
    );
  });
});

describe('a recording of several files', () => {
  /** Two files: the first ends while a connection is open. */
  function rotated(): { readonly told: TapEvent[]; readonly files: Buffer[] } {
    const told = events((script) =>
      script.open().say(ask, answer, ask, answer).end('client', 'server').close(),
    );
    const writer = new PacketWriter(EPOCH);
    const first = told.slice(0, 3).flatMap((event) => writer.take(event));
    writer.beginFile();
    return {
      told,
      files: [Buffer.concat(first), Buffer.concat(told.slice(3).flatMap((event) => writer.take(event)))],
    };
  }

  test('opens by itself, the part in earlier files being lost', () => {
    const { told, files } = rotated();
    expect(read(records(files[0]!)).story().at(-1)).toBe('1 closed capture-ended');
    const second = read(records(files[1]!));
    expect(second.story().slice(1, 3)).toEqual([
      `1 client lost ${ask.bytes.length}`,
      `1 server lost ${answer.bytes.length}`,
    ]);
    expect(second.all('closed')).toEqual(told.filter(({ type }) => type === 'closed'));
    expect(second.all('opened')[0]!.facts).toEqual(FACTS);
  });

  test('is told as one where the files are read as one', () => {
    const { told, files } = rotated();
    expect(read(files.flatMap((file) => records(file))).events).toEqual(told);
  });
});

test('a crash leaves a connection that is still open, of whose sockets nothing is known', () => {
  const told = events((script) => script.open({ mode: 'forward' }).say(ask, answer).end('client', 'server'));
  const [closed] = reread(told).all('closed');
  const none = { client: 0, server: 0 };
  expect(closed).toMatchObject({
    reason: 'capture-ended',
    closing: { tapped: { client: ask.bytes.length, server: answer.bytes.length }, upstream: none, tls: none },
  });
  expect(closed!.closing.network).toBeUndefined();
});

describe('in a file that somebody changed', () => {
  const packets = new TcpPackets();
  const opened = openedComment(1, FACTS);
  const closing = {
    tapped: { client: 9, server: 0 },
    upstream: both,
    tls: both,
    proxy: both,
    downstream: both,
    unrelayed: both,
  };

  test('what was recorded and is not there is lost', () => {
    const all = [
      packets.sent({ from: 'client', flags: 'S', seq: -1, comments: [opened] }),
      packets.sent({ from: 'client', payload: 'ask' }),
      packets.sent({ from: 'client', seq: 9, comments: ['a remark', closedComment('client-gone', closing)] }),
    ];
    const heard = read(all);
    expect(heard.story().slice(1)).toEqual(['1 client: ask', '1 client lost 6', '1 closed client-gone']);
    expect(heard.all('closed')[0]!.closing).toEqual(closing);
  });

  test('comments count only where they belong', () => {
    const all = [
      packets.sent({
        from: 'client',
        payload: 'ask',
        comments: [opened, closedComment('client-gone', closing)],
      }),
      packets.sent({
        from: 'client',
        seq: 3,
        payload: ' more',
        comments: ['tare {"v":1,"lost":{"client":5,"server":5}}', 'tare {'],
      }),
    ];
    expect(read(all).story()).toEqual([
      '1 opened 10.0.0.1:50000 > 10.0.0.2:80',
      '1 client: ask more',
      '1 closed capture-ended',
    ]);
  });

  test('a number that is taken, or absurd, is given anew', () => {
    const numbers = [7, 7, Number.MAX_SAFE_INTEGER].map((number, index) =>
      new TcpPackets(undefined, 60_000 + index).sent({
        from: 'client',
        flags: 'S',
        seq: -1,
        comments: [openedComment(number, FACTS)],
      }),
    );
    expect(
      read(numbers)
        .all('opened')
        .map(({ connection }) => connection),
    ).toEqual([7, 8, 9]);
  });
});

test('what was told at once and is longer than a packet is told at once', () => {
  const packets = new TcpPackets();
  const all = [
    packets.sent({ from: 'client', flags: 'S', seq: -1, comments: [openedComment(1, FACTS)] }),
    packets.sent({ from: 'client', flags: 'A', payload: 'ask ' }),
    packets.sent({ from: 'server', ack: 4 }),
    packets.sent({ from: 'client', flags: 'PA', seq: 4, payload: 'for more' }),
    packets.sent({ from: 'client', flags: 'A', seq: 12, payload: 'and' }),
  ];
  const said = read(all)
    .all('bytes')
    .map(({ bytes }) => Buffer.from(bytes).toString());
  expect(said).toEqual(['ask for more', 'and']);
});
