import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Side } from '../../tap.ts';
import { cutAt, cuts, hex } from '../../testing/cuts.ts';
import { websocketFrame } from '../../testing/websocket-frame.ts';
import { NO_EXTENSIONS } from './extensions.ts';
import { FrameDecoder, type FrameEvent } from './frame-decoder.ts';

function decode(from: Side, chunks: readonly Uint8Array[], start = 0): FrameEvent[] {
  const decoder = new FrameDecoder(from, NO_EXTENSIONS, start);
  return [...chunks.flatMap((chunk) => decoder.push(chunk)), ...decoder.end()];
}

/** Events with slices joined, since where the network cuts is not part of the meaning. */
function story(events: readonly FrameEvent[]): string[] {
  const lines: string[] = [];
  let payload = '';
  let undecoded = 0;
  for (const event of events) {
    if (event.type !== 'undecoded' && undecoded > 0) lines.push(`undecoded ${undecoded}`);
    undecoded = event.type === 'undecoded' ? undecoded + event.length : 0;
    if (event.type === 'fault')
      lines.push(`fault ${event.rule.replace('RFC 6455 section ', '')} at ${event.start}`);
    if (event.type !== 'frame') continue;
    payload = (event.headerLength > 0 ? '' : payload) + Buffer.from(event.bytes).toString('latin1');
    if (event.last) lines.push(`frame ${event.header.opcode} ${JSON.stringify(payload)}`);
  }
  return undecoded > 0 ? [...lines, `undecoded ${undecoded}`] : lines;
}

const LONG = 'ab'.repeat(126);

const cases: { name: string; from?: Side; wire: string; told: string[] }[] = [
  // RFC 6455 section 5.7.
  { name: 'an unmasked text', wire: '81 05 48656c6c6f', told: ['frame 1 "Hello"'] },
  { name: 'a masked text', from: 'client', wire: '81 85 37fa213d 7f9f4d5158', told: ['frame 1 "Hello"'] },
  { name: 'two fragments', wire: '01 03 48656c 80 02 6c6f', told: ['frame 1 "Hel"', 'frame 0 "lo"'] },
  { name: 'a ping', wire: '89 05 48656c6c6f', told: ['frame 9 "Hello"'] },
  { name: 'a masked pong', from: 'client', wire: '8a 85 37fa213d 7f9f4d5158', told: ['frame 10 "Hello"'] },
  { name: 'an empty ping', wire: '89 00', told: ['frame 9 ""'] },
  { name: 'an empty text', wire: '81 00 81 01 41', told: ['frame 1 ""', 'frame 1 "A"'] },
  {
    name: 'a client that does not mask',
    from: 'client',
    wire: '81 01 41 81 81 00000000 42',
    told: ['fault 5.1 at 0', 'frame 1 "A"', 'frame 1 "B"'],
  },
  {
    name: 'a server that masks',
    wire: '81 01 41 81 85 37fa213d 7f9f4d5158',
    told: ['frame 1 "A"', 'fault 5.1 at 3', 'frame 1 "Hello"'],
  },
  {
    name: 'a reserved opcode',
    wire: '83 02 4141 81 01 42',
    told: ['fault 5.2 at 0', 'undecoded 4', 'frame 1 "B"'],
  },
  {
    name: 'a reserved control opcode',
    wire: '8b 02 4141 81 01 42',
    told: ['fault 5.2 at 0', 'undecoded 4', 'frame 1 "B"'],
  },
  {
    name: 'a long control frame',
    wire: `89 7e007e ${LONG} 81 01 42`,
    told: ['fault 5.5 at 0', 'undecoded 130', 'frame 1 "B"'],
  },
  { name: 'a fragmented control frame', wire: '09 01 41', told: ['fault 5.5 at 0', 'frame 9 "A"'] },
  { name: 'a length longer than it need be', wire: '81 7e 0001 41', told: ['fault 5.2 at 0', 'frame 1 "A"'] },
  {
    name: 'a length with its highest bit set',
    wire: '81 00 82 7f ffffffffffffffff 8100',
    told: ['frame 1 ""', 'fault 5.2 at 2', 'undecoded 12'],
  },
  {
    name: 'a length beyond numbers',
    wire: '82 7f 0020000000000000 8100',
    told: ['fault limit at 0', 'undecoded 12'],
  },
  { name: 'cut in the header', wire: '81 00 81', told: ['frame 1 ""', 'fault 5.2 at 2', 'undecoded 1'] },
  { name: 'cut in the extended length', wire: '81 7e 01', told: ['fault 5.2 at 0', 'undecoded 3'] },
  { name: 'cut in the payload', wire: '81 05 4865', told: ['fault 5.2 at 4'] },
  { name: 'cut before the payload', wire: '81 05', told: ['fault 5.2 at 2'] },
  { name: 'cut in a control frame', wire: '89 05 4865', told: ['fault 5.2 at 0', 'undecoded 4'] },
  {
    name: 'cut in a frame that is stepped over',
    wire: '83 05 48',
    told: ['fault 5.2 at 0', 'undecoded 3', 'fault 5.2 at 3'],
  },
  { name: 'nothing', wire: '', told: [] },
];

