import type { Socket } from 'node:net';
import { arrival } from '../arrival.ts';
import { flood } from '../flood.ts';
import { Repetition } from '../repetition.ts';
import { EVENT_CHUNK, LAST_CHUNK, STREAM_HEAD } from '../wire/event-stream.ts';
import { ANSWER } from '../wire/http.ts';
import { CLIENT_FRAME, handshakeAnswerFor, LARGE_FRAME, SERVER_FRAME } from '../wire/websocket.ts';
import { HeadCounter } from './head-counter.ts';

/** What the origin does on a connection once it has read the first head, which asked for `units`. */
export type Behaviour = (socket: Socket, head: string, units: number) => Promise<void> | void;

/** The origin's behaviours by the path that asks for them. */
export const BEHAVIOURS: ReadonlyMap<string, Behaviour> = new Map<string, Behaviour>([
  ['/answer', answer],
  ['/echo', echo],
  ['/flood', floodMessages],
  ['/large', floodLargeMessages],
  ['/swallow', swallow],
  ['/events', floodEvents],
]);

/** Answers every request, the first one too. */
function answer(socket: Socket): void {
  const heads = new HeadCounter();
  socket.write(ANSWER);
  socket.on('data', (bytes) => {
    for (let left = heads.push(bytes); left > 0; left--) socket.write(ANSWER);
  });
}

/** Says back each message: the client's must be `CLIENT_FRAME`, so its echo is `SERVER_FRAME`. */
async function echo(socket: Socket, head: string): Promise<void> {
  socket.write(handshakeAnswerFor(head));
  let echoed = 0;
  await arrival(socket, new Repetition({ unit: CLIENT_FRAME, count: Number.POSITIVE_INFINITY }), (heard) => {
    for (; echoed < heard; echoed++) socket.write(SERVER_FRAME);
  });
}

async function floodMessages(socket: Socket, head: string, units: number): Promise<void> {
  socket.write(handshakeAnswerFor(head));
  await flood(socket, SERVER_FRAME, units);
}

async function floodLargeMessages(socket: Socket, head: string, units: number): Promise<void> {
  socket.write(handshakeAnswerFor(head));
  await flood(socket, LARGE_FRAME, units);
}

/** Reads all the client's messages, then says one, so that the client knows they arrived. */
async function swallow(socket: Socket, head: string, units: number): Promise<void> {
  socket.write(handshakeAnswerFor(head));
  await arrival(socket, new Repetition({ unit: CLIENT_FRAME, count: units }));
  socket.write(SERVER_FRAME);
}

async function floodEvents(socket: Socket, _head: string, units: number): Promise<void> {
  socket.write(STREAM_HEAD);
  await flood(socket, EVENT_CHUNK, units);
  socket.write(LAST_CHUNK);
}
