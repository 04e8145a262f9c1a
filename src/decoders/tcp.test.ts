import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Side } from '../tap.ts';
import { TcpConversation, UndecodedConversation } from './tcp.ts';
import type { Conversation, WireEvent } from './wire-event.ts';

const conversations: readonly { name: string; open: () => Conversation; protocol: string }[] = [
  { name: 'tcp', open: () => new TcpConversation(), protocol: 'tcp' },
  { name: 'http2', open: () => new UndecodedConversation('http2'), protocol: 'http2' },
];

test('each slice of TCP is a chunk', () => {
  const conversation = new TcpConversation();
  const hello = Uint8Array.of(1, 2, 3);
  expect(conversation.push('client', hello)).toEqual([
    { type: 'exchange', exchange: 1, protocol: 'tcp' },
    {
      type: 'message',
      kind: 'chunk',
      exchange: 1,
      from: 'client',
      start: 0,
      framing: 0,
      control: 0,
      payload: 3,
      bytes: hello,
      content: undefined,
      name: '',
      complete: true,
    },
  ]);
  expect(conversation.push('server', hello)).toMatchObject([{ type: 'message', from: 'server', start: 0 }]);
  expect(conversation.push('client', hello)).toMatchObject([{ type: 'message', from: 'client', start: 3 }]);
});

test('what has no decoder is counted', () => {
  const conversation = new UndecodedConversation('http2');
  expect(conversation.push('client', new Uint8Array(24))).toEqual([
    { type: 'exchange', exchange: 1, protocol: 'http2' },
    { type: 'undecoded', exchange: 1, from: 'client', start: 0, length: 24 },
  ]);
  expect(conversation.push('client', new Uint8Array(9))).toEqual([
    { type: 'undecoded', exchange: 1, from: 'client', start: 24, length: 9 },
  ]);
});

describe.each(conversations)('$name', ({ open, protocol }) => {
  test('closes when both sides have ended', () => {
    const conversation = open();
    conversation.push('server', new Uint8Array(1));
    expect(conversation.end('server')).toEqual([]);
    expect(conversation.push('client', new Uint8Array(1))).toHaveLength(1);
    expect(conversation.end('client')).toEqual([{ type: 'exchange-closed', exchange: 1 }]);
  });

  test('tells nothing of nothing', () => {
    const conversation = open();
    expect(conversation.push('client', new Uint8Array())).toEqual([]);
    expect([...conversation.end('client'), ...conversation.end('server')]).toEqual([]);
  });

  test('any bytes: opens once, and every byte is told in order', () => {
    const slices = fc.array(fc.tuple(fc.constantFrom<Side>('client', 'server'), fc.uint8Array()));
    fc.assert(
      fc.property(slices, (pushed) => {
        const conversation = open();
        const events = pushed.flatMap(([from, bytes]) => conversation.push(from, bytes));
        const opened = pushed.some(([, bytes]) => bytes.length > 0);
        expect(events.filter(({ type }) => type === 'exchange')).toEqual(
          opened ? [{ type: 'exchange', exchange: 1, protocol }] : [],
        );
        for (const side of ['client', 'server'] as const) {
          const sent = pushed.reduce((sum, [from, bytes]) => sum + (from === side ? bytes.length : 0), 0);
          expect(told(events, side)).toBe(sent);
        }
      }),
    );
  });
});

test('a hole in TCP is a chunk of its own, and in what has no decoder it is counted', () => {
  expect(new TcpConversation().lose('server', 9)).toMatchObject([
    { type: 'exchange', protocol: 'tcp' },
    { type: 'missing', kind: 'chunk', from: 'server', start: 0, length: 9 },
    { type: 'message', kind: 'chunk', from: 'server', start: 9, payload: 0, complete: true },
  ]);
  expect(new UndecodedConversation('http2').lose('server', 9)).toMatchObject([
    { type: 'exchange', protocol: 'http2' },
    { type: 'undecoded', from: 'server', start: 0, length: 9 },
  ]);
});

describe('in place of what came before it', () => {
  const origin = { exchange: 4, isOpen: true, client: 300, server: 200 };

  test('the exchange is open already', () => {
    const conversation = new TcpConversation(origin);
    expect(conversation.push('server', new Uint8Array(5))).toMatchObject([
      { exchange: 4, from: 'server', start: 200 },
    ]);
    expect(conversation.push('client', new Uint8Array(5))).toMatchObject([
      { exchange: 4, from: 'client', start: 300 },
    ]);
  });

  test('and closes even if nothing more was sent', () => {
    const conversation = new UndecodedConversation('http2', origin);
    conversation.end('client');
    expect(conversation.end('server')).toEqual([{ type: 'exchange-closed', exchange: 4 }]);
  });
});

/** Bytes told from a side; fails where they are not told one behind the other. */
function told(events: readonly WireEvent[], side: Side): number {
  let offset = 0;
  for (const event of events) {
    if ((event.type !== 'message' && event.type !== 'undecoded') || event.from !== side) continue;
    expect(event.start).toBe(offset);
    offset += event.type === 'message' ? event.payload : event.length;
  }
  return offset;
}
