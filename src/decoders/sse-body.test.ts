import { brotliCompressSync, constants, createGzip, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bytes } from '../tap.ts';
import { type BodySlice, viewOf } from './http1/body-reader.ts';
import { LentBytes } from './lent-bytes.ts';
import { EVENT_STREAM_LIMITS, EventStreamBody, isEventStream } from './sse-body.ts';
import type { WireEvent } from './wire-event.ts';

type BodyEnd = Extract<WireEvent, { readonly type: 'body-end' }>;

const PLACE = { exchange: 3, from: 'server' } as const;
const bytesOf = (text: string): Bytes => Uint8Array.from(Buffer.from(text, 'latin1'));
const textOf = (bytes: Bytes): string => Buffer.from(bytes).toString('latin1');

/** Slices, one behind the other from byte 1000 on, each behind a chunk-size line, all in one piece of memory. */
function bodyOf(pieces: readonly Bytes[], chunkLine: number): { slices: BodySlice[]; end: BodyEnd } {
  const lent = new LentBytes(
    Buffer.concat(pieces.map((piece) => Buffer.concat([Buffer.alloc(chunkLine, '\r\n'), piece]))),
  );
  let from = 0;
  const slices = pieces.map((piece): BodySlice => {
    const start = 1000 + from;
    from += chunkLine + piece.length;
    return { start, framing: chunkLine, lent, from: from - piece.length, to: from };
  });
  const start = 1000 + from;
  return {
    slices,
    end: { type: 'body-end', ...PLACE, start, framing: chunkLine, head: 0, payload: 0, complete: true },
  };
}

function tell(
  contentEncoding: string,
  pieces: readonly Bytes[],
  chunkLine = 0,
  limits = EVENT_STREAM_LIMITS,
): WireEvent[] {
  const stream = new EventStreamBody({ ...PLACE, contentEncoding, limits });
  const { slices, end } = bodyOf(pieces, chunkLine);
  const lent = Buffer.concat(slices.map(viewOf));
  const told: WireEvent[] = [];
  for (const slice of slices) stream.body(slice, told);
  stream.end(end, told);
  expect(Buffer.concat(slices.map(viewOf)).equals(lent)).toBe(true);
  return told;
}

function cut(bytes: Bytes, cuts: readonly number[]): Bytes[] {
  const edges = [0, ...cuts.map((at) => at % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}

/** Bytes in all classes. */
function counted(events: readonly WireEvent[]): number {
  let sum = 0;
  for (const event of events) {
    if (event.type === 'message') sum += event.framing + event.control + event.payload;
    else if (event.type === 'body') sum += event.framing + event.bytes.length;
    else if (event.type === 'body-end') sum += event.framing + event.head + event.payload;
  }
  return sum;
}

function story(events: readonly WireEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.type === 'fault') return [`fault ${event.rule}`];
    if (event.type !== 'message') return [];
    const { kind, name, bytes, complete } = event;
    return [
      [kind, name, JSON.stringify(textOf(bytes)), complete ? '' : 'incomplete'].filter(Boolean).join(' '),
    ];
  });
}

const STREAM = ': hi\n\nevent: tick\ndata: one\n\nid: 2\ndata: two\n\nretry: 10\n\ndata: three\n\n';
const STORY = [
  'comment " hi"',
  'event tick "one"',
  'event message "two"',
  'comment retry "10"',
  'event message "three"',
];

const codings = [
  { contentEncoding: '', bytes: bytesOf(STREAM) },
  { contentEncoding: 'gzip', bytes: gzipSync(STREAM) },
  { contentEncoding: 'deflate', bytes: deflateSync(STREAM) },
  { contentEncoding: 'br', bytes: brotliCompressSync(STREAM) },
];

