import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Side } from '../../tap.ts';
import { cutAt, cuts, hex } from '../../testing/cuts.ts';
import { endOfPlaces, websocketStory } from '../../testing/websocket-story.ts';
import { openInflater } from '../content-encoding.ts';
import type { WireEvent } from '../wire-event.ts';
import { type AgreedExtensions, NO_EXTENSIONS } from './extensions.ts';
import { MessageDecoder } from './message-decoder.ts';

const usual = { takeover: true, windowBits: 15 };
const deflate: AgreedExtensions = { deflate: { client: usual, server: usual }, unknown: [] };
const alone = { ...usual, takeover: false };
const noTakeover: AgreedExtensions = { deflate: { client: alone, server: alone }, unknown: [] };
const unknown: AgreedExtensions = { deflate: undefined, unknown: ['x-novel'] };

function decoder(from: Side, extensions = NO_EXTENSIONS, start = 0): MessageDecoder {
  return new MessageDecoder(from, {
    origin: { exchange: 3, isOpen: true, client: start, server: start },
    extensions,
    openInflater: (bits, limit) => openInflater('deflate-raw', limit, bits),
    limits: { content: 1000 },
  });
}

function decode(messages: MessageDecoder, chunks: readonly Uint8Array[]): WireEvent[] {
  return [...chunks.flatMap((chunk) => messages.push(chunk)), ...messages.end()];
}

interface Case {
  readonly name: string;
  readonly from?: Side;
  readonly extensions?: AgreedExtensions;
  readonly wire: string;
  readonly told: readonly string[];
}

const RFC_6455: Case[] = [
  { name: 'an unmasked text', wire: '81 05 48656c6c6f', told: ['text 2+5 "Hello"'] },
  { name: 'a masked text', from: 'client', wire: '81 85 37fa213d 7f9f4d5158', told: ['text 6+5 "Hello"'] },
  { name: 'a fragmented text', wire: '01 03 48656c 80 02 6c6f', told: ['text 4+5 "Hello"'] },
  {
    name: 'a ping and its masked pong',
    from: 'client',
    wire: '89 85 37fa213d 7f9f4d5158 8a 85 37fa213d 7f9f4d5158',
    told: ['ping 11+0 "Hello"', 'pong 11+0 "Hello"'],
  },
  {
    name: '256 bytes of binary',
    wire: `82 7e0100 ${'61'.repeat(256)}`,
    told: [`binary 4+256 "${'a'.repeat(256)}"`],
  },
  {
    name: '64 KiB of binary',
    wire: `82 7f0000000000010000 ${'61'.repeat(65536)}`,
    told: [`binary 10+65536 "${'a'.repeat(65536)}"`],
  },
];

const RFC_7692: Case[] = [
  { name: '7.2.3.1 a message in one frame', wire: 'c107 f248cdc9c90700', told: ['text 2+7 = "Hello"'] },
  {
    name: '7.2.3.1 a message in two frames',
    wire: '4103 f248cd 8004 c9c90700',
    told: ['text 4+7 = "Hello"'],
  },
  {
    name: '7.2.3.2 a window that is shared',
    wire: 'c107 f248cdc9c90700 c105 f200110000',
    told: ['text 2+7 = "Hello"', 'text 2+5 = "Hello"'],
  },
  {
    name: '7.2.3.2 a window that is not',
    extensions: noTakeover,
    wire: 'c107 f248cdc9c90700 c107 f248cdc9c90700',
    told: ['text 2+7 = "Hello"', 'text 2+7 = "Hello"'],
  },
  {
    name: '7.2.3.3 a block without compression',
    wire: 'c10b 000500faff48656c6c6f00',
    told: ['text 2+11 = "Hello"'],
  },
  { name: '7.2.3.4 a final block', wire: 'c108 f348cdc9c9070000', told: ['text 2+8 = "Hello"'] },
  {
    name: '7.2.3.4 a final block, and a message after it',
    wire: 'c108 f348cdc9c9070000 c107 f248cdc9c90700',
    told: ['text 2+8 = "Hello"', 'text 2+7 = "Hello"'],
  },
  {
    name: '7.2.3.5 two blocks in one message',
    wire: 'c10d f248050000 00ffff cac9c90700',
    told: ['text 2+13 = "Hello"'],
  },
  {
    name: '7.2.3.6 an empty last fragment',
    wire: '410b f248cdc9c907000000ffff 8001 00',
    told: ['text 4+12 = "Hello"'],
  },
  { name: '7.2.3.6 an empty message', wire: 'c101 00', told: ['text 2+1 = ""'] },
].map((each) => ({ extensions: deflate, ...each }));

