import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bytes } from '../tap.ts';
import { LentBytes } from './lent-bytes.ts';
import { SseDecoder } from './sse.ts';
import { SSE_LIMITS, type SseEvent, type SseLimits, type SseMessage } from './sse-event.ts';

const bytesOf = (text: string): Bytes => Uint8Array.from(Buffer.from(text, 'latin1'));
const textOf = (bytes: Bytes): string => Buffer.from(bytes).toString('latin1');

function pieces(bytes: Bytes, cuts: readonly number[]): Bytes[] {
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}

/** All that is told of bytes that are lent for one push, and spoilt when the loan is over. */
function decode(bytes: Bytes, cuts: readonly number[] = [], limits: SseLimits = SSE_LIMITS): SseEvent[] {
  const decoder = new SseDecoder(limits);
  const events = pieces(bytes, cuts).flatMap((piece) => {
    const lent = Buffer.from(piece);
    const told = decoder.push(lent).map(copied);
    expect(lent.equals(piece)).toBe(true);
    lent.fill('?');
    return told;
  });
  return [...events, ...decoder.end()];
}

function copied(event: SseEvent): SseEvent {
  return event.type === 'message' ? { ...event, data: Uint8Array.from(event.data) } : event;
}

/** What was told, in words: kind and name, id, data; and what a fault breaks. */
function story(events: readonly SseEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.type === 'fault') return [`fault ${event.rule}`];
    return event.type === 'rest' ? [] : [line(event)];
  });
}

function line({ kind, name, id, data, dispatched, complete }: SseMessage): string {
  const words = [kind, name, id && `#${id}`, JSON.stringify(textOf(data))];
  if (kind === 'event' && !dispatched) words.push('not dispatched');
  if (!complete) words.push('incomplete');
  return words.filter(Boolean).join(' ');
}

interface Totals {
  readonly payload: number;
  /** Framing and control: a LF that was cut from the CR of a comment moves from one to the other. */
  readonly overhead: number;
}

function totals(events: readonly SseEvent[]): Totals {
  let payload = 0;
  let overhead = 0;
  for (const event of events) {
    if (event.type === 'fault') continue;
    overhead += event.framing;
    if (event.type === 'rest') continue;
    overhead += event.control;
    payload += event.payload;
  }
  return { payload, overhead };
}

const BOM = '\xef\xbb\xbf';
const DISCARDED = 'fault WHATWG HTML section 9.2.6';
const IGNORED = DISCARDED;