describe.each(codings)('coded as "$contentEncoding"', ({ contentEncoding, bytes }) => {
  test('it tells the same however the body is cut, and every byte once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.nat(9), (cuts, chunkLine) => {
        const pieces = cut(bytes, cuts);
        const events = tell(contentEncoding, pieces, chunkLine);
        expect(story(events)).toEqual(STORY);
        expect(counted(events)).toBe(bytes.length + chunkLine * (pieces.length + 1));
        expect(events.at(-1)).toMatchObject({ type: 'body-end', head: 0, complete: true });
      }),
      { numRuns: 60 },
    );
  });

  test('a stream that ends inside an event tells its bytes with it', () => {
    const unfinished = bytesOf('data: a\n\ndata: b');
    const wire = {
      '': unfinished,
      gzip: gzipSync(unfinished),
      deflate: deflateSync(unfinished),
      br: brotliCompressSync(unfinished),
    };
    const pieces = cut(wire[contentEncoding as keyof typeof wire], [5, 12]);
    const events = tell(contentEncoding, pieces, 3);
    expect(story(events)).toEqual([
      'event message "a"',
      'fault WHATWG HTML section 9.2.6',
      'event message "b" incomplete',
    ]);
    expect(counted(events)).toBe(pieces.reduce((sum, piece) => sum + piece.length, 0) + 4 * 3);
  });
});

describe('a plain stream', () => {
  test('has the classes that the decoder tells, and places in the direction', () => {
    const events = tell('', [bytesOf('id:7\ndata: one\n\n:hi\n')]);
    expect(events).toEqual([
      {
        type: 'message',
        kind: 'event',
        ...PLACE,
        start: 1000,
        framing: 12,
        control: 0,
        payload: 4,
        bytes: bytesOf('one'),
        content: undefined,
        name: 'message',
        id: '7',
        complete: true,
      },
      expect.objectContaining({
        kind: 'comment',
        start: 1016,
        framing: 0,
        control: 4,
        payload: 0,
        bytes: bytesOf('hi'),
      }),
      { type: 'body-end', ...PLACE, start: 1020, framing: 0, head: 0, payload: 0, complete: true },
    ]);
  });

  test('books a chunk-size line on the message that holds the next byte', () => {
    const events = tell('', ['data: ', 'one\n\ndata: two\n', '\n'].map(bytesOf), 7);
    expect(events).toMatchObject([
      { start: 1007, framing: 7 + 6 + 7 + 2, payload: 3 },
      { start: 1000 + 7 + 6 + 7 + 5, framing: 7 + 7 + 1, payload: 3 },
      { type: 'body-end', framing: 7 },
    ]);
  });
});

