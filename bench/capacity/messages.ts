import type { Socket } from 'node:net';
import { arrival } from '../arrival.ts';
import { type Repeated, Repetition } from '../repetition.ts';
import { dialled, type Route, tunnelled } from '../route.ts';
import { spreadOf } from '../spread.ts';
import type { Site } from '../subjects/command.ts';
import { launch } from '../subjects/launch.ts';
import { vitalsOf } from '../subjects/vitals.ts';
import { megabytes, type Verdict } from '../verdict.ts';
import { EVENT_CHUNK, LAST_CHUNK, STREAM_HEAD } from '../wire/event-stream.ts';
import { requestFor } from '../wire/http.ts';
import { HANDSHAKE_ANSWER, handshakeFor, SERVER_FRAME } from '../wire/websocket.ts';
import { Pace } from './pace.ts';

const MESSAGES = 1_000_000;
const SMOKE_MESSAGES = 20_000;
/** So that what is compiled late does not slow the first ones. */
const WARMING_SHARE = 0.1;
const PEAK_LIMIT = 400e6;
const SLOWEST_END = 0.9;

/** A flood from the origin, and how its last tenth compared with its first. */
type Flood = (route: Route, messages: number) => Promise<number>;

/** A million WebSocket messages and a million events through one tare, in each round a new one. */
export async function messagesVerdicts(site: Site, rounds: number): Promise<Verdict[]> {
  const messages = site.isSmoke ? SMOKE_MESSAGES : MESSAGES;
  const peaks: number[] = [];
  const endings = { webSocket: [] as number[], events: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const tare = await launch('tare', site);
    const route = { proxyPort: tare.port, origin: site.origin };
    try {
      endings.webSocket.push(await warmed(webSocketFlood, route, messages));
      endings.events.push(await warmed(eventFlood, route, messages));
      peaks.push(vitalsOf(tare.child.pid!).peakRss);
    } finally {
      await tare.stop();
    }
  }
  const all = `${messages.toLocaleString('en')} WebSocket messages and as many events`;
  return [
    peakVerdict(all, Math.max(...peaks)),
    paceVerdict('WebSocket messages', endings.webSocket, site.isSmoke),
    paceVerdict('events', endings.events, site.isSmoke),
  ];
}

function peakVerdict(what: string, peak: number): Verdict {
  const words = `${what}: at most ${megabytes(PEAK_LIMIT)} resident; ${megabytes(peak)} at the peak`;
  return { words, isWell: peak <= PEAK_LIMIT };
}

function paceVerdict(what: string, ratios: readonly number[], isSmoke: boolean): Verdict {
  const { median, least, most } = spreadOf(ratios)!;
  const [middle, low, high] = [median, least, most].map((ratio) => ratio.toFixed(2));
  const found = `the last tenth came at ${middle} (${low}..${high}) times the pace of the first`;
  const words = `${what}: as fast in the end, within 10 %; ${found}`;
  return { words, isWell: isSmoke ? undefined : median >= SLOWEST_END };
}

async function warmed(flood: Flood, route: Route, messages: number): Promise<number> {
  await flood(route, messages * WARMING_SHARE);
  return flood(route, messages);
}

async function webSocketFlood(route: Route, messages: number): Promise<number> {
  const socket = await tunnelled(route);
  const handshake = handshakeFor(`/flood?units=${messages}`, `127.0.0.1:${route.origin.plain}`);
  return paceOf(socket, handshake, { head: HANDSHAKE_ANSWER, unit: SERVER_FRAME, count: messages });
}

async function eventFlood(route: Route, messages: number): Promise<number> {
  const socket = await dialled(route);
  const authority = `127.0.0.1:${route.origin.plain}`;
  const request = requestFor(`http://${authority}/events?units=${messages}`, authority);
  return paceOf(socket, request, {
    head: STREAM_HEAD,
    unit: EVENT_CHUNK,
    count: messages,
    tail: LAST_CHUNK,
  });
}

async function paceOf(socket: Socket, ask: Buffer, stream: Repeated): Promise<number> {
  const pace = new Pace(stream.count, performance.now());
  socket.write(ask);
  await arrival(socket, new Repetition(stream), (units) => pace.mark(units, performance.now()));
  socket.destroy();
  const { first, last } = pace.tenths();
  return last / first;
}
