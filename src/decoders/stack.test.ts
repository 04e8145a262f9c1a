import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Side } from '../tap.ts';
import {
  client,
  deflatedWebSocket,
  eventStream,
  gzippedEventStream,
  http,
  type Said,
  server,
  webSocket,
} from '../testing/conversations.ts';
import { cuts } from '../testing/cuts.ts';
import { websocketFrame } from '../testing/websocket-frame.ts';
import { WireStory } from '../testing/wire-story.ts';
import { Stack } from './stack.ts';

const gzipped = await gzippedEventStream();
const CONNECT = 'CONNECT a:1 HTTP/1.1\nHost: a:1\n\n';
const ESTABLISHED = 'HTTP/1.1 200 Established\n\n';
const PREFACE = 'PRI * HTTP/2.0\n\nSM\n\n';

interface Playbook {
  readonly name: string;
  readonly alpn?: string;
  readonly said: readonly Said[];
  readonly told: readonly string[];
}

const playbooks: readonly Playbook[] = [
  {
    name: 'requests and responses, pipelined, with an interim one between',
    said: http,
    told: [
      '#1 http1',
      'client #1 GET /inbox',
      'server #1 200',
      'server #1 body "hello"',
      '#1 closed',
      '#2 http1',
      'client #2 POST /inbox',
      'client #2 body "Hello"',
      'server #2 103',
      'server #2 201',
      'server #2 body "made"',
      '#2 closed',
      '#3 http1',
      'client #3 HEAD /',
      '#4 http1',
      'client #4 GET /nothing',
      'server #3 200',
      '#3 closed',
      'server #4 304',
      '#4 closed',
    ],
  },
  {
    name: 'a WebSocket whose first frames come with the handshake',
    said: webSocket,
    told: [
      '#1 http1',
      'client #1 GET /socket',
      'server #1 101',
      '#1 websocket',
      'client #1 text "early"',
      'server #1 text "welcome"',
      'client #1 ping "alive?"',
      'client #1 binary "one two"',
      'server #1 pong "alive?"',
      'client #1 close 1000 bye "\\u0003èbye"',
      'server #1 close 1000 "\\u0003è"',
      '#1 closed',
    ],
  },
  {
    name: 'a WebSocket with permessage-deflate',
    said: deflatedWebSocket,
    told: [
      '#1 http1',
      'client #1 GET /socket',
      'server #1 101',
      '#1 websocket',
      'server #1 text "hello hello hello"',
      'client #1 text "and hello again"',
      '#1 closed',
    ],
  },
  {
    name: 'an event stream, and another request on the same connection',
    said: eventStream,
    told: [
      '#1 http1',
      'client #1 GET /events',
      'server #1 200',
      '#1 sse',
      'server #1 comment retry "500"',
      'server #1 comment " hi"',
      'server #1 event joined "Ada"',
      'server #1 event message "one\\ntwo"',
      '#1 closed',
      '#2 http1',
      'client #2 GET /after',
      'server #2 200',
      'server #2 body "ok"',
      '#2 closed',
    ],
  },
  {
    name: 'a compressed event stream, which the client leaves: nobody is to blame',
    said: gzipped,
    told: [
      '#1 http1',
      'client #1 GET /events',
      'server #1 200',
      '#1 sse',
      'server #1 event message "one one one"',
      'server #1 comment " c"',
      'server #1 event e "two"',
      'server #1 body "" cut off',
      '#1 closed',
    ],
  },
  {
    name: 'HTTP/2 by its preface',
    said: [client(PREFACE, '\0\0\0\x04\0\0\0\0\0'), server('\0\0\0\x04\0\0\0\0\0')],
    told: ['#1 http2', 'client undecoded #1 33', '#1 closed', 'server undecoded #1 9'],
  },
  {
    name: 'HTTP/2 by ALPN, even where the server speaks first',
    alpn: 'h2',
    said: [server('\0\0\0\x04\0\0\0\0\0'), client(PREFACE)],
    told: ['#1 http2', 'client undecoded #1 24', '#1 closed', 'server undecoded #1 9'],
  },
  {
    name: 'HTTP/1 inside opened TLS',
    alpn: 'http/1.1',
    said: [client('GET / HTTP/1.1\nHost: a\n\n'), server('HTTP/1.1 204 No Content\n\n')],
    told: ['#1 http1', 'client #1 GET /', 'server #1 204', '#1 closed'],
  },
  {
    name: 'TLS that was not opened',
    said: [client('\x16\x03\x01\0\x05hello'), server('\x16\x03\x03\0\x02ok')],
    told: ['#1 tls', 'client undecoded #1 10', '#1 closed', 'server undecoded #1 7'],
  },
  {
    name: 'a server that speaks first',
    said: [server('220 mail.example ESMTP\n'), client('QUIT\n')],
    told: [
      '#1 tcp',
      'client chunk #1 "QUIT\\r\\n"',
      '#1 closed',
      'server chunk #1 "220 mail.example ESMTP\\r\\n"',
    ],
  },
  {
    name: 'a client that begins like nothing known',
    said: [client('\0\x01\x02'), server('HTTP/1.1 no')],
    told: ['#1 tcp', 'client chunk #1 "\\u0000\\u0001\\u0002"', '#1 closed', 'server chunk #1 "HTTP/1.1 no"'],
  },
  {
    name: 'a client that ends before it is clear what it speaks',
    said: [client('GE')],
    told: ['#1 tcp', 'client chunk #1 "GE"', '#1 closed'],
  },
  {
    name: 'a capture that begins with a response',
    said: [server('HTTP/1.1 200 OK\nContent-Length: 2\n\nok'), client('GET /next HTTP/1.1\nHost: a\n\n')],
    told: [
      '#1 http1',
      'server #1 200',
      'server #1 body "ok"',
      '#1 closed',
      '#2 http1',
      'client #2 GET /next',
      '#2 closed',
    ],
  },
  {
    name: 'a switch to HTTP/2 without TLS (RFC 7540 section 3.2)',
    said: [
      client('GET / HTTP/1.1\nHost: a\nConnection: Upgrade, HTTP2-Settings\nUpgrade: h2c\n\n'),
      server(
        'HTTP/1.1 101 Switching Protocols\nConnection: Upgrade\nUpgrade: h2c\n\n',
        '\0\0\0\x04\0\0\0\0\0',
      ),
    ],
    told: ['#1 http1', 'client #1 GET /', 'server #1 101', '#1 http2', '#1 closed', 'server undecoded #1 9'],
  },
  {
    name: 'a switch to something unknown',
    said: [
      client('GET / HTTP/1.1\nHost: a\nConnection: Upgrade\nUpgrade: mqtt\n\n', 'early'),
      server('HTTP/1.1 101 Switching Protocols\nConnection: Upgrade\nUpgrade: mqtt\n\n', 'back'),
    ],
    told: [
      '#1 http1',
      'client #1 GET /',
      'server #1 101',
      '#1 tcp',
      'client chunk #1 "early"',
      '#1 closed',
      'server chunk #1 "back"',
    ],
  },
  {
    name: 'a tunnel within the connection, HTTP in it, and a WebSocket in that',
    said: [
      client(CONNECT),
      server(ESTABLISHED),
      client('GET /a HTTP/1.1\nHost: a\n\n'),
      server('HTTP/1.1 200 OK\nContent-Length: 2\n\nok'),
      ...webSocket,
    ],
    told: [
      '#1 http1',
      'client #1 CONNECT a:1',
      'server #1 200',
      '#1 closed',
      '#2 http1',
      'client #2 GET /a',
      'server #2 200',
      'server #2 body "ok"',
      '#2 closed',
      '#3 http1',
      'client #3 GET /socket',
      'server #3 101',
      '#3 websocket',
      'client #3 text "early"',
      'server #3 text "welcome"',
      'client #3 ping "alive?"',
      'client #3 binary "one two"',
      'server #3 pong "alive?"',
      'client #3 close 1000 bye "\\u0003èbye"',
      'server #3 close 1000 "\\u0003è"',
      '#3 closed',
    ],
  },
  {
    name: 'a tunnel in a tunnel, and TLS in that',
    said: [
      client(CONNECT),
      server(ESTABLISHED),
      client(CONNECT),
      server(ESTABLISHED),
      client('\x16\x03\x01\0\x05hello'),
      server('\x16\x03\x03\0\x02ok'),
    ],
    told: [
      '#1 http1',
      'client #1 CONNECT a:1',
      'server #1 200',
      '#1 closed',
      '#2 http1',
      'client #2 CONNECT a:1',
      'server #2 200',
      '#2 tls',
      'client undecoded #2 10',
      '#2 closed',
      'server undecoded #2 7',
    ],
  },
  {
    name: 'a tunnel in which the server speaks first',
    said: [client(CONNECT), server(`${ESTABLISHED}220 mail.example\n`)],
    told: [
      '#1 http1',
      'client #1 CONNECT a:1',
      'server #1 200',
      '#1 tcp',
      '#1 closed',
      'server chunk #1 "220 mail.example\\r\\n"',
    ],
  },
  {
    name: 'a tunnel in which nobody speaks',
    said: [client(CONNECT), server(ESTABLISHED)],
    told: ['#1 http1', 'client #1 CONNECT a:1', 'server #1 200', '#1 tcp', '#1 closed'],
  },
  { name: 'nothing at all', said: [], told: [] },
];

