import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bytes } from '../../tap.ts';
import { cutAt, cuts } from '../../testing/cuts.ts';
import { wire } from '../../testing/http1-story.ts';
import { ByteQueue } from '../byte-queue.ts';
import { ChunkedReader, readChunkSize } from './chunked.ts';
import { type ChunkedEvent, ChunkedEvents } from './chunked-events.ts';
import { HTTP1_LIMITS } from './limits.ts';

interface Told {
  body: string;
  /** Bytes of framing. */
  framing: number;
  trailers: string[];
  faults: string[];
  /** How it went out, and how many bytes it left. */
  outcome: string;
}

const limits = { ...HTTP1_LIMITS, chunkLine: 20, trailers: 30, fieldLines: 3 };

function read(pieces: readonly Bytes[]): Told {
  const reader = new ChunkedReader(limits);
  const waiting = new ByteQueue();
  const told: Told = { body: '', framing: 0, trailers: [], faults: [], outcome: 'more' };
  let offset = 7; // not 0, so that a place within the body is not taken for one in the stream
  let outcome = 'more';
  for (const piece of pieces) {
    waiting.add(piece);
    if (outcome !== 'more') continue;
    const events: ChunkedEvent[] = [];
    const before = waiting.length;
    outcome = reader.read(waiting, offset, new ChunkedEvents(events));
    offset = expectPlaces(events, offset);
    expect(before - waiting.length).toBe(events.reduce((sum, event) => sum + lengthOf(event), 0));
    for (const event of events) note(event, told);
    waiting.keep();
  }
  told.outcome = `${outcome}, ${waiting.length} left`;
  return told;
}

function lengthOf(event: ChunkedEvent): number {
  return event.type === 'fault' ? 0 : event.length;
}

/** Where the events end that begin at `offset`: each follows the one before. */
function expectPlaces(events: readonly ChunkedEvent[], offset: number): number {
  for (const event of events) {
    if (event.type !== 'fault') expect(event.start).toBe(offset);
    offset += lengthOf(event);
  }
  return offset;
}

function note(event: ChunkedEvent, told: Told): void {
  if (event.type === 'framing') told.framing += event.length;
  else if (event.type === 'body') {
    const { lent, from, to } = event;
    told.framing += event.framing;
    told.body += Buffer.from(lent.view(from, to)).toString('latin1');
  } else if (event.type === 'trailers') {
    told.trailers.push(`${event.length}`, ...event.fields.map(({ name, value }) => `${name}=${value}`));
  } else told.faults.push(`${event.rule} at ${event.start - 7}`);
}

const ended = (left = 0): string => `ended, ${left} left`;

const sound = [
  { name: 'nothing but the last chunk', text: '0\r\n\r\n', body: '', framing: 5 },
  { name: 'two chunks', text: '3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n', body: 'abcde', framing: 15 },
  {
    name: 'sizes in hexadecimal, in both cases',
    text: 'a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n',
    body: '01234567890123456789a',
    framing: 15,
  },
  { name: 'leading zeros', text: '0003\r\nabc\r\n000\r\n\r\n', body: 'abc', framing: 15 },
  { name: 'extensions', text: '3;a=b;c="d"\r\nabc\r\n0 ;z\r\n\r\n', body: 'abc', framing: 23 },
  { name: 'line ends within a chunk', text: '4\r\n\r\n\r\n\r\n0\r\n\r\n', body: '\r\n\r\n', framing: 10 },
  {
    name: 'trailers',
    text: '1\r\na\r\n0\r\nA: b\r\nC:d\r\n\r\n',
    body: 'a',
    framing: 10,
    trailers: ['11', 'A=b', 'C=d'],
  },
  { name: 'bytes behind the end', text: '0\r\n\r\nGET /', body: '', framing: 5, outcome: ended(5) },
  { name: 'a chunk that goes on', text: 'ff\r\nabc', body: 'abc', framing: 4, outcome: 'more, 0 left' },
  { name: 'a size line that goes on', text: '1\r\na\r\n1;', body: 'a', framing: 5, outcome: 'more, 2 left' },
  {
    name: 'an unfinished CRLF behind a chunk',
    text: '1\r\na\r',
    body: 'a',
    framing: 3,
    outcome: 'more, 1 left',
  },
  { name: 'trailers that go on', text: '0\r\nA: b\r\n', body: '', framing: 3, outcome: 'more, 6 left' },
];

const size = 'RFC 9112 section 7.1';
const line = 'RFC 9112 section 2.2';

const broken = [
  {
    name: 'LF behind a size',
    text: '1\na\r\n0\n\r\n',
    body: 'a',
    framing: 8,
    faults: [`${line} at 1`, `${line} at 6`],
  },
  { name: 'LF behind a chunk', text: '1\r\na\n0\r\n\r\n', body: 'a', framing: 9, faults: [`${line} at 4`] },
  { name: 'LF at the very end', text: '0\r\n\n', body: '', framing: 4, faults: [`${line} at 3`] },
  {
    name: 'LF behind a trailer',
    text: '0\r\nA: b\n\n',
    body: '',
    framing: 4,
    trailers: ['5', 'A=b'],
    faults: [`${line} at 7`],
  },
  {
    name: 'a trailer without a colon',
    text: '0\r\nA\r\n\r\n',
    body: '',
    framing: 5,
    trailers: ['3'],
    faults: ['RFC 9112 section 5 at 3'],
  },
  {
    name: 'trailers that come too late for what they say',
    text: '0\r\nHost: b\r\nTE: c\r\nD: e\r\n\r\n',
    body: '',
    framing: 5,
    trailers: ['22', 'Host=b', 'TE=c', 'D=e'],
    faults: ['RFC 9110 section 6.5.1 at 3', 'RFC 9110 section 6.5.1 at 3'],
  },
  { name: 'CR in an extension', text: '0;a\rb\r\n\r\n', body: '', framing: 9, faults: [`${line} at 3`] },
  { name: 'a padded size', text: '0  \r\n\r\n', body: '', framing: 7, faults: [`${size} at 3`] },
  {
    name: 'too many trailers',
    text: `0\r\n${'A:b\r\n'.repeat(4)}\r\n`,
    body: '',
    framing: 5,
    trailers: ['20'],
    faults: ['limit at 3'],
  },
];

