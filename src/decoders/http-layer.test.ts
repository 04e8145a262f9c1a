import { describe, expect, test } from 'vitest';
import { client, server, webSocket } from '../testing/conversations.ts';
import { websocketFrame } from '../testing/websocket-frame.ts';
import { HttpLayer } from './http-layer.ts';
import { BEGINNING } from './layer.ts';
import { TcpConversation } from './tcp.ts';

const [upgrade, switching] = webSocket;
const httpLayer = () => new HttpLayer(BEGINNING, (origin) => new TcpConversation(origin));
const early = websocketFrame({ opcode: 1, payload: 'early', key: [1, 2, 3, 4] });
const welcome = websocketFrame({ opcode: 1, payload: 'welcome' });

describe('after a 101', () => {
  function switched(): { layer: HttpLayer; next: NonNullable<ReturnType<HttpLayer['next']>> } {
    const layer = httpLayer();
    layer.push('client', upgrade!.bytes);
    expect(layer.next()).toBeUndefined();
    layer.end('client');
    expect(layer.next()).toBeUndefined();
    layer.push('server', switching!.bytes);
    const next = layer.next();
    if (!next) throw new Error('no switch');
    return { layer, next };
  }

  test('the next layer gets what came early, from both sides, and the ends that were', () => {
    const { next } = switched();
    expect(Buffer.from(next.rest.client)).toEqual(early);
    expect(Buffer.from(next.rest.server)).toEqual(welcome);
    expect(next.ended).toEqual(['client']);
    expect(next.events).toEqual([{ type: 'exchange', exchange: 1, protocol: 'websocket' }]);
  });

  test('it goes on where HTTP stopped, in each direction', () => {
    const { next } = switched();
    const told = [
      ...next.layer.push('client', next.rest.client),
      ...next.layer.push('server', next.rest.server),
    ];
    expect(told).toMatchObject([
      { type: 'message', exchange: 1, from: 'client', start: upgrade!.bytes.length - early.length },
      { type: 'message', exchange: 1, from: 'server', start: switching!.bytes.length - welcome.length },
    ]);
  });

  test('extensions that the client did not offer are faults of the handshake', () => {
    const layer = httpLayer();
    layer.push(
      'client',
      client('GET / HTTP/1.1\nHost: a\nConnection: Upgrade\nUpgrade: websocket\n\n').bytes,
    );
    const answer = 'HTTP/1.1 101 Switching\nConnection: Upgrade\nUpgrade: WebSocket\n';
    layer.push('server', server(`${answer}Sec-WebSocket-Extensions: permessage-deflate\n\n`).bytes);
    expect(layer.next()?.events).toMatchObject([
      { type: 'exchange', protocol: 'websocket' },
      { type: 'fault', exchange: 1, from: 'server', rule: expect.stringMatching(/^RFC /) },
    ]);
  });
});

describe('a response is an event stream', () => {
  test.each([
    { status: '200 OK', type: 'text/event-stream', is: true },
    { status: '200 OK', type: 'Text/Event-Stream ; charset=utf-8', is: true },
    { status: '200 OK', type: 'text/event-streams', is: false },
    { status: '200 OK', type: 'application/x-ndjson', is: false },
    { status: '404 Not Found', type: 'text/event-stream', is: false },
    { status: '204 No Content', type: 'text/event-stream', is: false },
  ])('$status $type: $is', ({ status, type, is }) => {
    const layer = httpLayer();
    layer.push('client', client('POST /chat HTTP/1.1\nHost: a\nContent-Length: 0\n\n').bytes);
    const events = layer.push(
      'server',
      server(`HTTP/1.1 ${status}\nContent-Type: ${type}\n\ndata: x\n\n`).bytes,
    );
    const message = events.some((event) => event.type === 'message' && event.kind === 'event');
    expect(message).toBe(is);
    expect(events.some((event) => event.type === 'exchange' && event.protocol === 'sse')).toBe(is);
  });
});