const cases: readonly { name: string; wire: string; told: readonly string[]; payload: number }[] = [
  // The examples of WHATWG HTML section 9.2.6.
  {
    name: 'the stock ticker',
    wire: 'data: YHOO\ndata: +2\ndata: 10\n\n',
    told: ['event message "YHOO\\n+2\\n10"'],
    payload: 8,
  },
  {
    name: 'the test stream',
    wire: ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n',
    told: [
      'comment " test stream"',
      'event message #1 "first event"',
      'event message "second event"',
      'event message " third event"',
    ],
    payload: 11 + 1 + 12 + 12,
  },
  {
    name: 'the test stream without its last blank line',
    wire: 'data:  third event\n',
    told: [DISCARDED, 'event message " third event" incomplete'],
    payload: 12,
  },
  {
    name: 'data fields without data',
    wire: 'data\n\ndata\ndata\n\ndata:',
    told: ['event message ""', 'event message "\\n"', DISCARDED, 'event message "" incomplete'],
    payload: 0,
  },
  {
    name: 'a space behind the colon is no data',
    wire: 'data:test\n\ndata: test\n\n',
    told: ['event message "test"', 'event message "test"'],
    payload: 8,
  },

  { name: 'nothing', wire: '', told: [], payload: 0 },
  { name: 'LF', wire: 'event: a\ndata: b\n\n', told: ['event a "b"'], payload: 2 },
  { name: 'CR', wire: 'event: a\rdata: b\r\r', told: ['event a "b"'], payload: 2 },
  { name: 'CR LF', wire: 'event: a\r\ndata: b\r\n\r\n', told: ['event a "b"'], payload: 2 },
  {
    name: 'line ends mixed',
    wire: 'data: a\r\ndata: b\rdata: c\n\rdata: d\n\r\n',
    told: ['event message "a\\nb\\nc"', 'event message "d"'],
    payload: 4,
  },
  { name: 'a BOM', wire: `${BOM}data: a\n\n`, told: ['event message "a"'], payload: 1 },
  { name: 'a BOM before a blank line', wire: `${BOM}\ndata: a\n\n`, told: ['event message "a"'], payload: 1 },
  { name: 'a BOM and the end', wire: BOM, told: [], payload: 0 },
  { name: 'two BOMs, of which the second is a field', wire: `${BOM}${BOM}data: a\n\n`, told: [], payload: 0 },
  {
    name: 'a BOM in the middle',
    wire: `data: a\n\n${BOM}data: b\n\n`,
    told: ['event message "a"'],
    payload: 1,
  },
  { name: 'data with a BOM', wire: `data: ${BOM}a\n\n`, told: [`event message "${BOM}a"`], payload: 4 },
  {
    name: 'comments between the fields of an event',
    wire: 'data: a\n:ping\ndata: b\n: pong\n\n',
    told: ['comment "ping"', 'comment " pong"', 'event message "a\\nb"'],
    payload: 2,
  },
  { name: 'a comment of nothing', wire: ':\n', told: ['comment ""'], payload: 0 },
  { name: 'a comment cut off', wire: ': pi', told: ['comment " pi" incomplete'], payload: 0 },
  {
    name: 'the last event type counts',
    wire: 'event: a\nevent: b\ndata\n\n',
    told: ['event b ""'],
    payload: 2,
  },
  {
    name: 'an event type taken back',
    wire: 'event: a\nevent\ndata\n\n',
    told: ['event message ""'],
    payload: 1,
  },
  {
    name: 'an event type is of one event, an id of all that follow',
    wire: 'event: a\nid: 7\ndata: x\n\ndata: y\n\nid:\ndata: z\n\n',
    told: ['event a #7 "x"', 'event message #7 "y"', 'event message "z"'],
    payload: 5,
  },
  {
    name: 'an id with NUL is ignored',
    wire: 'id: 1\ndata: a\n\nid: 2\x003\ndata: b\n\n',
    told: ['event message #1 "a"', IGNORED, 'event message #1 "b"'],
    payload: 3,
  },
  { name: 'an id alone', wire: 'id: 5\n\n', told: ['event message #5 "" not dispatched'], payload: 1 },
  { name: 'an event type alone', wire: 'event: a\n\n', told: ['event a "" not dispatched'], payload: 1 },
  { name: 'a retry alone', wire: 'retry: 3000\n\n', told: ['comment retry "3000"'], payload: 0 },
  { name: 'a retry and the end', wire: 'retry: 3000', told: ['comment retry "3000"'], payload: 0 },
  {
    name: 'a retry in an event',
    wire: 'retry: 9\ndata: a\nretry:8\n\n',
    told: ['event message "a"'],
    payload: 1,
  },
  { name: 'a retry that is no number', wire: 'retry: 3s\n\nretry\n\n', told: [IGNORED, IGNORED], payload: 0 },
  {
    name: 'unknown fields, and known ones misspelt',
    wire: 'foo: bar\nDATA: a\ndata : b\ndat\nidx: 3\ndata: c\nevents: d\n\n',
    told: ['event message "c"'],
    payload: 1,
  },
  { name: 'an unknown field alone', wire: 'foo: bar\n\n', told: [], payload: 0 },
  { name: 'blank lines', wire: '\n\n\ndata: a\n\n\n\n', told: ['event message "a"'], payload: 1 },
  { name: 'data with colons', wire: 'data: a: b:\n\n', told: ['event message "a: b:"'], payload: 5 },
  {
    name: 'data that is not UTF-8',
    wire: 'data: \xc3\ndata: \xff\n\n',
    told: ['fault WHATWG HTML section 9.2.6', 'event message "\xc3\\n\xff"'],
    payload: 2,
  },
  {
    name: 'an event cut off',
    wire: 'event: a\nda',
    told: [DISCARDED, 'event a "" not dispatched incomplete'],
    payload: 1,
  },
];

describe.each(cases)('$name', ({ wire, told, payload }) => {
  const bytes = bytesOf(wire);

  test('tells the same however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), (cuts) => {
        const events = decode(bytes, cuts);
        expect(story(events)).toEqual(told);
        expect(totals(events)).toEqual({ payload, overhead: bytes.length - payload });
      }),
      { numRuns: 60 },
    );
    expect(story(decode(bytes, [...bytes.keys()]))).toEqual(told);
  });

  test('leaves the bytes as they were', () => {
    decode(bytes);
    expect(bytes).toEqual(bytesOf(wire));
  });
});

describe('the classes of bytes', () => {
  test('of an event', () => {
    const [event] = decode(bytesOf('id: 12\nevent: tick\ndata: abc\nfoo: bar\nretry: 100\n\n'));
    // Values; names, colons, spaces, line ends and the line that nobody reads; the retry line.
    expect(event).toMatchObject({ start: 0, payload: 2 + 4 + 3, framing: 5 + 8 + 7 + 9 + 1, control: 11 });
  });

  test('of comments with blank lines between them: these are framing of what comes next', () => {
    const [first, second, rest] = decode(bytesOf(': a\n\n: b\n\n'));
    expect(first).toMatchObject({ start: 0, control: 4, framing: 0, payload: 0 });
    expect(second).toMatchObject({ start: 5, control: 4, framing: 1, payload: 0 });
    expect(rest).toEqual({ type: 'rest', framing: 1 });
  });

  test('of a comment inside an event', () => {
    const [comment, event] = decode(bytesOf('\ndata: a\n:c\n\n'));
    expect(comment).toMatchObject({ start: 9, control: 3, framing: 0 });
    expect(event).toMatchObject({ start: 1, payload: 1, framing: 9, control: 0 });
  });
});