describe.each(playbooks)('$name', ({ said, told, alpn }) => {
  test('tells the same story however the bytes are cut', () => {
    fc.assert(
      fc.property(cuts, (places) => {
        const story = new WireStory(new Stack({ alpn })).play(said, places);
        expect(story.told).toEqual(told);
        expect(story.counted).toEqual(story.pushed);
      }),
    );
  });

  test('and byte by byte', () => {
    const bytewise = said.flatMap(({ from, bytes }) =>
      Array.from(bytes, (byte): Said => ({ from, bytes: Uint8Array.of(byte) })),
    );
    expect(new WireStory(new Stack({ alpn })).play(bytewise).told).toEqual(told);
  });
});

test('a server that breaks off a body is at fault, unless the client has left', () => {
  const cut = [client('GET / HTTP/1.1\nHost: a\n\n'), server('HTTP/1.1 200 OK\nContent-Length: 9\n\nhell')];
  const end = (first: Side, second: Side) => {
    const story = new WireStory(new Stack({ alpn: undefined }));
    for (const { from, bytes } of cut) story.push(from, bytes);
    story.end(first);
    story.end(second);
    return story.told.slice(3);
  };
  expect(end('server', 'client')).toEqual([
    'server #1 fault RFC 9112 section 8',
    'server #1 body "hell" cut off',
    '#1 closed',
  ]);
  expect(end('client', 'server')).toEqual(['server #1 body "hell" cut off', '#1 closed']);
});

