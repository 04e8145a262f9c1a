import { describe, expect, test } from 'vitest';
import { type SliceOptions, sliceWish } from './slice-options.ts';
import { UsageError } from './usage-error.ts';

const NOTHING: SliceOptions = {
  connection: undefined,
  host: undefined,
  protocol: undefined,
  filter: undefined,
  from: undefined,
  to: undefined,
};

test('what is not said is not asked for', () => {
  expect(sliceWish({ ...NOTHING, connection: ['3'] })).toMatchObject({
    isServer: undefined,
    protocols: undefined,
    window: undefined,
  });
});

test.each([
  { words: ['ws'], protocols: ['websocket'] },
  { words: ['ws,sse', 'poll'], protocols: ['websocket', 'sse', 'poll'] },
  { words: ['http'], protocols: ['http1', 'http2'] },
  { words: ['H1, h2'], protocols: ['http1', 'http2'] },
  { words: ['tcp,tls'], protocols: ['tcp', 'tls'] },
])('--protocol $words', ({ words, protocols }) => {
  expect([...(sliceWish({ ...NOTHING, protocol: words }).protocols ?? [])]).toEqual(protocols);
});

test('hosts are those of --only', () => {
  const { isServer } = sliceWish({ ...NOTHING, host: ['*.example', 'localhost:81'] });
  expect(isServer?.({ host: 'chat.example', port: 1 })).toBe(true);
  expect(isServer?.({ host: '192.0.2.1', port: 1 }, 'chat.example')).toBe(true);
  expect(isServer?.({ host: 'localhost', port: 80 })).toBe(false);
});

test.each([
  { from: '1', to: '2', window: { from: 1_000_000_000n, to: 2_000_999_999n } },
  { from: undefined, to: '0', window: { from: -(2n ** 64n), to: 999_999n } },
  { from: '1', to: undefined, window: { from: 1_000_000_000n, to: 2n ** 64n } },
])('--from $from --to $to', ({ from, to, window }) => {
  expect(sliceWish({ ...NOTHING, from, to }).window?.(0n)).toEqual(window);
});

describe('what is wrong', () => {
  test.each<{ options: Partial<SliceOptions>; words: RegExp }>([
    { options: {}, words: /say what to keep: with --connection, --host/ },
    { options: { connection: ['x'] }, words: /^--connection x: not numbers/ },
    { options: { host: ['http://a/'] }, words: /^--host http:\/\/a\/: not a host/ },
    { options: { protocol: ['ws,wss'] }, words: /^--protocol ws,wss: not a protocol; write ws, sse/ },
    { options: { protocol: ['constructor'] }, words: /not a protocol/ },
    { options: { from: 'soon' }, words: /^--from soon: not a time/ },
  ])('$options', ({ options, words }) => {
    expect(() => sliceWish({ ...NOTHING, ...options })).toThrow(UsageError);
    expect(() => sliceWish({ ...NOTHING, ...options })).toThrow(words);
  });

  test('an end before the beginning, once both are known', () => {
    const { window } = sliceWish({ ...NOTHING, from: '4', to: '3' });
    expect(() => window?.(0n)).toThrow(/--from 4 --to 3: that ends before it begins/);
  });
});
