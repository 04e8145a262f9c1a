import { describe, expect, test } from 'vitest';
import type { ConnectionFacts, TapEvent } from '../tap.ts';
import { readRecording, saidIn } from '../testing/recorded-packets.ts';
import { FACTS, TapScript } from '../testing/tap-script.ts';
import { PacketWriter } from './packet-writer.ts';

const EPOCH = 1_763_840_000_123_456_789n;
const PORT = FACTS.clientAddress.port;
const ask = { from: 'client', bytes: Buffer.from('ask') } as const;
const answer = { from: 'server', bytes: Buffer.from('answer') } as const;

/** A writer and all it wrote. */
class Paper {
  readonly writer = new PacketWriter(EPOCH);
  readonly #blocks: Buffer[] = [];
  readonly sink = (event: TapEvent) => {
    this.#blocks.push(...this.writer.take(event));
  };

  read() {
    return readRecording(Buffer.concat(this.#blocks));
  }

  /** From here on only what comes is read. */
  turn(): void {
    this.#blocks.length = 0;
  }
}

function written(tell: (script: TapScript, sink: Paper['sink']) => unknown) {
  const paper = new Paper();
  tell(new TapScript(paper.sink), paper.sink);
  return paper.read();
}

function flagsOf(tell: (script: TapScript) => unknown): string {
  return written(tell)
    .packets.map(({ way, flags }) =>
      way.startsWith(`${FACTS.clientAddress.host} `) ? `${flags}>` : `<${flags}`,
    )
    .join(' ');
}

describe('a connection', () => {
  test('is a handshake, what was said, and an orderly end', () => {
    expect(flagsOf((script) => script.open().say(ask, answer).end('client', 'server').close())).toBe(
      'S> <SA A> A> <A FA> <FA A>',
    );
  });

  test.each([
    { reason: 'client-gone', last: 'RA>' },
    { reason: 'client-reset', last: 'RA>' },
    { reason: 'client-refused', last: 'RA>' },
    { reason: 'server-gone', last: '<RA' },
    { reason: 'server-reset', last: '<RA' },
    { reason: 'stopped', last: 'RA>' },
    { reason: 'capture-ended', last: '<A' },
  ] as const)('ends as $reason with $last', ({ reason, last }) => {
    expect(flagsOf((script) => script.open().say(ask).close(reason))).toBe(`S> <SA A> A> ${last}`);
  });

  test.each([
    { name: 'the server first', ends: ['server', 'client'] as const, last: '<FA FA> <A' },
    { name: 'one side', ends: ['client'] as const, last: 'FA> <A' },
  ])('that $name ended is acknowledged by the other side', ({ ends, last }) => {
    expect(
      flagsOf((script) =>
        script
          .open()
          .end(...ends)
          .close(),
      ),
    ).toBe(`S> <SA A> ${last}`);
  });

  test('has sequence numbers without a gap, and acknowledges what came before', () => {
    const { packets } = written((script) =>
      script.open().say(ask, answer, ask).end('client', 'server').close(),
    );
    const [first] = packets;
    const second = packets[1];
    const relative = packets.map(({ way, seq, ack, flags }) =>
      way === first!.way
        ? `${(seq - first!.seq) >>> 0}/${flags === 'S' ? 0 : (ack - second!.seq) >>> 0}`
        : `${(seq - second!.seq) >>> 0}/${(ack - first!.seq) >>> 0}`,
    );
    expect(relative).toEqual(['0/0', '0/1', '1/1', '1/1', '1/4', '4/7', '7/7', '7/8', '8/8']);
  });

  test('keeps its nanoseconds', () => {
    const { packets } = written((_, sink) => {
      sink({ type: 'opened', connection: 1, at: 5, facts: FACTS });
      sink({ type: 'bytes', connection: 1, at: 2 ** 40 + 1, ...ask });
      sink({ type: 'bytes', connection: 1, at: 9_000_000_000_000_001, ...ask });
    });
    expect(packets.map(({ at }) => at - EPOCH)).toEqual([5n, 5n, 5n, 2n ** 40n + 1n, 9_000_000_000_000_001n]);
  });

  test('keeps its facts and its end, each told once', () => {
    const facts: ConnectionFacts = {
      ...FACTS,
      client: 7,
      tls: { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', alpn: 'h2', serverName: 'chat.example' },
      timings: { dns: 1.5, connect: 2, tls: 3.25 },
    };
    const { packets } = written((script) =>
      script
        .open(facts)
        .say(ask)
        .end('client', 'server')
        .close('ended', { tls: { client: 10, server: 20 } }),
    );
    const comments = packets.flatMap((packet) => packet.comments);
    expect(packets[0]?.comments).toEqual([{ type: 'opened', connection: 1, facts, earlier: undefined }]);
    expect(comments.at(-1)).toMatchObject({
      type: 'closed',
      reason: 'ended',
      closing: { tls: { client: 10, server: 20 } },
    });
    expect(comments).toHaveLength(2);
  });
});

describe('what was said', () => {
  test('is cut into segments that an IP packet can hold', () => {
    const bytes = Buffer.from(Array.from({ length: 200_003 }, (_, index) => index * 7));
    const { packets } = written((script) => script.open().say({ from: 'server', bytes }));
    expect(packets.slice(3).map(({ payload }) => payload.length)).toEqual([65_000, 65_000, 65_000, 5_003]);
    expect(saidIn(packets, PORT, 'server').equals(bytes)).toBe(true);
  });

  test('leaves the bytes as they were', () => {
    const bytes = Buffer.alloc(1_000, 'x');
    written((script) => script.open().say({ from: 'client', bytes }));
    expect(bytes.equals(Buffer.alloc(1_000, 'x'))).toBe(true);
  });

  test('one side alone is acknowledged now and then, for readers that remember what is not', () => {
    const { packets } = written((script) => {
      script.open();
      for (let count = 0; count < 100; count++) script.say(answer);
    });
    const silent = packets.slice(3).filter(({ payload }) => payload.length === 0);
    expect(silent).toHaveLength(3);
    expect(silent.every(({ way }) => way.startsWith(FACTS.clientAddress.host))).toBe(true);
  });

  test('goes on past 4 GiB', () => {
    const { packets } = written((script, sink) => {
      script.open().say(ask);
      for (let count = 0; count < 5; count++)
        sink({ type: 'lost', connection: 1, at: 0, from: 'client', length: 2 ** 30 });
      script.say(ask);
    });
    const [, , , first, second] = packets;
    expect((second!.seq - first!.seq) >>> 0).toBe(2 ** 30 + 3);
  });
});

describe('what is lost', () => {
  test('is a hole in the sequence numbers, and told of on the next packet', () => {
    const { packets } = written((script, sink) => {
      script.open().say(ask);
      sink({ type: 'lost', connection: 1, at: 0, from: 'client', length: 100 });
      sink({ type: 'lost', connection: 1, at: 0, from: 'server', length: 7 });
      sink({ type: 'lost', connection: 1, at: 0, from: 'client', length: 11 });
      script.say(answer, ask);
    });
    const [, , , before, next, after] = packets;
    expect(next?.comments).toEqual([{ type: 'lost', lost: { client: 111, server: 7 } }]);
    expect(after!.seq - before!.seq).toBe(3 + 111);
    expect(after?.comments).toEqual([]);
  });

  test('at the end is told of with the end', () => {
    const { packets } = written((script, sink) => {
      script.open();
      sink({ type: 'lost', connection: 1, at: 0, from: 'client', length: 100 });
      script.close('client-gone');
    });
    expect(packets.at(-1)?.comments.map(({ type }) => type)).toEqual(['lost', 'closed']);
  });
});

describe('ends', () => {
  test('of both families are told in IPv6', () => {
    const { packets } = written((script) =>
      script.open({ serverAddress: { host: '2001:db8::5', port: 443 } }),
    );
    expect(packets[0]?.way).toBe('::ffff:127.0.0.1 50000 > 2001:db8::5 443');
  });

  test('that nobody knows are documentation addresses, by the name of the host', () => {
    const { packets, names } = written((script) => script.open({ serverAddress: undefined }));
    expect(packets[0]?.way).toBe('127.0.0.1 50000 > 192.0.2.1 80');
    expect(names).toEqual(['192.0.2.1 chat.example']);
  });

  test('that two have at once differ in the client port', () => {
    const paper = new Paper();
    new TapScript(paper.sink, 1).open();
    new TapScript(paper.sink, 2).open({ server: { host: 'other.example', port: 80 } });
    const { packets } = paper.read();
    expect(packets.map(({ way }) => way.split(' > ')[0])).toContain('127.0.0.1 50001');
    expect(packets[3]?.comments).toMatchObject([{ facts: { clientAddress: { port: 50_000 } } }]);
  });

  test('that two have one after the other begin at other sequence numbers', () => {
    const paper = new Paper();
    new TapScript(paper.sink, 1).open().close('client-gone');
    new TapScript(paper.sink, 2).open();
    const [first, second] = paper.read().packets.filter(({ flags }) => flags === 'S');
    expect(first!.way).toBe(second!.way);
    expect(first!.seq).not.toBe(second!.seq);
  });

  test('have their names told once, before they are used', () => {
    const paper = new Paper();
    for (let connection = 1; connection <= 3; connection++) new TapScript(paper.sink, connection).open();
    expect(paper.read().names).toEqual(['192.0.2.1 chat.example']);
  });

  test.each(['chat\0.example', 'chat example', 'chat\n', 'x'.repeat(300), '::1', ''])(
    'have no name in %j',
    (host) => {
      expect(written((script) => script.open({ server: { host, port: 80 } })).names).toEqual([]);
    },
  );
});

describe('a connection that never came to be', () => {
  const failed = {
    type: 'failed',
    connection: 3,
    at: 1_000,
    mode: 'connect',
    client: 2,
    clientAddress: FACTS.clientAddress,
    server: { host: 'no.example', port: 443 },
    failure: { code: 'DNS_FAILED', message: 'no.example could not be found' },
    proxy: { client: 100, server: 200 },
  } as const;

  test('is a SYN that is refused, with all that is known', () => {
    const { packets, names } = written((_, sink) => sink(failed));
    expect(packets.map(({ way, flags }) => `${way} ${flags}`)).toEqual([
      '127.0.0.1 50000 > 192.0.2.1 443 S',
      '192.0.2.1 443 > 127.0.0.1 50000 RA',
    ]);
    const { type, at, connection, ...attempt } = failed;
    expect(packets[0]?.comments).toEqual([{ type, connection, attempt }]);
    expect(names).toEqual(['192.0.2.1 no.example']);
  });

  test('may have no server', () => {
    const { packets } = written((_, sink) => sink({ ...failed, server: undefined }));
    expect(packets[0]?.comments).toMatchObject([{ attempt: { server: undefined } }]);
  });
});

describe('another file', () => {
  test('introduces what goes on when it next has something to tell', () => {
    const paper = new Paper();
    const script = new TapScript(paper.sink).open().say(ask);
    const silent = new TapScript(paper.sink, 2).open({ clientAddress: { host: '127.0.0.1', port: 50_002 } });
    const before = paper.read().packets;
    paper.turn();
    paper.writer.beginFile();
    script.say(answer, ask);
    const { packets, names } = paper.read();
    expect(packets.map(({ flags }) => flags)).toEqual(['S', 'SA', 'A', 'A', 'A']);
    expect(packets[0]?.comments).toMatchObject([
      {
        type: 'opened',
        connection: 1,
        facts: { client: 1 },
        earlier: { age: 2_000_000, tapped: { client: 3, server: 0 } },
      },
    ]);
    expect(packets[4]!.seq - before[3]!.seq).toBe(3);
    expect(names).toEqual(['192.0.2.1 chat.example']);
    silent.close('client-gone');
    expect(
      paper
        .read()
        .packets.slice(5)
        .map(({ flags }) => flags),
    ).toEqual(['S', 'SA', 'A', 'RA']);
  });

  test('tells again that a side has ended', () => {
    const paper = new Paper();
    const script = new TapScript(paper.sink).open().say(ask).end('client');
    const fin = paper.read().packets.at(-1)!;
    paper.turn();
    paper.writer.beginFile();
    script.say(answer);
    const { packets } = paper.read();
    expect(packets.map(({ flags }) => flags)).toEqual(['S', 'SA', 'A', 'FA', 'A']);
    expect(packets[3]?.seq).toBe(fin.seq);
    expect(packets[4]?.ack).toBe(fin.seq + 1);
  });
});

describe('a connection that began before', () => {
  test('is introduced with its age and what it said', () => {
    const paper = new Paper();
    const earlier = {
      connection: 9,
      openedAt: 1_000,
      facts: FACTS,
      tapped: { client: 50, server: 60 },
      ended: [],
    };
    paper.writer.join(earlier);
    paper.sink({ type: 'bytes', connection: 9, at: 5_000, ...ask });
    const { packets } = paper.read();
    expect(packets[0]?.comments).toEqual([
      {
        type: 'opened',
        connection: 9,
        facts: FACTS,
        earlier: { age: 4_000, tapped: { client: 50, server: 60 } },
      },
    ]);
    expect(saidIn(packets, PORT, 'client').toString()).toBe('ask');
  });

  test('goes unrecorded when nobody made it known', () => {
    const { packets } = written((_, sink) => sink({ type: 'bytes', connection: 9, at: 5_000, ...ask }));
    expect(packets).toEqual([]);
  });
});

test('what is passed over is a hole', () => {
  const paper = new Paper();
  const script = new TapScript(paper.sink).open().say(ask);
  paper.writer.pass({ type: 'bytes', connection: 1, at: 0, ...answer });
  paper.writer.pass({ type: 'opened', connection: 2, at: 0, facts: { ...FACTS, client: 2 } });
  paper.writer.pass({ type: 'bytes', connection: 2, at: 1, ...ask });
  script.say(ask);
  paper.sink({ type: 'bytes', connection: 2, at: 9, ...ask });
  const comments = paper.read().packets.flatMap((packet) => packet.comments);
  expect(comments).toMatchObject([
    { type: 'opened', connection: 1, earlier: undefined },
    { type: 'lost', lost: { client: 0, server: 6 } },
    { type: 'opened', connection: 2, earlier: { age: 9, tapped: { client: 3, server: 0 } } },
  ]);
});
