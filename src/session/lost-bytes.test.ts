import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chunk,
  client,
  deflatedWebSocket,
  eventStream,
  gzippedEventStream,
  http,
  type Said,
  server,
  webSocket,
} from '../testing/conversations.ts';
import { cutAt, cuts } from '../testing/cuts.ts';
import { TapScript } from '../testing/tap-script.ts';
import { websocketFrame } from '../testing/websocket-frame.ts';
import { contentOf } from './content.ts';
import { gross } from './ledger.ts';
import { Session } from './session.ts';

/** Bytes of this side that the capture lacks. */
interface Hole {
  readonly from: 'client' | 'server';
  readonly missing: number;
}

const lost = (from: Hole['from'], missing: number): Hole => ({ from, missing });

function played(said: readonly (Said | Hole)[]): Session {
  const session = new Session();
  const script = new TapScript(session.take).open({ mode: 'capture' });
  for (const one of said) {
    if ('missing' in one) script.lose(one.from, one.missing);
    else script.say(one);
  }
  script.end('client', 'server').close();
  return session;
}

/** Each message: who, what, its content, and what of it is missing. */
function told(session: Session): string[] {
  return Array.from({ length: session.messages.length }, (_, number) => {
    const { from, kind, name, exchange, complete } = session.messages.row(number);
    const content = contentOf(session, number, 1000)?.toString('latin1');
    const missing = session.messages.missing(number);
    const gap = missing ? ` lacks ${missing.length} at ${missing.at}` : '';
    const what = [kind, name].filter(Boolean).join(' ');
    return `#${exchange} ${from} ${what} ${JSON.stringify(content)}${complete ? '' : ' cut off'}${gap}`;
  });
}

const ASK = client('GET /a HTTP/1.1\nHost: a\n\n');
const HEAD = 'HTTP/1.1 200 OK\nContent-Length: 10\n\n';
const CHUNKED = 'HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n';
const EVENTS = 'HTTP/1.1 200 OK\nContent-Type: text/event-stream\n\n';
const HANDSHAKE = [
  client('GET /s HTTP/1.1\nHost: a\nUpgrade: websocket\nConnection: Upgrade\n\n'),
  server('HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\n\n'),
];
const ASKED = '#1 client request ""';
const OPENED = ['#1 client request ""', '#1 server response ""'];

