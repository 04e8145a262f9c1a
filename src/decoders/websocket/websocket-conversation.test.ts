import { createServer } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import { constants, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { Side } from '../../tap.ts';
import { cutAt, cuts, hex } from '../../testing/cuts.ts';
import { type FrameParts, websocketFrame } from '../../testing/websocket-frame.ts';
import { endOfPlaces } from '../../testing/websocket-story.ts';
import { openInflater } from '../content-encoding.ts';
import type { WireEvent } from '../wire-event.ts';
import { type AgreedExtensions, NO_EXTENSIONS, readExtensions } from './extensions.ts';
import { WebSocketConversation } from './websocket-conversation.ts';

function conversation(extensions: AgreedExtensions, client = 0, server = 0): WebSocketConversation {
  return new WebSocketConversation({
    origin: { exchange: 1, isOpen: true, client, server },
    extensions,
    openInflater: (bits, limit) => openInflater('deflate-raw', limit, bits),
  });
}

test('the exchange closes when both sides have ended, once', () => {
  const both = conversation(NO_EXTENSIONS);
  expect(both.end('client')).toEqual([]);
  expect(both.push('server', hex('8101 41'))).toMatchObject([{ type: 'message', from: 'server' }]);
  expect(both.end('server')).toEqual([{ type: 'exchange-closed', exchange: 1 }]);
  expect(both.end('server')).toEqual([]);
  expect(both.end('client')).toEqual([]);
});

test('each side is judged and counted by itself', () => {
  const both = conversation(NO_EXTENSIONS, 300, 200);
  expect(both.push('client', hex('0181 00000000 41'))).toMatchObject([{ from: 'client', start: 300 }]);
  expect(both.push('server', hex('8181 00000000 41'))).toMatchObject([
    { type: 'fault', from: 'server', start: 200, rule: 'RFC 6455 section 5.1' },
    { type: 'message', from: 'server', start: 200, complete: true },
  ]);
});

describe('any conversation tells what was said in it', () => {
  interface Said {
    readonly from: Side;
    readonly text: string;
    readonly isText: boolean;
    readonly isCompressed: boolean;
    readonly fragments: readonly number[];
    readonly ping: string | undefined;
    readonly key: readonly number[];
  }
  const said: fc.Arbitrary<Said> = fc.record({
    from: fc.constantFrom<Side>('client', 'server'),
    text: fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.constant('x'.repeat(200))),
    isText: fc.boolean(),
    isCompressed: fc.boolean(),
    fragments: fc.array(fc.nat(), { maxLength: 3 }),
    ping: fc.option(fc.string({ maxLength: 20 }), { nil: undefined }),
    key: fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }),
  });

  /** The message's frames, with a ping before the last of them. */
  function framesOf({ text, isText, isCompressed, fragments, ping }: Said): FrameParts[] {
    const whole = isCompressed ? deflated(text) : Buffer.from(text);
    const pieces = cutAt(whole, fragments);
    const frames = pieces.map((payload, index): FrameParts => {
      const opcode = index > 0 ? 0 : isText ? 1 : 2;
      return { opcode, payload, fin: index === pieces.length - 1, rsv: index === 0 && isCompressed ? 4 : 0 };
    });
    return ping === undefined ? frames : frames.toSpliced(-1, 0, { opcode: 9, payload: ping });
  }

  function toldOf(one: Said): string[] {
    const frames = framesOf(one);
    const lines = one.ping === undefined ? [] : [`${one.from} ping ${one.ping}`];
    const bytes = frames
      .filter(({ opcode }) => opcode < 8)
      .reduce((sum, { payload }) => sum + payload!.length, 0);
    return [...lines, `${one.from} ${one.isText ? 'text' : 'binary'} ${bytes} ${one.text}`];
  }

  /** Messages with their parts joined. */
  function tell(events: readonly WireEvent[]): string[] {
    const parts: Record<Side, Uint8Array[]> = { client: [], server: [] };
    return events.flatMap((event) => {
      if (event.type === 'message-part') parts[event.from].push(event.bytes);
      if (event.type === 'fault') return [`fault ${event.rule}`];
      if (event.type !== 'message') return [];
      if (event.kind === 'ping') return [`${event.from} ping ${Buffer.from(event.bytes)}`];
      const bytes = Buffer.concat([...parts[event.from].splice(0), event.bytes]);
      const content = Buffer.from(event.content ?? bytes);
      return [`${event.from} ${event.kind} ${bytes.length} ${content}`];
    });
  }

  const alone = { takeover: false, windowBits: 15 };
  const extensions: AgreedExtensions = { deflate: { client: alone, server: alone }, unknown: [] };

  test('however its bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(said, { maxLength: 6 }), cuts, (messages, places) => {
        const both = conversation(extensions, 10, 20);
        const events = messages.flatMap((one) => {
          const key = one.from === 'client' ? one.key : undefined;
          const wire = Buffer.concat(framesOf(one).map((parts) => websocketFrame({ ...parts, key })));
          return cutAt(wire, places).flatMap((chunk) => both.push(one.from, chunk));
        });
        expect(tell(events)).toEqual(messages.flatMap(toldOf));
        endOfPlaces(
          events.filter((event) => !('from' in event) || event.from === 'client'),
          10,
        );
        endOfPlaces(
          events.filter((event) => !('from' in event) || event.from === 'server'),
          20,
        );
      }),
      { numRuns: 200 },
    );
  });

  function deflated(text: string): Buffer {
    return deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
  }
});

