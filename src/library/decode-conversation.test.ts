import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Side } from '../tap.ts';
import {
  deflatedWebSocket,
  eventStream,
  gzippedEventStream,
  http,
  type Said,
  webSocket,
} from '../testing/conversations.ts';
import { cutAt, cuts } from '../testing/cuts.ts';
import { decodeConversation, type Piece } from './decode-conversation.ts';
import type { WeighedSession } from './weighed-session.ts';

const gzipped = await gzippedEventStream();

/** What was said, by whom, in which weight. */
function told(session: WeighedSession) {
  return {
    messages: Array.from(session.messages(), (message) => ({ ...message, text: message.text() })),
    ...session.snapshot(),
  };
}

function cut(said: readonly Said[], places: readonly number[]): Piece[] {
  return said.flatMap(({ from, bytes }) => cutAt(bytes, places).map((piece) => ({ from, bytes: piece })));
}

describe('decodes whatever a connection speaks', () => {
  test.each([
    { name: 'HTTP', said: http, protocols: ['http1'], last: '' },
    { name: 'a WebSocket', said: webSocket, protocols: ['websocket'], last: '\u0003\ufffd' },
    { name: 'a compressed one', said: deflatedWebSocket, protocols: ['websocket'], last: 'and hello again' },
    { name: 'an event stream', said: eventStream, protocols: ['sse', 'http1'], last: 'ok' },
    { name: 'a compressed one', said: gzipped, protocols: ['sse'], last: 'two' },
  ])('$name', ({ said, protocols, last }) => {
    const session = decodeConversation(said);
    const { protocols: found, audit, totals, connections } = session.snapshot();
    expect(Object.keys(found).sort()).toEqual([...protocols].sort());
    expect([...session.messages()].at(-1)?.text()).toBe(last);
    expect(totals.weight.gross).toBe(said.reduce((sum, { bytes }) => sum + bytes.length, 0));
    expect(audit).toEqual({ balanced: 1, cutOff: 0, imbalances: [] });
    expect(connections).toMatchObject([{ clientAddress: undefined, server: undefined, reason: 'ended' }]);
  });

  test('also what the server says first, without a host', () => {
    const session = decodeConversation([{ from: 'server', bytes: Buffer.from('220 ready\r\n') }]);
    expect(session.exchange(1)).toMatchObject({ protocol: 'tcp', host: '', openedAt: 0 });
    expect([...session.messages()].map((message) => message.text())).toEqual(['220 ready\r\n']);
  });

  test('and counts HTTP/2', () => {
    const session = decodeConversation([{ from: 'client', bytes: new Uint8Array(9) }], { alpn: 'h2' });
    expect(session.exchange(1)).toMatchObject({ protocol: 'http2', ledger: { client: { undecoded: 9 } } });
    expect(session.connection(1)?.tls?.alpn).toBe('h2');
  });
});

test.each([http, webSocket, deflatedWebSocket, eventStream])(
  'tells the same however it is cut',
  (...said) => {
    fc.assert(
      fc.property(cuts, (places) => {
        expect(told(decodeConversation(cut(said, places)))).toEqual(told(decodeConversation(said)));
      }),
      { numRuns: 10 },
    );
  },
);

test('any bytes are weighed, none is changed, and nothing throws', () => {
  const from = fc.constantFrom<Side>('client', 'server');
  const start = fc.constantFrom(...http, ...webSocket, ...eventStream).map(({ bytes }) => bytes);
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 60 }), start);
  fc.assert(
    fc.property(fc.array(fc.record({ from, bytes }), { maxLength: 8 }), (pieces) => {
      const before = structuredClone(pieces);
      const { totals, connections, audit } = decodeConversation(pieces).snapshot();
      expect(connections[0]?.inspectionStopped).toBeUndefined();
      expect(totals.weight.gross).toBe(pieces.reduce((sum, piece) => sum + piece.bytes.length, 0));
      expect(audit.imbalances).toEqual([]);
      expect(pieces.map((piece) => Buffer.from(piece.bytes))).toEqual(
        before.map((piece) => Buffer.from(piece.bytes)),
      );
    }),
    { numRuns: 40 },
  );
});

test('what is no piece is refused', () => {
  const wrong = (piece: unknown) => () => decodeConversation([piece as Piece]);
  expect(wrong({ from: 'me', bytes: new Uint8Array() })).toThrow(
    new TypeError("decodeConversation: from: neither 'client' nor 'server': me"),
  );
  expect(wrong({ from: 'client', bytes: 'text' })).toThrow(
    new TypeError('decodeConversation: not a Uint8Array but string'),
  );
});