const lost = [
  { name: 'no size', text: '\r\nabc', body: '', framing: 0, faults: [`${size} at 0`], left: 5 },
  {
    name: 'an extension without a size',
    text: ';a\r\nabc',
    body: '',
    framing: 0,
    faults: [`${size} at 0`],
    left: 7,
  },
  { name: 'a size with 0x', text: '0x3\r\nabc', body: '', framing: 0, faults: [`${size} at 0`], left: 8 },
  { name: 'a negative size', text: '-1\r\n', body: '', framing: 0, faults: [`${size} at 0`], left: 4 },
  {
    name: 'a size with a space before it',
    text: ' 1\r\na',
    body: '',
    framing: 0,
    faults: [`${size} at 0`],
    left: 5,
  },
  {
    name: 'a size with junk behind it',
    text: '1\r\na\r\n1 g\r\n',
    body: 'a',
    framing: 5,
    faults: [`${size} at 6`],
    left: 5,
  },
  {
    name: 'a size that ends in CR',
    text: '1\rX\na',
    body: '',
    framing: 0,
    faults: [`${size} at 0`],
    left: 5,
  },
  {
    name: 'a chunk longer than its size',
    text: '1\r\nab\r\n',
    body: 'a',
    framing: 3,
    faults: [`${size} at 4`],
    left: 3,
  },
  {
    name: 'CR and something else behind a chunk',
    text: '1\r\na\r0',
    body: 'a',
    framing: 3,
    faults: [`${size} at 4`],
    left: 2,
  },
  { name: '2^53 bytes', text: '20000000000000\r\n', body: '', framing: 0, faults: ['limit at 0'], left: 16 },
  {
    name: 'an absurd size',
    text: 'ffffffffffffffff\r\n',
    body: '',
    framing: 0,
    faults: ['limit at 0'],
    left: 18,
  },
  {
    name: 'a size line past the limit',
    text: `1;${'a'.repeat(17)}\r\na`,
    body: '',
    framing: 0,
    faults: ['limit at 0'],
    left: 22,
  },
  {
    name: 'a size line without end',
    text: '0'.repeat(100),
    body: '',
    framing: 0,
    faults: ['limit at 0'],
    left: 100,
  },
  {
    name: 'trailers past the limit',
    text: `0\r\nA: ${'b'.repeat(40)}`,
    body: '',
    framing: 3,
    faults: ['limit at 3'],
    left: 43,
  },
];

const cases = [
  ...sound.map((one) => ({ trailers: [], outcome: ended(), ...one, faults: [] as string[] })),
  ...broken.map((one) => ({ trailers: [], outcome: ended(), ...one })),
  ...lost.map(({ left, ...one }) => ({ trailers: [], outcome: `lost, ${left} left`, ...one })),
];

describe.each(cases)('$name', ({ name, text, ...told }) => {
  test('in one piece', () => {
    expect(read([wire(text)])).toEqual(told);
  });

  test('byte by byte', () => {
    expect(read(Array.from(text, wire))).toEqual(told);
  });

  test('however it is cut', () => {
    fc.assert(
      fc.property(cuts, (places) => {
        expect(read(cutAt(wire(text), places))).toEqual(told);
      }),
      { numRuns: 30 },
    );
  });
});

test('the line end behind a chunk and the next size are told with the data behind them, where all are there', () => {
  const events: ChunkedEvent[] = [];
  const waiting = new ByteQueue();
  waiting.add(wire('1\r\na\r\n1\r\nb\r\n0\r\n\r\n'));
  expect(new ChunkedReader(limits).read(waiting, 0, new ChunkedEvents(events))).toBe('ended');
  expect(events).toMatchObject([
    { type: 'body', start: 0, length: 4, framing: 3, from: 3, to: 4 },
    { type: 'body', start: 4, length: 6, framing: 5, from: 9, to: 10 },
    { type: 'framing', start: 10, length: 7 },
  ]);
});

test('a size up to 2^53 - 1 is exact', () => {
  expect(readChunkSize(wire('1fffffffffffff\r\n'), 0)).toBe(Number.MAX_SAFE_INTEGER);
  expect(readChunkSize(wire('a\r\n000000000000000000001F\n'), 3)).toBe(31);
});

test('any bytes at all: never throws, and every byte is told or left', () => {
  const piece = fc.constantFrom('0', '3', 'a', '\r\n', '\n', '\r', ';', ' ', 'A: b', 'g', 'abc', '\0');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), cuts, (all, places) => {
      const bytes = wire(all.join(''));
      const told = read(cutAt(bytes, places));
      const trailers = told.trailers.length > 0 ? Number(told.trailers[0]) : 0;
      const left = Number(/\d+/.exec(told.outcome)![0]);
      expect(told.body.length + told.framing + trailers + left).toBe(bytes.length);
      expect(told).toEqual(read([bytes]));
    }),
  );
});