describe('a compressed stream', () => {
  test('is payload, shared out among the events that a slice completes by their length', async () => {
    const gzip = createGzip();
    const flushed = async (text: string): Promise<Bytes> => {
      gzip.write(text);
      await new Promise<void>((done) => gzip.flush(constants.Z_SYNC_FLUSH, done));
      return gzip.read();
    };
    const first = await flushed('data: one\n\n');
    const half = await flushed('data: a');
    const others = await flushed('\n\ndata: thirteen more\n\n:c\n');
    const events = tell('gzip', [first, half, others], 5);
    const waiting = half.length + others.length;
    const share = Math.floor((waiting * 9) / 33);
    const second = Math.floor(((waiting - share) * 21) / 24);
    expect(events).toMatchObject([
      { start: 1000, framing: 5, control: 0, payload: first.length },
      { start: 1005 + first.length, framing: 10, control: 0, payload: share },
      { start: 1015 + first.length + share, framing: 0, control: 0, payload: second },
      { kind: 'comment', framing: 0, control: 0, payload: waiting - share - second },
      { type: 'body-end', framing: 5 },
    ]);
    const contents = events.map(
      (event) => event.type === 'message' && event.content && textOf(event.content),
    );
    expect(contents).toEqual(['one', 'a', 'thirteen more', 'c', false]);
    expect(counted(events)).toBe(first.length + waiting + 4 * 5);
  });

  test('that is broken is told as a body from there on', () => {
    const good = gzipSync('data: one\n\ndata: tw', { finishFlush: constants.Z_SYNC_FLUSH });
    const bad = bytesOf('\xff\xff\xff\xff');
    const events = tell('gzip', [good.subarray(0, 5), good.subarray(5), good.subarray(0, 0), bad, bad], 2);
    expect(events).toMatchObject([
      { type: 'message', payload: good.length, framing: 4, complete: true },
      { type: 'message', payload: 0, name: 'message', complete: false },
      { type: 'fault', rule: 'RFC 9110 section 8.4', start: 1000 + good.length + 6 },
      { type: 'body', bytes: bad },
      { type: 'body', bytes: bad },
      { type: 'body-end' },
    ]);
    expect(counted(events)).toBe(good.length + 8 + 12);
  });

  test('that is broken from its start has bytes of which nothing came out', () => {
    const events = tell('gzip', [bytesOf('\x1f'), bytesOf('\x8bxx'), bytesOf('y')], 0);
    expect(events).toMatchObject([
      { type: 'message', payload: 1, bytes: new Uint8Array(), complete: false },
      { type: 'fault', rule: 'RFC 9110 section 8.4', detail: expect.stringContaining('compression method') },
      { type: 'body', bytes: bytesOf('\x8bxx') },
      { type: 'body', bytes: bytesOf('y') },
      { type: 'body-end', framing: 0 },
    ]);
  });

  test('in an unknown coding is a body', () => {
    const events = tell('rot13', [bytesOf('qngn')], 4);
    expect(events).toMatchObject([
      { type: 'fault', start: 1000, rule: 'RFC 9110 section 8.4', detail: 'unknown content coding rot13' },
      { type: 'body', framing: 4, bytes: bytesOf('qngn') },
      { type: 'body-end' },
    ]);
  });

  test('that inflates to too much is a body from there on', () => {
    const bomb = gzipSync(`data: ${'x'.repeat(10_000)}\n\n`);
    const events = tell('gzip', [bomb], 0, { ...EVENT_STREAM_LIMITS, inflated: 1000 });
    expect(story(events)).toEqual(['fault limit']);
    expect(counted(events)).toBe(bomb.length);
  });
});

test('any body at all: every byte is told once, whatever the coding', () => {
  const encoding = fc.constantFrom('', 'gzip', 'deflate', 'br', 'zstd', 'gzip, br', 'unknown');
  const wire = fc.oneof(
    fc.constantFrom(...codings).map(({ bytes }) => bytes),
    fc.tuple(fc.constantFrom(...codings), fc.nat(), fc.nat(255)).map(([{ bytes }, at, value]) => {
      const damaged = Uint8Array.from(bytes);
      damaged[at % damaged.length] = value;
      return damaged;
    }),
    fc.uint8Array(),
  );
  const limits = fc.constantFrom(EVENT_STREAM_LIMITS, { line: 8, event: 12, inflated: 20 });
  fc.assert(
    fc.property(
      encoding,
      wire,
      fc.array(fc.nat()),
      fc.nat(9),
      limits,
      (contentEncoding, bytes, cuts, chunkLine, bounds) => {
        const pieces = cut(bytes, cuts);
        const events = tell(contentEncoding, pieces, chunkLine, bounds);
        expect(counted(events)).toBe(bytes.length + chunkLine * (pieces.length + 1));
      },
    ),
    { numRuns: 300 },
  );
});

test.each([
  { contentType: 'text/event-stream', told: true },
  { contentType: 'text/event-stream; charset=utf-8', told: true },
  { contentType: ' Text/Event-Stream ;charset=UTF-8', told: true },
  { contentType: 'text/event-streams', told: false },
  { contentType: 'application/json', told: false },
  { contentType: '', told: false },
  { contentType: undefined, told: false },
])('$contentType is an event stream: $told', ({ contentType, told }) => {
  expect(isEventStream(contentType)).toBe(told);
});
