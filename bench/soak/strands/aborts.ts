import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { dialled, type Route, tunnelled } from '../../route.ts';
import { openedWebSocket } from '../../web-socket.ts';
import { connectFor, requestFor } from '../../wire/http.ts';
import { CLIENT_FRAME, handshakeFor } from '../../wire/websocket.ts';
import { repeating, type Strand } from '../strand.ts';

/** More than has come when the client goes at the first of it, and not so much more that tare has little else to do. */
const CUT_UNITS = 10_000;
/** How a ClientHello begins (RFC 8446 section 5.1), without the rest of it. */
const HALF_HELLO = Buffer.from('16030102000100', 'hex');
const REST_MS = 100;

/** Where a client can leave, one after another; each brings a connection so far. */
const LEAVINGS: readonly ((route: Route) => Promise<Socket>)[] = [
  inHead,
  inConnect,
  inClientHello,
  inResponse,
  inMessages,
  inOwnMessage,
];

/** Clients that go in the middle of something, every other one with a reset. */
export const aborts: Strand = repeating({
  name: 'aborted',
  unit: 'clients',
  clients: 2,
  units: 1,
  rest: REST_MS,
  async turn(route, number) {
    const socket = await LEAVINGS[number % LEAVINGS.length]!(route);
    const closed = once(socket, 'close');
    if (Math.floor(number / LEAVINGS.length) % 2 === 0) socket.destroy();
    else socket.resetAndDestroy();
    await closed;
  },
});

async function inHead(route: Route): Promise<Socket> {
  const socket = await dialled(route);
  const authority = `127.0.0.1:${route.origin.plain}`;
  socket.write(requestFor(`http://${authority}/answer`, authority).subarray(0, 100));
  await pause(1);
  return socket;
}

async function inConnect(route: Route): Promise<Socket> {
  const socket = await dialled(route);
  socket.write(connectFor(`127.0.0.1:${route.origin.plain}`));
  return socket;
}

async function inClientHello(route: Route): Promise<Socket> {
  const socket = await tunnelled(route);
  socket.write(HALF_HELLO);
  await pause(1);
  return socket;
}

async function inResponse(route: Route): Promise<Socket> {
  const socket = await dialled(route);
  const authority = `127.0.0.1:${route.origin.plain}`;
  socket.write(requestFor(`http://${authority}/events?units=${CUT_UNITS}`, authority));
  await once(socket, 'data');
  return socket;
}

async function inMessages(route: Route): Promise<Socket> {
  const socket = await tunnelled(route);
  socket.write(handshakeFor(`/flood?units=${CUT_UNITS}`, `127.0.0.1:${route.origin.plain}`));
  await once(socket, 'data');
  return socket;
}

async function inOwnMessage(route: Route): Promise<Socket> {
  const socket = await openedWebSocket(route, `/swallow?units=${CUT_UNITS}`);
  socket.write(Buffer.concat([CLIENT_FRAME, CLIENT_FRAME.subarray(0, 60)]));
  await pause(1);
  return socket;
}