const REGULAR: Case[] = [
  { name: 'nothing', wire: '', told: [] },
  { name: 'an empty text', wire: '8100', told: ['text 2+0 ""'] },
  { name: 'a fragmented text without a byte', wire: '0100 0000 8000', told: ['text 6+0 ""'] },
  {
    name: 'a ping between fragments',
    wire: '0201 41 8900 8001 42',
    told: ['ping 2+0 ""', 'binary 4+2 "AB"'],
  },
  {
    name: 'a character cut by a ping',
    wire: '0101 e2 8900 8002 82ac',
    told: ['ping 2+0 ""', 'text 4+3 "â\x82¬"'],
  },
  { name: 'an empty close', wire: '8800', told: ['close 2+0 ""'] },
  { name: 'a close with a code', wire: '8802 03e8', told: ['close 4+0 "1000"'] },
  { name: 'a close with a reason', wire: '8805 03e8 627965', told: ['close 7+0 "1000 bye"'] },
  { name: 'a pong after a close', wire: '8800 8a00', told: ['close 2+0 ""', 'pong 2+0 ""'] },
  {
    name: 'a message that was not compressed though it could be',
    extensions: deflate,
    wire: '8105 48656c6c6f',
    told: ['text 2+5 "Hello"'],
  },
  {
    name: 'what an unknown extension does to texts and bits',
    extensions: unknown,
    wire: 'c101 ff a101 ff b201 ff',
    told: ['text 2+1 "ÿ"', 'text 2+1 "ÿ"', 'binary 2+1 "ÿ"'],
  },
];

