import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { arrival } from '../../arrival.ts';
import { flood } from '../../flood.ts';
import { pingPong } from '../../ping-pong.ts';
import { Repetition } from '../../repetition.ts';
import { type Route, several, tunnelled } from '../../route.ts';
import { openedWebSocket } from '../../web-socket.ts';
import { CLIENT_FRAME, HANDSHAKE_ANSWER, handshakeFor, SERVER_FRAME } from '../../wire/websocket.ts';
import { FLOOD_REST_MS, FLOOD_UNITS } from '../floods.ts';
import { repeating, type Strand } from '../strand.ts';

const LOT = 20;
const IDLE = 50;
const IDLE_MS = 1_000;

/** Echoes, floods both ways, and WebSockets that come, say nothing for a while, and go. */
export const webSocketStrands: readonly Strand[] = [
  { name: 'ws-echo', unit: 'echoes', clients: 4, run: echoes },
  repeating({
    name: 'ws-flood-from-server',
    unit: 'messages',
    clients: 1,
    units: FLOOD_UNITS,
    rest: FLOOD_REST_MS,
    turn: floodFromServer,
  }),
  repeating({
    name: 'ws-flood-from-client',
    unit: 'messages',
    clients: 1,
    units: FLOOD_UNITS,
    rest: FLOOD_REST_MS,
    turn: floodFromClient,
  }),
  repeating({ name: 'ws-idle', unit: 'WebSockets', clients: 1, units: IDLE, turn: idle }),
];

async function echoes(route: Route, arrived: (units: number) => void): Promise<never> {
  const socket = await openedWebSocket(route, '/echo');
  for (;;) {
    await pingPong(socket, CLIENT_FRAME, SERVER_FRAME, LOT);
    arrived(LOT);
  }
}

async function floodFromServer(route: Route): Promise<void> {
  const socket = await tunnelled(route);
  socket.write(handshakeFor(`/flood?units=${FLOOD_UNITS}`, `127.0.0.1:${route.origin.plain}`));
  await arrival(socket, new Repetition({ head: HANDSHAKE_ANSWER, unit: SERVER_FRAME, count: FLOOD_UNITS }));
  await ended(socket);
}

async function floodFromClient(route: Route): Promise<void> {
  const socket = await openedWebSocket(route, `/swallow?units=${FLOOD_UNITS}`);
  const told = arrival(socket, new Repetition({ unit: SERVER_FRAME, count: 1 }));
  await Promise.all([flood(socket, CLIENT_FRAME, FLOOD_UNITS), told]);
  await ended(socket);
}

/** Every other one goes without a word. */
async function idle(route: Route): Promise<void> {
  const sockets = await several(IDLE, () => openedWebSocket(route, '/echo'));
  await pause(IDLE_MS);
  await Promise.all(sockets.map((socket) => pingPong(socket, CLIENT_FRAME, SERVER_FRAME, 1)));
  await Promise.all(sockets.map((socket, index) => (index % 2 === 0 ? ended(socket) : socket.destroy())));
}

async function ended(socket: Socket): Promise<void> {
  if (socket.closed) return;
  const closed = once(socket, 'close');
  socket.resume().end();
  await closed;
}
