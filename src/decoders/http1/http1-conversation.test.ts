import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bytes, Side } from '../../tap.ts';
import { cutAt, cuts } from '../../testing/cuts.ts';
import { growth, MOST_GROWTH } from '../../testing/growth.ts';
import { wire } from '../../testing/http1-story.ts';
import { BEGINNING } from '../layer.ts';
import type { WireEvent } from '../wire-event.ts';
import { Http1Conversation } from './http1-conversation.ts';
import { HTTP1_LIMITS } from './limits.ts';

/** What a side sends, or `end` for the end of its stream. */
type Turn = readonly [from: Side, text: string | 'end'];

/** Bytes that the events account for, by side: each event follows the one before. */
function usedBytes(events: readonly WireEvent[]): Record<Side, number> {
  const used = { client: 0, server: 0 };
  for (const event of events) {
    if (!('start' in event) || event.type === 'fault') continue;
    const from = event.type === 'request' ? 'client' : event.type === 'response' ? 'server' : event.from;
    expect(event.start).toBe(used[from]);
    used[from] += weight(event);
  }
  return used;
}

function weight(event: WireEvent): number {
  switch (event.type) {
    case 'request':
    case 'response':
    case 'undecoded':
      return event.length;
    case 'body':
      return event.framing + event.bytes.length;
    case 'body-end':
      return event.framing + event.head;
    default:
      return 0;
  }
}

/** A line for each event; of body slices one line, with all their framing, where the body ends. */
function lines(events: readonly WireEvent[]): string[] {
  const bodies = { client: { text: '', framing: 0 }, server: { text: '', framing: 0 } };
  const undecoded = { client: '', server: '' };
  const told: string[] = [];
  for (const event of events) {
    if (event.type === 'body') {
      bodies[event.from].text += Buffer.from(event.bytes).toString('latin1');
      bodies[event.from].framing += event.framing;
    } else if (event.type === 'body-end') {
      const { text, framing } = bodies[event.from];
      const end = `${event.framing}+${event.head}${event.complete ? '' : ' incomplete'}`;
      told.push(`${event.exchange} ${event.from} body-end ${JSON.stringify(text)} ${framing} ${end}`);
      bodies[event.from] = { text: '', framing: 0 };
    } else if (event.type === 'undecoded') {
      const line = `${event.exchange} ${event.from} undecoded`;
      if (undecoded[event.from] !== line) told.push(line);
      undecoded[event.from] = line;
    } else told.push(line(event));
  }
  return told;
}

function line(event: WireEvent): string {
  switch (event.type) {
    case 'request':
      return `${event.exchange} request ${event.head.method} ${event.length}`;
    case 'response':
      return `${event.exchange} response ${event.head.status} ${event.length}`;
    case 'fault':
      return `${event.exchange} ${event.from} fault ${event.rule}`;
    case 'exchange':
      return `${event.exchange} opened as ${event.protocol}`;
    default:
      return `${event.exchange} ${event.type}`;
  }
}

/** What is told of these turns up to both ends, each pushed in pieces. */
function converse(
  turns: readonly Turn[],
  cut: (bytes: Bytes) => readonly Bytes[] = (bytes) => [bytes],
  conversation = new Http1Conversation(),
): string[] {
  const events: WireEvent[] = [];
  const sent = { client: 0, server: 0 };
  for (const [from, text] of turns) {
    if (text === 'end') events.push(...conversation.end(from));
    else for (const piece of cut(wire(text))) events.push(...pushed(conversation, from, piece));
    if (text !== 'end') sent[from] += text.length;
  }
  const used = usedBytes(events);
  const rest = conversation.switched()?.rest;
  expect(used.client + (rest?.client.length ?? 0)).toBe(sent.client);
  expect(used.server + (rest?.server.length ?? 0)).toBe(sent.server);
  return lines(events);
}