test('an event is told with its blank line, a comment with its line end, also at a CR', () => {
  const decoder = new SseDecoder();
  const told = ['data: a', '\n', ': ping', '\n', '\r', '\ndata: b\r', '\n', '\r'];
  expect(told.map((text) => story(decoder.push(bytesOf(text))))).toEqual([
    [],
    [],
    [],
    ['comment " ping"'],
    ['event message "a"'],
    [],
    [],
    ['event message "b"'],
  ]);
});

test('bytes within others are read by themselves, and have the place that the caller names', () => {
  const decoder = new SseDecoder();
  const events: SseEvent[] = [];
  decoder.read(new LentBytes(bytesOf('<<data: a\n\nda>>')), 2, 13, 100, events);
  decoder.read(new LentBytes(bytesOf('<<ta: b\n\r\n')), 2, 9, 200, events); // the LF is not the stream's
  decoder.read(new LentBytes(bytesOf('\n:c\r\n')), 1, 4, 300, events);
  expect(events).toMatchObject([
    { start: 100, framing: 8, payload: 1 },
    { start: 109, framing: 8, payload: 1 },
    { start: 300, control: 3 },
  ]);
});

describe('past a limit bytes are counted, not kept', () => {
  const limits = { line: 20, event: 30 };
  const long = 'x'.repeat(21);

  test.each([
    {
      name: 'a line of data',
      wire: `data: a\ndata: ${long}\n\ndata: b\n\n`,
      told: ['fault limit', 'event message ""', 'event message "b"'],
      payload: 1 + 21 + 1,
    },
    {
      name: 'a line of data that never ends',
      wire: `id: 1\ndata:${long}${long}`,
      told: ['fault limit', DISCARDED, 'event message #1 "" incomplete'],
      payload: 1 + 42,
    },
    {
      name: 'a first line with a BOM',
      wire: `${BOM}data: ${long}\n\n`,
      told: ['fault limit', 'event message ""'],
      payload: 21,
    },
    { name: 'a comment', wire: `:${long}\r\n`, told: ['fault limit', 'comment ""'], payload: 0 },
    { name: 'an unknown field', wire: `x${long}:\n\n`, told: ['fault limit'], payload: 0 },
    { name: 'a retry', wire: `retry: ${'1'.repeat(20)}\n\n`, told: ['fault limit'], payload: 0 },
    {
      name: 'an id and an event type, which stay as they were',
      wire: `id: 1\nid: ${long}\nevent: ${long}\ndata: a\n\n`,
      told: ['fault limit', 'fault limit', 'event message #1 "a"'],
      payload: 1 + 21 + 21 + 1,
    },
    {
      name: 'an event of many lines',
      wire: `${'data: 0123456789\n'.repeat(4)}\ndata: b\n\n`,
      told: ['fault limit', 'event message ""', 'event message "b"'],
      payload: 41,
    },
    {
      name: 'an event at its limit',
      wire: 'data: 01234567890123\ndata: 012345678901234\n\n',
      told: [],
      payload: 29,
    },
  ])('$name', ({ wire, told, payload }) => {
    const bytes = bytesOf(wire);
    fc.assert(
      fc.property(fc.array(fc.nat()), (cuts) => {
        const events = decode(bytes, cuts, limits);
        if (told.length > 0) expect(story(events)).toEqual(told);
        expect(totals(events)).toEqual({ payload, overhead: bytes.length - payload });
      }),
      { numRuns: 60 },
    );
  });

  test('and memory stays flat', () => {
    const decoder = new SseDecoder({ line: 1 << 16, event: 1 << 16 });
    const chunk = new Uint8Array(1 << 16).fill(0x78);
    const before = process.memoryUsage().arrayBuffers;
    decoder.push(bytesOf('data: '));
    for (let count = 0; count < 1000; count++) decoder.push(chunk);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 23);
    expect(totals(decoder.end())).toEqual({ payload: 1000 << 16, overhead: 6 });
  });
});

test('any bytes at all: never throws, and every byte is in one class of one message', () => {
  const token = fc.constantFrom(
    'data',
    'event',
    'id',
    'retry',
    ':',
    ' ',
    '\n',
    '\r',
    '\r\n',
    '\n\n',
    '1',
    '\0',
    BOM,
    'x',
  );
  const wire = fc.oneof(
    fc.array(token).map((tokens) => bytesOf(tokens.join(''))),
    fc.uint8Array(),
  );
  const limits = fc.constantFrom(SSE_LIMITS, { line: 6, event: 9 });
  fc.assert(
    fc.property(wire, fc.array(fc.nat()), limits, (bytes, cuts, bounds) => {
      const events = decode(bytes, cuts, bounds);
      const { payload, overhead } = totals(events);
      expect(payload + overhead).toBe(bytes.length);
      expect(story(events)).toEqual(story(decode(bytes, [], bounds)));
    }),
    { numRuns: 500 },
  );
});