const cases: readonly {
  readonly name: string;
  readonly said: readonly (Said | Hole)[];
  readonly told: readonly string[];
  /** Bytes of the client's and the server's that no decoder understood. */
  readonly undecoded: readonly [client: number, server: number];
}[] = [
  {
    name: 'inside a body of a known length',
    said: [ASK, server(`${HEAD}ab`), lost('server', 5), server('hij')],
    told: [ASKED, '#1 server response "abhij" lacks 5 at 2'],
    undecoded: [0, 0],
  },
  {
    name: 'the end of a body, and what comes behind it is read',
    said: [ASK, server(`${HEAD}ab`), lost('server', 8), ASK, server(`${HEAD}0123456789`)],
    told: [
      ASKED,
      '#1 server response "ab" lacks 8 at 2',
      '#2 client request ""',
      '#2 server response "0123456789"',
    ],
    undecoded: [0, 0],
  },
  {
    name: 'a body that ends with the connection',
    said: [ASK, server('HTTP/1.1 200 OK\n\nab'), lost('server', 2 ** 40), server('yz')],
    told: [ASKED, `#1 server response "abyz" lacks ${2 ** 40} at 2`],
    undecoded: [0, 0],
  },
  {
    name: 'the end of a body and more: on with the next start line, which answers the newest request',
    said: [
      ...[ASK, server(`${HEAD}ab`), lost('server', 50), ASK, ASK],
      server('rest of a body}', `${HEAD}0123456789`),
    ],
    told: [
      ASKED,
      '#1 server response "ab" lacks 8 at 2',
      '#2 client request ""',
      '#3 client request ""',
      '#3 server response "0123456789"',
    ],
    undecoded: [0, 42 + 15],
  },
  {
    name: 'inside a head: on with the next request',
    said: [
      client('GET /a HTTP/1.1\nHo'),
      lost('client', 20),
      client('x: y\n\n', 'POST /b HTTP/1.1\nHost: b\nContent-Length: 2\n\nok'),
    ],
    told: ['#1 client request "ok"'],
    undecoded: [19 + 20 + 8, 0],
  },
  {
    name: 'a start line in pieces',
    said: [
      client('GET /a'),
      lost('client', 20),
      client('…GE'),
      client('T /b HTTP/1.1\n'),
      client('Host: b\n\n'),
    ],
    told: ['#1 client request ""'],
    undecoded: [6 + 20 + 1, 0],
  },
  {
    name: 'inside a chunk',
    said: [ASK, server(`${CHUNKED}5\nab`), lost('server', 2), server('e\n', chunk('fg'), '0\n\n')],
    told: [ASKED, '#1 server response "abefg" lacks 2 at 2'],
    undecoded: [0, 0],
  },
  {
    name: 'a chunk-size line: the body is cut off',
    said: [
      ASK,
      server(`${CHUNKED}5\nab`),
      lost('server', 6),
      server('fg\n0\n\n'),
      ASK,
      server(`${HEAD}0123456789`),
    ],
    told: [
      ASKED,
      '#1 server response "ab" cut off lacks 3 at 2',
      '#2 client request ""',
      '#2 server response "0123456789"',
    ],
    undecoded: [0, 3 + 9],
  },
  {
    name: 'an event stream: on with the next event',
    said: [
      ASK,
      server(`${EVENTS}data: one\n\ndata: tw`),
      lost('server', 9),
      server('ee\ndata: 3\n\nid: 4\ndata: four\n\n'),
    ],
    told: [
      ...OPENED,
      '#1 server event message "one"',
      '#1 server event message "tw" cut off',
      '#1 server event message "four"',
    ],
    undecoded: [0, 9 + 4 + 9 + 1],
  },
  {
    name: 'inside a WebSocket message',
    said: [
      ...HANDSHAKE,
      server(websocketFrame({ opcode: 1, payload: 'hello world' }).subarray(0, 7)),
      lost('server', 3),
      server('rld', websocketFrame({ opcode: 1, payload: 'next' })),
    ],
    told: [...OPENED, '#1 server text "hellorld" lacks 3 at 5', '#1 server text "next"'],
    undecoded: [0, 0],
  },
  {
    name: 'the rest of a WebSocket message',
    said: [
      ...HANDSHAKE,
      server(websocketFrame({ opcode: 2, payload: 'hello' }).subarray(0, 4)),
      lost('server', 3),
      server(websocketFrame({ opcode: 1, payload: 'next' })),
    ],
    told: [...OPENED, '#1 server binary "he" lacks 3 at 2', '#1 server text "next"'],
    undecoded: [0, 0],
  },
  {
    name: 'beyond a WebSocket frame: the rest of that side is only counted',
    said: [
      ...HANDSHAKE,
      server(websocketFrame({ opcode: 1, payload: 'hello', fin: false })),
      lost('server', 3),
      server(websocketFrame({ opcode: 1, payload: 'next' })),
      client(websocketFrame({ opcode: 1, payload: 'still read', key: [1, 2, 3, 4] })),
    ],
    told: [...OPENED, '#1 server text "hello" cut off', '#1 client text "still read"'],
    undecoded: [0, 3 + 6],
  },
  {
    name: 'behind a request for WebSocket: where its frames begin is not known',
    said: [HANDSHAKE[0]!, lost('client', 5), client('frames'), HANDSHAKE[1]!, client('more')],
    told: OPENED,
    undecoded: [5 + 6 + 4, 0],
  },
  {
    name: 'at the beginning: what comes behind tells the protocol',
    said: [lost('client', 80), server(`${HEAD}0123456789`), ASK],
    told: ['#1 server response "0123456789"', '#2 client request ""'],
    undecoded: [80, 0],
  },
  {
    name: 'at the beginning, in its first bytes',
    said: [client('GE'), lost('client', 2000), client('GET /a HTTP/1.1\nHost: a\n\n')],
    told: ['#1 client request ""'],
    undecoded: [2002, 0],
  },
  {
    name: 'of raw TCP: a chunk that lacks all',
    said: [server('\0\x01'), lost('server', 300), server('\x02')],
    told: [
      '#1 server chunk "\\u0000\\u0001"',
      '#1 server chunk "" lacks 300 at 0',
      '#1 server chunk "\\u0002"',
    ],
    undecoded: [0, 0],
  },
];

