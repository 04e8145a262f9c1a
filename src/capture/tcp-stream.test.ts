import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type StreamListener, TcpStream } from './tcp-stream.ts';

/** Writes down what it hears: bytes as text, in `[]` how many are lost, `|` for the end. */
class Paper implements StreamListener {
  text = '';
  lostBytes = 0;

  bytes(bytes: Readonly<Uint8Array>): void {
    this.text += Buffer.from(bytes).toString('latin1');
  }

  lost(length: number): void {
    this.lostBytes += length;
    this.text += `[${length}]`;
  }

  ended(): void {
    this.text += '|';
  }
}

const START = 0xffff_fffa | 0;

/** A stream whose numbers wrap round at the 6th byte. */
function started(memory = { held: 0 }) {
  const paper = new Paper();
  const stream = new TcpStream(paper, memory);
  stream.startAt(START);
  const take = (position: number, text: string, { fin = false, cut = 0 } = {}) => {
    const bytes = Buffer.from(text.slice(0, text.length - cut));
    return stream.take((START + position) | 0, bytes, text.length, fin);
  };
  let now = 0;
  const acknowledge = (position: number) => {
    now += 1e6;
    stream.acknowledge((START + position) | 0, now);
  };
  return { stream, paper, take, acknowledge };
}

type Started = ReturnType<typeof started>;

const cases: readonly { name: string; play: (stream: Started) => unknown; told: string }[] = [
  {
    name: 'in order',
    play: ({ take }) => [take(0, 'hello '), take(6, 'world', { fin: true })],
    told: 'hello world|',
  },
  { name: 'out of order', play: ({ take }) => [take(6, 'world'), take(0, 'hello ')], told: 'hello world' },
  {
    name: 'the end first',
    play: ({ take }) => [take(11, '', { fin: true }), take(6, 'world'), take(0, 'hello ')],
    told: 'hello world|',
  },
  {
    name: 'sent again',
    play: ({ take }) => [take(0, 'hello '), take(0, 'HELLO '), take(6, 'world')],
    told: 'hello world',
  },
  {
    name: 'overlapping what was told',
    play: ({ take }) => [take(0, 'hello '), take(3, 'LO world')],
    told: 'hello world',
  },
  {
    name: 'overlapping what waits',
    play: ({ take }) => [take(6, 'world'), take(2, 'llo WOR'), take(0, 'hello')],
    told: 'hello world',
  },
  {
    name: 'a keep-alive probe of a byte',
    play: ({ take }) => [take(0, 'hello '), take(5, '\0'), take(6, 'world')],
    told: 'hello world',
  },
  {
    name: 'a keep-alive probe before anything',
    play: ({ take }) => [take(-1, '\0'), take(0, 'hello')],
    told: 'hello',
  },
  {
    name: 'a probe of a closed window',
    play: ({ take }) => [take(0, 'hello '), take(6, 'w'), take(6, 'w'), take(6, 'world')],
    told: 'hello world',
  },
  {
    name: 'ended twice',
    play: ({ take }) => [take(0, 'hello', { fin: true }), take(5, '', { fin: true })],
    told: 'hello|',
  },
  {
    name: 'bytes behind the end',
    play: ({ take }) => [take(0, 'hello', { fin: true }), take(3, 'lo world')],
    told: 'hello|',
  },
  {
    name: 'an end before bytes that are there',
    play: ({ take }) => [
      take(0, 'hello '),
      take(8, 'rld'),
      take(3, '', { fin: true }),
      take(7, '', { fin: true }),
      take(6, 'wo'),
    ],
    told: 'hello world',
  },
  {
    name: 'a gap that two packets acknowledged',
    play: ({ take, acknowledge }) => [take(0, 'hello '), take(8, 'rld'), acknowledge(8), acknowledge(11)],
    told: 'hello [2]rld',
  },
  {
    name: 'a gap that one packet acknowledged',
    play: ({ take, acknowledge }) => [take(0, 'hello '), take(8, 'rld'), acknowledge(11), take(6, 'wo')],
    told: 'hello world',
  },
  {
    name: 'a gap that is filled after it was given up',
    play: ({ take, acknowledge }) => [
      take(0, 'hello '),
      take(8, 'rld'),
      acknowledge(8),
      acknowledge(11),
      take(6, 'wo'),
    ],
    told: 'hello [2]rld',
  },
  {
    name: 'bytes acknowledged that never came',
    play: ({ take, acknowledge }) => [take(0, 'hello '), acknowledge(20), acknowledge(20), take(20, 'more')],
    told: 'hello [14]more',
  },
  {
    name: 'one byte acknowledged that never came, before others',
    play: ({ take, acknowledge }) => [
      take(0, 'hello'),
      acknowledge(6),
      acknowledge(6),
      take(6, 'more'),
      acknowledge(10),
      acknowledge(10),
    ],
    told: 'hello[1]more',
  },
  {
    name: 'a gap before an end that is acknowledged',
    play: ({ take, acknowledge }) => [take(0, 'hello '), take(11, '', { fin: true }), acknowledge(12)],
    told: 'hello [5]|',
  },
  {
    name: 'a gap at the close',
    play: ({ stream, take }) => [take(0, 'hello '), take(8, 'rl'), take(11, '!'), stream.finish()],
    told: 'hello [2]rl[1]!',
  },
  {
    name: 'a gap before the end, at the close',
    play: ({ stream, take }) => [take(0, 'hello '), take(8, 'r', { fin: true }), stream.finish()],
    told: 'hello [2]r|',
  },
  {
    name: 'bytes acknowledged by the last packet',
    play: ({ stream, take, acknowledge }) => [take(0, 'hello '), acknowledge(11), stream.finish()],
    told: 'hello [5]',
  },
  {
    name: 'an end that the capture lacks',
    play: ({ stream, take, acknowledge }) => [
      take(0, 'hello '),
      acknowledge(7),
      acknowledge(7),
      stream.finish(),
    ],
    told: 'hello |',
  },
  {
    name: 'cut short by the capture',
    play: ({ take }) => [take(0, 'hello ', { cut: 2 }), take(6, 'world', { cut: 5 }), take(11, '!')],
    told: 'hell[2][5]!',
  },
  {
    name: 'cut short out of order',
    play: ({ take }) => [take(6, 'world', { cut: 2 }), take(0, 'hello ')],
    told: 'hello wor[2]',
  },
  {
    name: 'bytes far off that nobody acknowledged, at the close',
    play: ({ stream, take }) => [take(0, 'hello'), take(2 ** 25, 'x'), stream.finish()],
    told: 'hello',
  },
  {
    name: 'told to be missing',
    play: ({ stream, take }) => [take(0, 'hello '), stream.skip(2 ** 32 + 5), take(11, '!')],
    told: 'hello [4294967301]!',
  },
  {
    name: 'going on with other numbers',
    play: ({ stream, take }) => [
      take(0, 'hello '),
      stream.restart(),
      stream.startAt(7),
      stream.take(7, Buffer.from('world'), 5, false),
    ],
    told: 'hello world',
  },
  {
    name: 'acknowledged more than a window ahead',
    play: ({ take, acknowledge }) => [
      take(0, 'hello '),
      acknowledge(2 ** 30 + 7),
      acknowledge(2 ** 30 + 7),
      take(6, 'world'),
    ],
    told: 'hello world',
  },
];

