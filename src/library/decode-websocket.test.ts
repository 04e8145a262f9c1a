import { constants, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { websocketFrame } from '../testing/websocket-frame.ts';
import { decodeWebSocket } from './decode-websocket.ts';

const KEY = [1, 2, 3, 4];

function deflated(text: string): Buffer {
  return deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

describe('frames are told as messages', () => {
  test('masked, in fragments with a ping between them', () => {
    const frames = Buffer.concat([
      websocketFrame({ opcode: 1, payload: 'one ', fin: false, key: KEY }),
      websocketFrame({ opcode: 9, payload: 'alive?', key: KEY }),
      websocketFrame({ opcode: 0, payload: 'two', key: KEY }),
      websocketFrame({ opcode: 8, payload: Buffer.from('\x03\xe8bye', 'latin1'), key: KEY }),
    ]);
    const { messages, faults, weight } = decodeWebSocket(frames, { from: 'client' });
    expect(messages.map((message) => ({ ...message, text: message.text() }))).toMatchObject([
      { number: 1, kind: 'ping', text: 'alive?', weight: { gross: 12, control: 12, payload: 0 } },
      { number: 2, kind: 'text', text: 'one two', weight: { gross: 19, framing: 12, payload: 7 } },
      { number: 3, kind: 'close', name: '1000 bye', weight: { gross: 11, control: 11 } },
    ]);
    expect(faults).toEqual([]);
    expect(weight).toMatchObject({ gross: frames.length, overhead: 35, payload: 7 });
  });

  test('compressed, where that was agreed', () => {
    const frames = websocketFrame({ opcode: 1, rsv: 4, payload: deflated('hello hello hello') });
    const extensions = 'permessage-deflate; server_no_context_takeover';
    const { messages } = decodeWebSocket(frames, { from: 'server', extensions });
    expect(messages.map((message) => message.text())).toEqual(['hello hello hello']);
    expect(messages[0]?.bytes()?.length).toBe(frames.length - 2);
    expect(decodeWebSocket(frames, { from: 'server' }).faults).toMatchObject([
      { rule: 'RFC 6455 section 5.2', from: 'server', start: 0 },
    ]);
  });

  test('cut off, and against the rules', () => {
    const { messages, faults, weight } = decodeWebSocket(Uint8Array.of(0x81, 0x05, 0x41), { from: 'client' });
    expect(messages).toMatchObject([{ complete: false, weight: { gross: 3 } }]);
    expect(messages[0]?.text()).toBe('A');
    expect(faults.map(({ rule }) => rule)).toContain('RFC 6455 section 5.1');
    expect(weight.gross).toBe(3);
  });
});

test('any bytes are weighed, none is changed, and nothing throws', () => {
  const from = fc.constantFrom('client' as const, 'server' as const);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), from, (bytes, side) => {
      const before = Buffer.from(bytes);
      const { messages, weight } = decodeWebSocket(bytes, { from: side });
      const told = messages.reduce((sum, message) => sum + message.weight.gross, 0);
      expect([weight.gross, told + weight.undecoded]).toEqual([bytes.length, bytes.length]);
      expect(before.equals(bytes)).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test('what are no bytes is refused', () => {
  expect(() => decodeWebSocket('text' as unknown as Uint8Array, { from: 'client' })).toThrow(
    new TypeError('decodeWebSocket: not a Uint8Array but string'),
  );
});