/** Pushes bytes on loan, which stay as they are, and spoils them behind it. */
function pushed(conversation: Http1Conversation, from: Side, bytes: Bytes): WireEvent[] {
  const lent = Buffer.from(bytes);
  const events = conversation.push(from, lent);
  expect(lent.equals(bytes)).toBe(true);
  const kept = events.map((event) =>
    event.type === 'body' ? { ...event, bytes: Buffer.from(event.bytes) } : event,
  );
  lent.fill('?');
  return kept;
}

const bytes = (text: string): Bytes => Uint8Array.from(wire(text));

const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const post = 'POST / HTTP/1.1\r\nHost: x\r\n';
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const upgrade = 'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: y\r\n\r\n';
const switching = 'HTTP/1.1 101 \r\nUpgrade: y\r\n\r\n';

const ends: readonly Turn[] = [
  ['client', 'end'],
  ['server', 'end'],
];

const asked = (number: number): string[] => [
  `${number} opened as http1`,
  `${number} request GET 27`,
  `${number} client body-end "" 0 0+0`,
];
const answered = (number: number): string[] => [
  `${number} response 200 38`,
  `${number} server body-end "ok" 0 0+0`,
  `${number} exchange-closed`,
];

const cases: readonly { name: string; turns: readonly Turn[]; told: readonly string[] }[] = [
  {
    name: 'one after another on a kept connection',
    turns: [['client', get], ['server', ok], ['client', get], ['server', ok], ...ends],
    told: [...asked(1), ...answered(1), ...asked(2), ...answered(2)],
  },
  {
    name: 'pipelined: answers belong to requests in their order',
    turns: [['client', get + get + get], ['server', ok + ok + ok], ...ends],
    told: [...asked(1), ...asked(2), ...asked(3), ...answered(1), ...answered(2), ...answered(3)],
  },
  {
    name: 'HEAD has no body, and the next answer is found',
    turns: [['client', get.replace('GET', 'HEAD') + get], ['server', ok.slice(0, -2) + ok], ...ends],
    told: [
      ...['1 opened as http1', '1 request HEAD 28', '1 client body-end "" 0 0+0', ...asked(2)],
      ...['1 response 200 38', '1 server body-end "" 0 0+0', '1 exchange-closed', ...answered(2)],
    ],
  },
  {
    name: 'chunks both ways: framing goes with the bytes behind it, trailers with the end',
    turns: [
      ['client', `${post}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nA: b\r\n\r\n`],
      ['server', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
      ...ends,
    ],
    told: [
      ...['1 opened as http1', '1 request POST 56', '1 client body-end "abcde" 8 7+6'],
      ...['1 response 200 47', '1 server body-end "ok" 3 7+0', '1 exchange-closed'],
    ],
  },
  {
    name: '100 and 103 before the answer',
    turns: [
      ['client', `${post}Expect: 100-continue\r\nContent-Length: 1\r\n\r\n`],
      ['server', 'HTTP/1.1 100 \r\n\r\nHTTP/1.1 103 \r\n\r\n'],
      ['client', 'a'],
      ['server', ok],
      ...ends,
    ],
    told: [
      ...['1 opened as http1', '1 request POST 69', '1 response 100 17', '1 response 103 17'],
      ...['1 client body-end "a" 0 0+0', ...answered(1)],
    ],
  },
  {
    name: 'an answer before the request is whole: closed when both are',
    turns: [
      ['client', `${post}Content-Length: 2\r\n\r\na`],
      ['server', ok],
      ['client', `a${get}`],
      ['server', ok],
      ...ends,
    ],
    told: [
      ...['1 opened as http1', '1 request POST 47', '1 response 200 38', '1 server body-end "ok" 0 0+0'],
      ...['1 client body-end "aa" 0 0+0', '1 exchange-closed', ...asked(2), ...answered(2)],
    ],
  },
  {
    name: 'until the close',
    turns: [
      ['client', get],
      ['server', 'HTTP/1.0 200 OK\r\n\r\nabc'],
      ['server', 'end'],
      ['client', 'end'],
    ],
    told: [...asked(1), '1 response 200 19', '1 server body-end "abc" 0 0+0', '1 exchange-closed'],
  },
  {
    name: 'answers to requests from before the capture began',
    turns: [['server', ok + ok], ['client', get], ['server', ok], ...ends],
    told: [
      ...['1 opened as http1', ...answered(1), '2 opened as http1', ...answered(2)],
      ...[...asked(3), ...answered(3)],
    ],
  },
  {
    name: 'a 100 from before the capture began, and its answer',
    turns: [['server', `HTTP/1.1 100 \r\n\r\n${ok}`], ...ends],
    told: ['1 opened as http1', '1 response 100 17', ...answered(1)],
  },
  {
    name: 'a refused upgrade: what the client pipelined is read on as HTTP',
    turns: [['client', upgrade + get], ['server', ok], ['server', ok], ...ends],
    told: [
      ...['1 opened as http1', '1 request GET 39', '1 client body-end "" 0 0+0', '1 response 200 38'],
      ...[...asked(2), '1 server body-end "ok" 0 0+0', '1 exchange-closed', ...answered(2)],
    ],
  },
  {
    name: 'an upgrade without an answer: what the client sent is read as HTTP at the end',
    turns: [['client', `${upgrade}${get}`], ...ends],
    told: [
      ...['1 opened as http1', '1 request GET 39', '1 client body-end "" 0 0+0', ...asked(2)],
      ...['1 exchange-closed', '2 exchange-closed'],
    ],
  },
  {
    name: 'an upgrade behind the end of the server: read as HTTP at the end of the client',
    turns: [
      ['server', 'end'],
      ['client', `${upgrade}${get}`],
      ['client', 'end'],
    ],
    told: [
      ...['1 opened as http1', '1 request GET 39', '1 client body-end "" 0 0+0', ...asked(2)],
      ...['1 exchange-closed', '2 exchange-closed'],
    ],
  },
  {
    name: 'streams cut off in the middle of two bodies',
    turns: [
      ['client', `${post}Content-Length: 9\r\n\r\na`],
      ['server', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n2'],
      ...ends,
    ],
    told: [
      ...['1 opened as http1', '1 request POST 47', '1 response 200 47'],
      ...['1 client fault RFC 9112 section 8', '1 client body-end "a" 0 0+0 incomplete'],
      ...[
        '1 server fault RFC 9112 section 8',
        '1 server body-end "ok" 3 2+0 incomplete',
        '1 server undecoded',
        '1 exchange-closed',
      ],
    ],
  },
  {
    name: 'a request that cannot be read, behind one that waits for its answer',
    turns: [['client', `${get}junk\r\n\r\n`], ['server', ok], ...ends],
    told: [...asked(1), '0 client fault RFC 9112 section 3', '0 client undecoded', ...answered(1)],
  },
  {
    name: 'an answer that cannot be read belongs to the request that waits',
    turns: [['client', get], ['server', 'junk\r\n\r\n'], ...ends],
    told: [...asked(1), '1 server fault RFC 9112 section 4', '1 server undecoded', '1 exchange-closed'],
  },
  {
    name: 'chunks that cannot be read on: what follows belongs to the exchange',
    turns: [
      ['client', get],
      ['server', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokX\r\n'],
      ['client', get],
      ...ends,
    ],
    told: [
      ...[...asked(1), '1 response 200 47', '1 server fault RFC 9112 section 7.1'],
      ...[
        '1 server body-end "ok" 3 0+0 incomplete',
        '1 server undecoded',
        ...asked(2),
        '1 exchange-closed',
        '2 exchange-closed',
      ],
    ],
  },
  {
    name: 'smuggling: told in the exchange that tries it',
    turns: [
      ['client', `${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${get}`],
      ['server', ok + ok],
      ...ends,
    ],
    told: [
      ...[
        '1 opened as http1',
        '1 request POST 75',
        '1 client fault RFC 9112 section 6.1',
        '1 client body-end "" 0 5+0',
      ],
      ...[...asked(2), ...answered(1), ...answered(2)],
    ],
  },
  {
    name: 'a switch: the exchange stays open, the rest is not told',
    turns: [['client', upgrade], ['server', `${switching}abc`], ['client', 'de'], ...ends],
    told: [
      ...['1 opened as http1', '1 request GET 39', '1 client body-end "" 0 0+0'],
      ...['1 response 101 29', '1 server body-end "" 0 0+0'],
    ],
  },
];

describe.each(cases)('$name', ({ turns, told }) => {
  test('in one piece', () => {
    expect(converse(turns)).toEqual(told);
  });

  test('byte by byte', () => {
    const cut = (bytes: Bytes): Bytes[] => Array.from(bytes, (byte) => Uint8Array.of(byte));
    expect(converse(turns, cut)).toEqual(told);
  });

  test('however it is cut', () => {
    fc.assert(
      fc.property(cuts, (places) => {
        expect(converse(turns, (bytes) => cutAt(Uint8Array.from(bytes), places))).toEqual(told);
      }),
      { numRuns: 20 },
    );
  });
});

describe('a switch of protocols', () => {
  test('gives the heads, and what either side sent already', () => {
    const conversation = new Http1Conversation({ exchange: 5, isOpen: false, client: 0, server: 0 });
    conversation.push('client', wire(get + upgrade));
    conversation.push('client', wire('early'));
    conversation.push('server', wire(ok));
    expect(conversation.switched()).toBeUndefined();
    conversation.push('server', wire(`${switching}late`));
    expect(conversation.switched()).toMatchObject({
      exchange: 6,
      request: { method: 'GET', fields: [{ name: 'Host' }, { name: 'Upgrade' }] },
      response: { status: 101 },
      rest: { client: bytes('early'), server: bytes('late') },
    });
    expect(conversation.end('client')).toEqual([]);
  });

  test('happens behind a 2xx to CONNECT, and not behind another answer', () => {
    const conversation = new Http1Conversation();
    const connect = 'CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n';
    conversation.push('client', wire(connect));
    conversation.push('server', wire('HTTP/1.1 407 \r\nContent-Length: 0\r\n\r\n'));
    expect(conversation.switched()).toBeUndefined();
    conversation.push('client', wire(`${connect}abc`));
    conversation.push('server', wire('HTTP/1.1 200 \r\n\r\n'));
    expect(conversation.switched()).toMatchObject({
      exchange: 2,
      request: { method: 'CONNECT' },
      rest: { client: bytes('abc') },
    });
  });

  test('that no request asked for is a fault, and ends the others', () => {
    const conversation = new Http1Conversation();
    conversation.push('client', wire(`${get}${post}Content-Length: 3\r\n\r\na`));
    expect(lines(conversation.push('server', wire(switching)))).toEqual([
      '1 response 101 29',
      '1 server fault RFC 9110 section 15.2.2',
      '2 client body-end "" 0 0+0 incomplete',
      '1 server body-end "" 0 0+0',
      '2 exchange-closed',
    ]);
    expect(conversation.switched()).toMatchObject({
      exchange: 1,
      request: undefined,
      response: { status: 101 },
    });
  });

  test('may be all that is seen of it', () => {
    const conversation = new Http1Conversation();
    conversation.push('server', wire(switching));
    expect(conversation.switched()).toMatchObject({
      exchange: 1,
      request: undefined,
      rest: { client: bytes('') },
    });
  });
});

describe('a response that no request asked for', () => {
  const unasked = 'server fault RFC 9112 section 9.2';

  test.each<{ name: string; turns: readonly Turn[]; faults: readonly string[] }>([
    { name: 'the first of a capture', turns: [['server', ok]], faults: [] },
    { name: 'a second one of a capture', turns: [['server', ok + ok]], faults: [] },
    {
      name: 'behind the answer',
      turns: [
        ['client', get],
        ['server', ok + ok],
      ],
      faults: [`2 ${unasked}`],
    },
    {
      name: 'while a request is under way, which it may answer early',
      turns: [
        ['client', get],
        ['server', ok],
        ['client', 'GET / HT'],
        ['server', ok],
      ],
      faults: ['0 client fault RFC 9112 section 8'],
    },
    {
      name: 'behind a request that could not be read',
      turns: [
        ['client', `${get}junk\r\n\r\n`],
        ['server', ok + ok],
      ],
      faults: ['0 client fault RFC 9112 section 3'],
    },
    {
      name: 'informational ones belong to what follows them',
      turns: [
        ['client', get],
        ['server', `HTTP/1.1 103 \r\n\r\nHTTP/1.1 103 \r\n\r\n${ok}`],
      ],
      faults: [],
    },
  ])('$name', ({ turns, faults }) => {
    expect(converse([...turns, ...ends]).filter((line) => line.includes('fault'))).toEqual(faults);
  });
});

test('too many requests without an answer: the further ones are counted, wherever they are cut', () => {
  const story = (cut?: (bytes: Bytes) => readonly Bytes[]): string[] =>
    converse(
      [['client', `${get.repeat(3)}${post}Content-Length: 2\r\n\r\nab`], ['server', ok], ...ends],
      cut,
      new Http1Conversation(BEGINNING, { ...HTTP1_LIMITS, open: 2 }),
    );
  const told = [
    ...asked(1),
    ...asked(2),
    '0 client fault limit',
    '0 client undecoded',
    ...answered(1),
    '2 exchange-closed',
  ];
  expect(story()).toEqual(told);
  expect(story((bytes) => Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(told);
});

test('thousands of pipelined requests take no longer than their number', () => {
  const pipeline = (count: number) => {
    const conversation = new Http1Conversation();
    conversation.push('client', wire(get.repeat(count)));
    const told = conversation.push('server', wire(ok.repeat(count)));
    expect(told.filter(({ type }) => type === 'exchange-closed')).toHaveLength(count);
  };
  expect(growth(pipeline, 500)).toBeLessThan(MOST_GROWTH);
});

describe('any bytes from both sides in any order', () => {
  const piece = fc.constantFrom(
    ...[
      get,
      post,
      ok,
      upgrade,
      switching,
      'CONNECT x HTTP/1.1\r\n\r\n',
      'HTTP/1.1 200 \r\n\r\n',
      'HTTP/1.1 100 \r\n\r\n',
    ],
    ...[
      'Content-Length: 3\r\n\r\n',
      'Transfer-Encoding: chunked\r\n\r\n',
      '3\r\nabc\r\n',
      '0\r\n\r\n',
      'a',
      '\r\n',
      '\0',
    ],
  );
  const turn = fc.tuple(fc.constantFrom<Side>('client', 'server'), piece);

  test('never throw, every byte is in one place, and every exchange is closed once', () => {
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 20 }), cuts, (turns, places) => {
        const conversation = new Http1Conversation();
        const cut = (given: Bytes): Bytes[] => cutAt(Uint8Array.from(given), places);
        const told = converse([...turns, ...ends], cut, conversation);
        const opened = told.filter((line) => line.includes('opened')).map(Number.parseFloat);
        const closed = told.filter((line) => line.includes('closed')).map(Number.parseFloat);
        const switched = conversation.switched()?.exchange;
        expect(closed.sort((a, b) => a - b)).toEqual(opened.filter((number) => number !== switched));
        expectSilenceBehindClosing(told);
      }),
      { numRuns: 300 },
    );
  });
});

function expectSilenceBehindClosing(told: readonly string[]): void {
  const closed = new Set<number>();
  for (const line of told) {
    const exchange = Number.parseFloat(line);
    expect(closed.has(exchange)).toBe(false);
    if (line.endsWith('exchange-closed')) closed.add(exchange);
  }
}