test('a body that runs until the end is whole when that was sent, and cut off when the connection was', () => {
  const end = (isCutOff: boolean) => {
    const story = new WireStory(new Stack({ alpn: undefined }));
    story.push('client', client('GET / HTTP/1.1\nHost: a\n\n').bytes);
    story.push('server', server('HTTP/1.1 200 OK\n\nhell').bytes);
    story.end('server', isCutOff);
    story.end('client', isCutOff);
    return story.told.slice(3);
  };
  expect(end(false)).toEqual(['server #1 body "hell"', '#1 closed']);
  expect(end(true)).toEqual([
    'server #1 fault RFC 9112 section 8',
    'server #1 body "hell" cut off',
    '#1 closed',
  ]);
});

test('a switch with hundreds of thousands of frames behind it', () => {
  const stack = new Stack({ alpn: undefined });
  const [upgrade, switching] = webSocket;
  const frames = Buffer.alloc(400_000, websocketFrame({ opcode: 1 }));
  stack.push('client', upgrade!.bytes);
  const events = stack.push('server', Buffer.concat([switching!.bytes, frames]));
  expect(events.filter(({ type }) => type === 'message').length).toBeGreaterThan(200_000);
});

describe('every byte is told exactly once', () => {
  const sides = fc.constantFrom<Side>('client', 'server');

  test('of any bytes, with ends at any time', () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 6, arbitrary: fc.record({ from: sides, bytes: fc.uint8Array({ maxLength: 60 }) }) },
        { weight: 1, arbitrary: fc.record({ from: sides }) },
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(steps, fc.constantFrom(undefined, 'h2', 'http/1.1'), (played, alpn) => {
        balances(played, alpn);
      }),
      { numRuns: 400 },
    );
  });

  const tunnelled = [client(CONNECT), server(ESTABLISHED), ...http];
  const valid = [tunnelled, http, webSocket, deflatedWebSocket, eventStream, gzipped];

  const mutation = fc.record({
    step: fc.nat(),
    place: fc.nat(),
    remove: fc.nat({ max: 4 }),
    insert: fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc
        .constantFrom('\r\n', ':', '0', '\n\n', '\0', 'data:', 'Transfer-Encoding: chunked\r\n')
        .map((text) => Buffer.from(text)),
    ),
  });

  test('of mutated conversations, cut anywhere, with ends at any time', () => {
    const ends = fc.array(fc.record({ at: fc.nat({ max: 30 }), from: sides }), { maxLength: 2 });
    fc.assert(
      fc.property(
        fc.constantFrom(...valid),
        fc.array(mutation, { maxLength: 4 }),
        cuts,
        ends,
        (said, mutations, places, ended) => {
          const steps: Step[] = cutUp(mutations.reduce(mutated, said), places);
          for (const { at, from } of ended) steps.splice(at, 0, { from });
          balances(steps, undefined);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

interface Step {
  readonly from: Side;
  /** Without bytes it is that side's end. */
  readonly bytes?: Uint8Array;
}

/** Plays the steps but for those of a side that has ended, ends both, and compares what was told with what was said. */
function balances(steps: readonly Step[], alpn: string | undefined): void {
  const story = new WireStory(new Stack({ alpn }));
  const ended = new Set<Side>();
  for (const { from, bytes } of steps) {
    if (ended.has(from)) continue;
    if (bytes) story.push(from, bytes);
    else {
      ended.add(from);
      story.end(from);
    }
  }
  for (const from of ['client', 'server'] as const) if (!ended.has(from)) story.end(from);
  expect(story.counted).toEqual(story.pushed);
}

interface Mutation {
  readonly step: number;
  readonly place: number;
  readonly remove: number;
  readonly insert: Uint8Array;
}

function mutated(said: readonly Said[], { step, place, remove, insert }: Mutation): readonly Said[] {
  return said.map((one, index) => {
    if (index !== step % said.length) return one;
    const at = place % (one.bytes.length + 1);
    const parts = [one.bytes.subarray(0, at), insert, one.bytes.subarray(at + remove)];
    return { from: one.from, bytes: Buffer.concat(parts) };
  });
}

function cutUp(said: readonly Said[], places: readonly number[]): Said[] {
  return said.flatMap(({ from, bytes }) => {
    const edges = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
    return [0, ...edges].map((edge, index) => ({
      from,
      bytes: bytes.subarray(edge, edges[index] ?? bytes.length),
    }));
  });
}
