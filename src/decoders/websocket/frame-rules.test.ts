import { expect, test } from 'vitest';
import type { Fault } from '../decoder.ts';
import { type AgreedExtensions, NO_EXTENSIONS } from './extensions.ts';
import type { FrameHeader } from './frame-header.ts';
import { FrameRules } from './frame-rules.ts';

const side = { takeover: true, windowBits: 15 };
const deflate: AgreedExtensions = { deflate: { client: side, server: side }, unknown: [] };
const unknown: AgreedExtensions = { deflate: undefined, unknown: ['x-novel'] };

const text: FrameHeader = {
  fin: true,
  reserved: 0,
  opcode: 1,
  maskKey: undefined,
  length: 2,
  payloadLength: 5,
};
const ping: FrameHeader = { ...text, opcode: 9 };
const masked = { maskKey: 0, length: 6 };

function judged(header: FrameHeader, from: 'client' | 'server', extensions = NO_EXTENSIONS) {
  const faults: Fault[] = [];
  const readability = new FrameRules(from, extensions).judge(header, 7, faults);
  for (const fault of faults) expect(fault).toMatchObject({ type: 'fault', start: 7 });
  return { readability, rules: faults.map(({ rule }) => rule.replace('RFC 6455 section ', '')) };
}

test.each([
  { name: 'text', header: text },
  { name: 'a fragment', header: { ...text, fin: false } },
  { name: 'a continuation', header: { ...text, opcode: 0 } },
  { name: 'a ping of 125 bytes', header: { ...ping, payloadLength: 125 } },
  { name: 'a long binary', header: { ...text, opcode: 2, length: 10, payloadLength: 2 ** 53 - 1 } },
  { name: 'RSV1 where it was agreed', header: { ...text, reserved: 0x40 }, extensions: deflate },
  { name: 'any RSV bit of an unknown extension', header: { ...text, reserved: 0x70 }, extensions: unknown },
])('$name is fine', ({ header, extensions }) => {
  expect(judged(header, 'server', extensions)).toEqual({ readability: 'readable', rules: [] });
  expect(judged({ ...header, maskKey: 0, length: header.length + 4 }, 'client', extensions)).toEqual({
    readability: 'readable',
    rules: [],
  });
});

test.each([
  { name: 'a client without a mask', from: 'client', header: text, rule: '5.1' },
  { name: 'a server with a mask', from: 'server', header: { ...text, ...masked }, rule: '5.1' },
  { name: 'a length of 5 in two bytes', header: { ...text, length: 4 }, rule: '5.2' },
  { name: 'RSV1', header: { ...text, reserved: 0x40 }, rule: '5.2' },
  { name: 'RSV2 besides deflate', header: { ...text, reserved: 0x20 }, extensions: deflate, rule: '5.2' },
  { name: 'RSV3', header: { ...text, reserved: 0x10 }, rule: '5.2' },
  { name: 'a fragmented ping', header: { ...ping, fin: false }, rule: '5.5' },
] as const)('$name breaks a rule, and can be read', ({ header, rule, ...rest }) => {
  const { from = 'server', extensions = NO_EXTENSIONS } = { from: undefined, extensions: undefined, ...rest };
  expect(judged(header, from, extensions)).toEqual({ readability: 'readable', rules: [rule] });
});

test.each([3, 4, 5, 6, 7, 11, 12, 13, 14, 15])('opcode %i is reserved', (opcode) => {
  expect(judged({ ...text, opcode }, 'server')).toEqual({ readability: 'unreadable', rules: ['5.2'] });
  expect(judged({ ...text, opcode }, 'server', unknown)).toEqual({ readability: 'unreadable', rules: [] });
});

test('a control frame of 126 bytes can be stepped over only', () => {
  const long = { ...ping, length: 4, payloadLength: 126 };
  expect(judged(long, 'server')).toEqual({ readability: 'unreadable', rules: ['5.5'] });
});

test.each([
  { payloadLength: 2 ** 53, rule: 'limit' },
  { payloadLength: Number.POSITIVE_INFINITY, rule: '5.2' },
])('a frame of $payloadLength bytes has no end', ({ payloadLength, rule }) => {
  const endless = { ...text, length: 10, payloadLength };
  expect(judged(endless, 'server')).toEqual({ readability: 'endless', rules: [rule] });
});

test('every rule that a frame breaks is told, in words', () => {
  const faults: Fault[] = [];
  const header = { ...ping, ...masked, reserved: 0x60, fin: false, length: 8, payloadLength: 126 };
  new FrameRules('server', NO_EXTENSIONS).judge(header, 0, faults);
  expect(faults.map(({ detail }) => detail)).toEqual([
    "a server's frame with a mask",
    'RSV1 and RSV2 without an extension that gives a meaning to it',
    'a fragmented control frame',
    'a control frame of 126 bytes',
  ]);
});
