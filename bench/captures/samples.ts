import { readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { arrival } from '../arrival.ts';
import { pingPongTraffic } from '../loads/ping-pong-traffic.ts';
import { pingPong } from '../ping-pong.ts';
import { type Repeated, Repetition } from '../repetition.ts';
import { dialled, type Route, tunnelled } from '../route.ts';
import { recordingOf, type Site } from '../subjects/command.ts';
import { launch } from '../subjects/launch.ts';
import { openedWebSocket } from '../web-socket.ts';
import { EVENT_CHUNK, LAST_CHUNK, STREAM_HEAD } from '../wire/event-stream.ts';
import { ANSWER, requestFor } from '../wire/http.ts';
import {
  CLIENT_FRAME,
  HANDSHAKE_ANSWER,
  handshakeFor,
  LARGE_FRAME,
  SERVER_FRAME,
} from '../wire/websocket.ts';

/** Something that is said through tare; a share of 1 makes a recording of about 16 MB. */
export type Talk = (route: Route, share: number) => Promise<void>;

/** WebSocket messages of 125 B there and back, one in flight: each is a packet. */
export const echoes: Talk = async (route, share) => {
  const socket = await openedWebSocket(route, '/echo');
  await pingPong(socket, CLIENT_FRAME, SERVER_FRAME, unitsOf(40_000, share));
  socket.destroy();
};

/** WebSocket messages of 125 B as fast as they come: hundreds in a packet. */
export const flood: Talk = async (route, share) => {
  const units = unitsOf(125_000, share);
  await webSocketFlood(route, `/flood?units=${units}`, SERVER_FRAME, units);
};

/** WebSocket messages of 64 KiB. */
export const largeMessages: Talk = async (route, share) => {
  const units = unitsOf(256, share);
  await webSocketFlood(route, `/large?units=${units}`, LARGE_FRAME, units);
};

/** Small requests and answers on 16 connections. */
export const requests: Talk = async (route, share) => {
  const authority = authorityOf(route);
  const request = requestFor(`http://${authority}/answer`, authority);
  const units = unitsOf(1_300, share) * 16;
  const traffic = await pingPongTraffic(() => dialled(route), request, ANSWER, units);
  await traffic.run();
  traffic.close();
};

/** Events of 100 B, a chunk each. */
export const events: Talk = async (route, share) => {
  const units = unitsOf(150_000, share);
  const authority = authorityOf(route);
  const request = requestFor(`http://${authority}/events?units=${units}`, authority);
  const stream = { head: STREAM_HEAD, unit: EVENT_CHUNK, count: units, tail: LAST_CHUNK };
  await heard(await dialled(route), request, stream);
};

/** All of these at once, a fifth each. */
export const everything: Talk = async (route, share) => {
  const talks = [echoes, flood, largeMessages, requests, events];
  await Promise.all(talks.map((talk) => talk(route, share / talks.length)));
};

/** What tare records of a talk. */
export async function recorded(talk: Talk, site: Site, share: number): Promise<Buffer> {
  const tare = await launch('recording', site);
  await talk({ proxyPort: tare.port, origin: site.origin }, share);
  await tare.stop();
  const recording = readFileSync(recordingOf(site));
  rmSync(recordingOf(site));
  return recording;
}

function unitsOf(whole: number, share: number): number {
  return Math.max(1, Math.round(whole * share));
}

function authorityOf({ origin }: Route): string {
  return `127.0.0.1:${origin.plain}`;
}

async function webSocketFlood(route: Route, path: string, unit: Buffer, count: number): Promise<void> {
  const handshake = handshakeFor(path, authorityOf(route));
  await heard(await tunnelled(route), handshake, { head: HANDSHAKE_ANSWER, unit, count });
}

async function heard(socket: Socket, ask: Buffer, answer: Repeated): Promise<void> {
  socket.write(ask);
  await arrival(socket, new Repetition(answer));
  socket.destroy();
}