test.each(cases)('$name', ({ play, told }) => {
  const all = started();
  play(all);
  expect(all.paper.text).toBe(told);
});

test('what was sent again is counted, be it told or waiting', () => {
  const { take } = started();
  expect(take(6, 'world')).toBe(0);
  expect(take(4, 'o worl')).toBe(4);
  expect(take(0, 'hello ')).toBe(2);
  expect(take(0, 'hello world!')).toBe(11);
  expect(take(11, '!')).toBe(1);
});

test.each([
  { name: 'SYN', start: (stream: TcpStream) => stream.startAt(1_000) },
  {
    name: 'packet without bytes',
    start: (stream: TcpStream) => stream.take(999, new Uint8Array(), 0, false),
  },
  { name: "acknowledgement of the other's", start: (stream: TcpStream) => stream.acknowledge(600, 0) },
])('a stream begins with its first byte, whatever a $name before it said', ({ start }) => {
  const paper = new Paper();
  const stream = new TcpStream(paper, { held: 0 });
  start(stream);
  stream.take(1_000, Buffer.from('hello'), 5, false);
  expect(paper.text).toBe('hello');
});

test('a stream that was never seen is lost as far as it was acknowledged, which is told at its end', () => {
  const paper = new Paper();
  const stream = new TcpStream(paper, { held: 0 });
  for (const ack of [1_000, 1_500, 3_000, 3_000]) stream.acknowledge(ack, ack * 1e6);
  expect(paper.text).toBe('');
  stream.finish();
  expect(paper.text).toBe('[2000]');
});