describe.each(cases)('a hole: $name', ({ said, told: expected, undecoded }) => {
  const session = played(said);
  const { ledger, inspectionStopped } = session.connections.get(1)!;

  test('is missing, and is told of as nothing else', () => {
    expect(told(session)).toEqual(expected);
    expect([ledger.client.undecoded, ledger.server.undecoded]).toEqual(undecoded);
  });

  test('means the same wherever the network cut what is there', () => {
    if (session.connections.get(1)!.protocol === 'tcp') return; // what came at once is a chunk
    fc.assert(
      fc.property(cuts, (places) => {
        const cut = played(
          said.flatMap((one): (Said | Hole)[] =>
            'missing' in one ? [one] : cutAt(one.bytes, places).map((bytes) => ({ from: one.from, bytes })),
          ),
        );
        const { client, server } = cut.connections.get(1)!.ledger;
        expect(told(cut)).toEqual(expected);
        expect([client.undecoded, server.undecoded]).toEqual(undecoded);
      }),
      { numRuns: 5 },
    );
  });

  test('is a fault, the only one, and counts as what it was', () => {
    const sizes = said.flatMap((one) =>
      'missing' in one ? [`${one.missing} bytes are missing in the capture`] : [],
    );
    expect(session.faults.map(({ detail }) => detail)).toEqual(sizes);
    expect(inspectionStopped).toBeUndefined();
    expect(session.audit()).toMatchObject({ balanced: 1, imbalances: [] });
  });
});

test('a hole is a fault of the exchange that it is in', () => {
  const session = played([ASK, server(`${HEAD}ab`), lost('server', 5), server('hij')]);
  expect(session.faults).toMatchObject([{ exchange: 1, from: 'server', start: 41, rule: 'capture' }]);
  expect(session.exchanges.get(1)!.faults).toBe(1);
});

test('what was compressed is read up to a hole', async () => {
  const conversations = [deflatedWebSocket, await gzippedEventStream()];
  for (const said of conversations) {
    const whole = played(said);
    const last = said.at(-1)!;
    const cut = [...said.slice(0, -1), { ...last, bytes: last.bytes.subarray(0, -9) }, lost(last.from, 6)];
    const session = played([...cut, { ...last, bytes: last.bytes.subarray(-3) }]);
    expect(gross(session.connections.get(1)!.ledger.server)).toBe(
      gross(whole.connections.get(1)!.ledger.server),
    );
    expect(session.faults.map(({ rule }) => rule)).toEqual(['capture']);
    expect(told(session).slice(0, -1)).toEqual(told(whole).slice(0, session.messages.length - 1));
  }
});

test('holes anywhere: nothing fails, every byte is in one class, and what is kept is what came', () => {
  const streams = [http, webSocket, eventStream, deflatedWebSocket];
  const hole = fc.record({ at: fc.nat(200), length: fc.integer({ min: 1, max: 40 }) });
  fc.assert(
    fc.property(
      fc.constantFrom(...streams),
      fc.array(hole, { minLength: 1, maxLength: 4 }),
      (said, holes) => {
        const places = new Map(holes.map(({ at, length }) => [at % said.length, length]));
        const session = played(
          said.flatMap((one, index) => {
            const length = Math.min(places.get(index) ?? 0, one.bytes.length);
            const at = (length * 7) % (one.bytes.length - length + 1);
            const rest = { ...one, bytes: one.bytes.subarray(at + length) };
            const pieces = [{ ...one, bytes: one.bytes.subarray(0, at) }, lost(one.from, length), rest];
            return length === 0 ? [one] : pieces;
          }),
        );
        expect(session.connections.get(1)!.inspectionStopped).toBeUndefined();
        expect(session.audit().imbalances).toEqual([]);
        for (let number = 0; number < session.messages.length; number++) {
          const { kind, payload } = session.messages.row(number);
          if (kind === 'event' || kind === 'comment' || payload === 0) continue;
          const missing = session.messages.missing(number)?.length ?? 0;
          expect(session.messages.bytes(number)).toHaveLength(payload - missing);
        }
      },
    ),
    { numRuns: 60 },
  );
});