const IRREGULAR: Case[] = [
  {
    name: 'a continuation of nothing',
    wire: '8001 41 8101 42',
    told: ['fault RFC 6455 section 5.4 at 0', 'undecoded 3', 'text 2+1 "B"'],
  },
  {
    name: 'a message inside a fragmented one',
    wire: '0101 41 8201 42 8001 43',
    told: [
      'fault RFC 6455 section 5.4 at 3',
      'text 2+1 "A" cut off',
      'binary 2+1 "B"',
      'fault RFC 6455 section 5.4 at 6',
      'undecoded 3',
    ],
  },
  {
    name: 'a compressed message inside another',
    extensions: deflate,
    wire: '4103 f248cd c107 f248cdc9c90700 8101 41',
    told: [
      'fault RFC 6455 section 5.4 at 5',
      'text 2+3 "òHÍ" cut off',
      'text 2+7 "òHÍÉÉ\\u0007\\u0000"',
      'text 2+1 "A"',
    ],
  },
  {
    name: 'a reserved opcode between fragments',
    wire: '0101 41 8301 42 8001 43',
    told: ['fault RFC 6455 section 5.2 at 3', 'undecoded 3', 'text 4+2 "AC"'],
  },
  {
    name: 'RSV1 without an extension',
    wire: 'c101 ff',
    told: ['fault RFC 6455 section 5.2 at 0', 'text 2+1 "ÿ"'],
  },
  {
    name: 'RSV1 on a continuation',
    extensions: deflate,
    wire: '0101 41 c001 42',
    told: ['fault RFC 7692 section 6 at 3', 'text 4+2 "AB"'],
  },
  {
    name: 'RSV1 on a control frame',
    extensions: deflate,
    wire: 'c900',
    told: ['fault RFC 7692 section 6 at 0', 'ping 2+0 ""'],
  },
  {
    name: 'a text that is not UTF-8',
    wire: '8102 41ff',
    told: ['fault RFC 6455 section 8.1 at 0', 'text 2+2 "Aÿ"'],
  },
  {
    name: 'a text that ends inside a character',
    wire: '8101 41 0101 e2 8001 82 8101 42',
    told: ['text 2+1 "A"', 'fault RFC 6455 section 8.1 at 3', 'text 4+2 "â\x82"', 'text 2+1 "B"'],
  },
  {
    name: 'a text broken before a ping',
    wire: '0103 edbfbf 8900 8000',
    told: ['fault RFC 6455 section 8.1 at 0', 'ping 2+0 ""', 'text 4+3 "í¿¿"'],
  },
  {
    name: 'a compressed text that is not UTF-8',
    extensions: deflate,
    // A stored block of one byte.
    wire: 'c107 000100feffff00',
    told: ['fault RFC 6455 section 8.1 at 0', 'text 2+7 = "ÿ"'],
  },
  {
    name: 'what does not inflate, and what comes after it',
    extensions: deflate,
    wire: 'c101 07 c107 f248cdc9c90700',
    told: ['fault RFC 7692 section 7.2.2 at 0', 'text 2+1 "\\u0007"', 'text 2+7 "òHÍÉÉ\\u0007\\u0000"'],
  },
  {
    name: 'a close body of one byte',
    wire: '8801 03',
    told: ['fault RFC 6455 section 5.5.1 at 0', 'close 3+0 "\\u0003"'],
  },
  {
    name: 'a close code that must not travel',
    wire: '8802 03ed',
    told: ['fault RFC 6455 section 7.4.1 at 0', 'close 4+0 "1005"'],
  },
  {
    name: 'a close code below 1000',
    wire: '8802 03e7',
    told: ['fault RFC 6455 section 7.4.2 at 0', 'close 4+0 "999"'],
  },
  {
    name: 'a close reason that is not UTF-8',
    wire: '8803 03e8ff',
    told: ['fault RFC 6455 section 8.1 at 0', 'close 5+0 "1000 �"'],
  },
  {
    name: 'data after a close, told once',
    wire: '8800 8101 41 8101 42',
    told: ['close 2+0 ""', 'fault RFC 6455 section 5.5.1 at 2', 'text 2+1 "A"', 'text 2+1 "B"'],
  },
  {
    name: 'a client without a mask',
    from: 'client',
    wire: '8101 41',
    told: ['fault RFC 6455 section 5.1 at 0', 'text 2+1 "A"'],
  },
  {
    name: 'an end inside a frame',
    wire: '8105 4865',
    told: ['fault RFC 6455 section 5.2 at 4', 'text 2+2 "He" cut off'],
  },
  {
    name: 'an end inside a message',
    wire: '0102 4865',
    told: ['fault RFC 6455 section 5.4 at 4', 'text 2+2 "He" cut off'],
  },
  {
    name: 'an end inside a header',
    wire: '0102 4865 80',
    told: ['fault RFC 6455 section 5.2 at 4', 'undecoded 1', 'text 2+2 "He" cut off'],
  },
  {
    name: 'an end inside a ping',
    wire: '8905 48',
    told: ['fault RFC 6455 section 5.2 at 0', 'undecoded 3'],
  },
  {
    name: 'an end inside a compressed message',
    extensions: deflate,
    wire: 'c107 f248cdc9',
    told: ['fault RFC 6455 section 5.2 at 6', 'text 2+4 "òHÍÉ" cut off'],
  },
  {
    name: 'a frame without an end inside a message',
    wire: '0101 41 807f ffffffffffffffff 42',
    told: [
      'fault RFC 6455 section 5.2 at 3',
      'undecoded 11',
      'fault RFC 6455 section 5.4 at 14',
      'text 2+1 "A" cut off',
    ],
  },
];

describe.each([...RFC_6455, ...RFC_7692, ...REGULAR, ...IRREGULAR])('$name', (each) => {
  const { from = 'server', extensions, wire, told } = each;

  test('tells the same however the bytes are cut', () => {
    const bytes = hex(wire);
    expect(websocketStory(decode(decoder(from, extensions), [bytes]))).toEqual(told);
    fc.assert(
      fc.property(cuts, (places) => {
        const events = decode(decoder(from, extensions), cutAt(bytes, places));
        expect(websocketStory(events)).toEqual(told);
        expect(endOfPlaces(events, 0)).toBe(bytes.length);
      }),
      { numRuns: bytes.length > 1000 ? 5 : 50 },
    );
  });

  test('tells the same byte by byte', () => {
    const bytes = hex(wire).subarray(0, 1000);
    const whole = websocketStory(decode(decoder(from, extensions), [bytes]));
    const drip = Array.from(bytes, (byte) => Uint8Array.of(byte));
    expect(websocketStory(decode(decoder(from, extensions), drip))).toEqual(whole);
  });

  test('leaves the bytes as they were', () => {
    const bytes = hex(wire);
    decode(decoder(from, extensions), [bytes]);
    expect(bytes).toEqual(hex(wire));
  });
});