describe('a gap is given up', () => {
  test('when 256 segments wait behind it', () => {
    const { paper, take } = started();
    for (let index = 0; index < 256; index++) take(10 + 2 * index, 'x');
    expect(paper.text).toBe('');
    take(10 + 2 * 256, 'x');
    expect(paper.text).toBe('[10]x');
  });

  test('when a MiB waits behind it', () => {
    const { paper, take } = started();
    const large = 'x'.repeat(1 << 17);
    for (let index = 0; index < 8; index++) take(10 + index * large.length, large);
    expect(paper.text).toBe('');
    take(10 + 8 * large.length, large);
    expect(paper.text).toBe(`[10]${large.repeat(9)}`);
  });

  test('when all streams together hold 64 MiB', () => {
    const memory = { held: 0 };
    const { paper, take } = started(memory);
    take(10, 'x');
    memory.held += 64 << 20;
    take(20, 'y');
    expect(paper.text).toBe('[10]x[9]y');
    expect(memory.held).toBe(64 << 20);
  });
});

const TEXT = Array.from({ length: 300 }, (_, index) => String.fromCharCode(97 + (index % 26))).join('');

interface Cut {
  readonly position: number;
  readonly text: string;
}

/** The text in segments, some again or in other pieces, shuffled. */
const segments: fc.Arbitrary<readonly Cut[]> = fc
  .record({
    edges: fc.uniqueArray(fc.integer({ min: 1, max: TEXT.length - 1 }), { maxLength: 20 }),
    again: fc.array(fc.tuple(fc.nat(TEXT.length - 1), fc.integer({ min: 1, max: 80 })), { maxLength: 10 }),
  })
  .map(({ edges, again }) => {
    const starts = [0, ...edges.sort((one, other) => one - other)];
    const cuts = starts.map((position, index) => ({
      position,
      text: TEXT.slice(position, starts[index + 1]),
    }));
    return [
      ...cuts,
      ...again.map(([position, length]) => ({ position, text: TEXT.slice(position, position + length) })),
    ];
  })
  .chain((cuts) => fc.shuffledSubarray(cuts, { minLength: cuts.length }));

test('whatever the order, and sent as often as may be, each byte is told once', () => {
  fc.assert(
    fc.property(segments, (cuts) => {
      const memory = { held: 0 };
      const { paper, take } = started(memory);
      const again = cuts
        .map(({ position, text }) => take(position, text))
        .reduce((one, other) => one + other, 0);
      expect(paper.text).toBe(TEXT);
      expect(again).toBe(cuts.reduce((sum, { text }) => sum + text.length, 0) - TEXT.length);
      expect(memory.held).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test('when some never come, what is told and what is lost are all there was, each byte in its place', () => {
  const some = segments.chain((cuts) => fc.subarray([...cuts]));
  fc.assert(
    fc.property(some, fc.array(fc.nat(TEXT.length)), (cuts, acknowledged) => {
      const { paper, stream, take, acknowledge } = started();
      for (const [index, { position, text }] of cuts.entries()) {
        take(position, text);
        if (acknowledged[index] !== undefined) acknowledge(acknowledged[index]);
      }
      take(TEXT.length, '', { fin: true });
      stream.finish();
      const told = paper.text.replace(/\[(\d+)\]/g, (_, length) => '-'.repeat(Number(length)));
      expect(told).toHaveLength(TEXT.length + 1);
      expect([...told].every((letter, index) => letter === '-' || letter === `${TEXT}|`[index])).toBe(true);
      expect(told.endsWith('|')).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('any numbers never throw, and nothing is held at the end', () => {
  const step = fc.oneof(
    fc.record({
      seq: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      length: fc.nat(5_000),
      captured: fc.nat(40),
      fin: fc.boolean(),
    }),
    fc.record({ ack: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }) }),
    fc.record({ skip: fc.nat() }),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const memory = { held: 0 };
      const stream = new TcpStream(new Paper(), memory);
      for (const [index, step] of steps.entries()) {
        if ('seq' in step)
          stream.take(step.seq, new Uint8Array(Math.min(step.captured, step.length)), step.length, step.fin);
        else if ('ack' in step) stream.acknowledge(step.ack, index * 1e6);
        else stream.skip(step.skip);
      }
      stream.finish();
      expect(memory.held).toBe(0);
    }),
  );
});