describe.each(cases)('$name', ({ from = 'server', wire, told }) => {
  test('tells the same however the bytes are cut', () => {
    expect(story(decode(from, [hex(wire)]))).toEqual(told);
    expect(
      story(
        decode(
          from,
          Array.from(hex(wire), (byte) => Uint8Array.of(byte)),
        ),
      ),
    ).toEqual(told);
    fc.assert(
      fc.property(cuts, (places) => {
        expect(story(decode(from, cutAt(hex(wire), places)))).toEqual(told);
      }),
      { numRuns: 50 },
    );
  });

  test('leaves the bytes as they were', () => {
    const bytes = hex(wire);
    decode(from, [bytes]);
    expect(bytes).toEqual(hex(wire));
  });
});

test('a frame wholly in one chunk is one slice, and not copied where it has no mask', () => {
  const chunk = hex('81 05 48656c6c6f 82 01 41');
  const [text, binary, ...others] = new FrameDecoder('server', NO_EXTENSIONS, 100).push(chunk);
  expect(others).toEqual([]);
  expect(text).toMatchObject({ start: 100, headerLength: 2, last: true });
  expect(binary).toMatchObject({ start: 107, headerLength: 2, last: true });
  expect(text).toHaveProperty('bytes.buffer', chunk.buffer);
});

test('payload does not wait for its frame, and a control frame does', () => {
  const decoder = new FrameDecoder('server', NO_EXTENSIONS, 0);
  expect(decoder.push(hex('82 05 41'))).toMatchObject([
    { headerLength: 2, last: false, bytes: { length: 1 } },
  ]);
  expect(decoder.push(hex('42'))).toMatchObject([{ headerLength: 0, last: false, bytes: { length: 1 } }]);
  expect(decoder.push(hex('434445 8905'))).toMatchObject([{ last: true }]);
  expect(decoder.push(hex('41424344'))).toEqual([]);
  expect(decoder.push(hex('45'))).toMatchObject([
    { start: 7, headerLength: 2, last: true, bytes: { length: 5 } },
  ]);
});

test('what waits is a copy', () => {
  const decoder = new FrameDecoder('server', NO_EXTENSIONS, 0);
  const lent = hex('89 02 41');
  decoder.push(lent);
  lent.fill(0xff);
  expect(story(decoder.push(hex('42')))).toEqual(['frame 9 "AB"']);
});

test('a frame of 4 GiB comes out as it comes in', () => {
  const decoder = new FrameDecoder('client', NO_EXTENSIONS, 0);
  decoder.push(websocketFrame({ opcode: 2, length: 2n ** 32n, key: [1, 2, 3, 4] }));
  for (let count = 0; count < 64; count++) {
    expect(decoder.push(new Uint8Array(1001))).toMatchObject([{ headerLength: 0, bytes: { length: 1001 } }]);
  }
});

describe('any frames', () => {
  const frame = fc.record({
    opcode: fc.constantFrom(0, 1, 2, 9, 10),
    fin: fc.boolean(),
    payload: fc.uint8Array({ maxLength: 125 }),
    key: fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }),
  });
  const frames = fc.array(frame, { maxLength: 6 });

  test.each(['client', 'server'] as const)('of the %s come out as they were built', (from) => {
    fc.assert(
      fc.property(frames, cuts, (built, places) => {
        const wire = Buffer.concat(
          built.map((parts) => websocketFrame({ ...parts, key: from === 'client' ? parts.key : undefined })),
        );
        const read = story(decode(from, cutAt(wire, places))).filter((line) => line.startsWith('frame'));
        const text = ({ payload }: { payload: Uint8Array }) =>
          JSON.stringify(Buffer.from(payload).toString('latin1'));
        expect(read).toEqual(built.map((parts) => `frame ${parts.opcode} ${text(parts)}`));
      }),
    );
  });
});

test('any bytes at all: never throws, and every byte is in exactly one place', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      cuts,
      fc.constantFrom<Side>('client', 'server'),
      (bytes, places, from) => {
        let offset = 50;
        for (const event of decode(from, cutAt(bytes, places), 50)) {
          if (event.type === 'fault' || event.type === 'place-lost') continue;
          expect(event.start).toBe(offset);
          offset += event.type === 'frame' ? event.headerLength + event.bytes.length : event.length;
        }
        expect(offset).toBe(50 + bytes.length);
      },
    ),
    { numRuns: 500 },
  );
});