test('any bytes at all: never throws, and every byte is in exactly one place', () => {
  const step = fc.tuple(fc.constantFrom<Side>('client', 'server'), fc.uint8Array({ maxLength: 100 }));
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const both = conversation(NO_EXTENSIONS);
      const events = steps.flatMap(([from, bytes]) => both.push(from, bytes));
      events.push(...both.end('client'), ...both.end('server'));
      for (const side of ['client', 'server']) {
        const pushed = steps.reduce((sum, [from, bytes]) => sum + (from === side ? bytes.length : 0), 0);
        const own = events.filter((event) => 'from' in event && event.from === side);
        expect(endOfPlaces(own, 0)).toBe(pushed);
      }
      expect(events.at(-1)).toEqual({ type: 'exchange-closed', exchange: 1 });
    }),
  );
});

describe('what ws says is understood', () => {
  test.each([
    { name: 'plain', offer: false, accept: false },
    { name: 'compressed', offer: true, accept: true },
    {
      name: 'compressed without context takeover',
      offer: true,
      accept: { clientNoContextTakeover: true, serverNoContextTakeover: true },
    },
    {
      name: 'compressed in small windows',
      offer: true,
      accept: { clientMaxWindowBits: 9, serverMaxWindowBits: 9 },
    },
  ])('$name', async ({ offer, accept }) => {
    const recorded = await wsConversation(
      offer,
      accept && { threshold: 0, ...(accept === true ? {} : accept) },
    );
    const { extensions, violations } = recorded;
    expect(violations).toEqual([]);
    expect(extensions.deflate !== undefined).toBe(offer);
    const both = conversation(extensions);
    const events = recorded.steps.flatMap(([from, bytes]) => both.push(from, bytes));
    events.push(...both.end('client'), ...both.end('server'));
    expect(said(events, 'client')).toEqual([...SAID, 'close 1000 bye']);
    expect(said(events, 'server')).toEqual([...SAID, 'close 1000 bye']);
  });

  const SAID = [
    'text Hello',
    'text Hello',
    'binary \0\u0001',
    'ping p',
    'text ab',
    `text ${'long '.repeat(30000)}`,
  ];

  /** What one side said, but for the pongs, whose turn is the machine's. */
  function said(events: readonly WireEvent[], from: Side): string[] {
    let parts: Uint8Array[] = [];
    return events.flatMap((event) => {
      if (event.type === 'fault') return [`fault ${event.rule}: ${event.detail}`];
      if (event.type === 'message-part' && event.from === from) parts.push(event.bytes);
      if (event.type !== 'message' || event.from !== from || event.kind === 'pong') return [];
      if (event.kind === 'close' || event.kind === 'ping')
        return [`${event.kind} ${event.name || Buffer.from(event.bytes)}`];
      const bytes = Buffer.concat([...parts, event.bytes]);
      parts = [];
      return [`${event.kind} ${Buffer.from(event.content ?? bytes)}`];
    });
  }

  function speak(socket: WebSocket): void {
    socket.send('Hello');
    socket.send('Hello');
    socket.send(Uint8Array.of(0, 1));
    socket.ping('p');
    socket.send('a', { fin: false });
    socket.send('b', { fin: true });
    socket.send('long '.repeat(30000));
  }

  /** A client and a server of ws talk through memory: what they said behind the handshake, in the order it passed. */
  async function wsConversation(offer: boolean, accept: false | object) {
    const steps: [Side, Uint8Array][] = [];
    const [client, toClient] = duplexPair();
    const [server, toServer] = duplexPair();
    relay(toClient, toServer, (bytes) => steps.push(['client', bytes]));
    relay(toServer, toClient, (bytes) => steps.push(['server', bytes]));
    const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: accept });
    const http = createServer().on('upgrade', (request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, speak),
    );
    http.emit('connection', server);
    const socket = new WebSocket('ws://localhost', {
      createConnection: () => client,
      perMessageDeflate: offer && { threshold: 0 },
    });
    await new Promise((resolve, reject) => {
      let received = 0;
      socket.on('open', () => speak(socket));
      // The last of the five that the server sends.
      socket.on('message', () => ++received === 5 && socket.close(1000, 'bye'));
      socket.on('close', resolve).on('error', reject);
    });
    return withoutHandshake(steps);
  }

  function relay(from: Duplex, to: Duplex, record: (bytes: Uint8Array) => void): void {
    from.on('data', (bytes: Buffer) => {
      record(Uint8Array.from(bytes));
      to.write(bytes);
    });
    from.on('end', () => to.end());
  }

  function withoutHandshake(steps: readonly [Side, Uint8Array][]) {
    const wire = (from: Side) =>
      Buffer.concat(steps.filter(([side]) => side === from).map(([, bytes]) => bytes));
    const head = (from: Side) => wire(from).subarray(0, wire(from).indexOf('\r\n\r\n') + 4);
    const left = { client: head('client').length, server: head('server').length };
    const behind = steps.map(([from, bytes]): [Side, Uint8Array] => {
      const cut = Math.min(left[from], bytes.length);
      left[from] -= cut;
      return [from, bytes.subarray(cut)];
    });
    return { steps: behind, ...readExtensions(fields(head('client')), fields(head('server'))) };
  }

  function fields(head: Buffer): string[] {
    return Array.from(
      head.toString('latin1').matchAll(/^Sec-WebSocket-Extensions: (.*)\r$/gim),
      ([, value]) => value!,
    );
  }
});
