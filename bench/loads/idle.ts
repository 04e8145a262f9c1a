import type { Socket } from 'node:net';
import { pingPong } from '../ping-pong.ts';
import { type Route, several } from '../route.ts';
import type { Site, SubjectName } from '../subjects/command.ts';
import { Subject } from '../subjects/subject.ts';
import { openedWebSocket } from '../web-socket.ts';
import { CLIENT_FRAME, SERVER_FRAME } from '../wire/websocket.ts';
import type { Load, Sample } from './load.ts';

/** Opened and closed first, so that what is loaded or compiled once is not counted. */
const WARMING_CONNECTIONS = 100;
const CONNECTIONS = 2_000;
const SMOKE_CONNECTIONS = 50;

/** Memory that each of 2,000 silent plain WebSockets takes, in a fresh process every time. */
export const idle: Load = {
  name: 'idle',
  unit: 'KiB/connection',
  beside: 'plain',
  aim: { cost: 20 },
  async rig(name: SubjectName, site: Site) {
    return { sample: () => idleSample(name, site), close: async () => {} };
  },
};

async function idleSample(name: SubjectName, site: Site): Promise<Sample> {
  const subject = await Subject.start(name, site);
  const route = { proxyPort: subject.port, origin: site.origin };
  const count = site.isSmoke ? SMOKE_CONNECTIONS : CONNECTIONS;
  try {
    for (const socket of await echoing(route, WARMING_CONNECTIONS)) socket.destroy();
    const before = await subject.settledMemory();
    const sockets = await echoing(route, count);
    const after = await subject.settledMemory();
    await Promise.all(sockets.map((socket) => pingPong(socket, CLIENT_FRAME, SERVER_FRAME, 1))); // all alive still
    for (const socket of sockets) socket.destroy();
    return { cost: (after - before) / count / 1024, rate: undefined };
  } finally {
    await subject.stop();
  }
}

function echoing(route: Route, count: number): Promise<Socket[]> {
  return several(count, () => openedWebSocket(route, '/echo'));
}