describe('a message wholly in one chunk is one event', () => {
  test.each([
    { name: 'in one frame', wire: '8105 48656c6c6f', framing: 2 },
    { name: 'in fragments', wire: '0103 48656c 0000 8002 6c6f', framing: 6 },
  ])('$name', ({ wire, framing }) => {
    const events = decoder('server', NO_EXTENSIONS, 40).push(hex(wire));
    expect(events).toEqual([
      {
        type: 'message',
        exchange: 3,
        from: 'server',
        kind: 'text',
        start: 40,
        framing,
        control: 0,
        payload: 5,
        bytes: expect.toSatisfy((bytes) => Buffer.from(bytes).toString() === 'Hello'),
        content: undefined,
        name: '',
        complete: true,
      },
    ]);
  });
});

test('a message in several chunks is a part each, and then the message with the last piece', () => {
  const messages = decoder('server');
  const events = ['8105', '4865', '6c6c', '6f 8100'].flatMap((wire) => messages.push(hex(wire)));
  expect(events).toMatchObject([
    { type: 'message-part', kind: 'text', start: 0, framing: 2, bytes: { length: 0 } },
    { type: 'message-part', kind: 'text', start: 2, framing: 0, bytes: { length: 2 } },
    { type: 'message-part', kind: 'text', start: 4, framing: 0, bytes: { length: 2 } },
    { type: 'message', start: 6, framing: 0, payload: 1, complete: true },
    { type: 'message', start: 7, framing: 2, payload: 0, complete: true },
  ]);
});

test('a message that inflates past the limit has no content', () => {
  // 4 stored blocks of 300 bytes.
  const block = `00 2c01 d3fe ${'41'.repeat(300)}`;
  const wire = hex(`c27e04c5 ${block.repeat(4)} 00`);
  const [fault, message, ...others] = decoder('server', deflate).push(wire);
  expect(fault).toMatchObject({ type: 'fault', rule: 'limit', start: 0 });
  expect(message).toMatchObject({ type: 'message', payload: 1221, content: undefined, complete: true });
  expect(others).toEqual([]);
});

test('a compressed text that is neither whole nor UTF-8 is told the same wherever it is cut', () => {
  const wire = Uint8Array.of(0x41, 0x04, 0x6a, 0x00, 0x89, 0x00);
  const whole = websocketStory(decode(decoder('client', noTakeover, 50), [wire]));
  for (let cut = 1; cut < wire.length; cut++) {
    const pieces = [wire.subarray(0, cut), wire.subarray(cut)];
    expect(websocketStory(decode(decoder('client', noTakeover, 50), pieces))).toEqual(whole);
  }
});

test('any bytes at all: never throws, and every byte is in exactly one place', () => {
  // Bytes that begin frames come up often, so that more than the first frame is reached.
  const byte = fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2, 0x41, 0x80, 0x81, 0x88, 0x89, 0xc1));
  const bytes = fc.array(byte, { maxLength: 200 }).map((list) => Uint8Array.from(list));
  const agreements = fc.constantFrom(NO_EXTENSIONS, deflate, noTakeover, unknown);
  fc.assert(
    fc.property(
      bytes,
      cuts,
      fc.constantFrom<Side>('client', 'server'),
      agreements,
      (wire, places, from, agreed) => {
        const events = decode(decoder(from, agreed, 50), cutAt(wire, places));
        expect(endOfPlaces(events, 50)).toBe(50 + wire.length);
        expect(websocketStory(events)).toEqual(websocketStory(decode(decoder(from, agreed, 50), [wire])));
      },
    ),
    { numRuns: 500 },
  );
});
