import { setTimeout as pause } from 'node:timers/promises';
import { pingPong } from '../ping-pong.ts';
import { several } from '../route.ts';
import type { Site } from '../subjects/command.ts';
import { launch } from '../subjects/launch.ts';
import { descriptorLimit, vitalsOf } from '../subjects/vitals.ts';
import { megabytes, type Verdict } from '../verdict.ts';
import { openedWebSocket } from '../web-socket.ts';
import { CLIENT_FRAME, SERVER_FRAME } from '../wire/websocket.ts';

const WEB_SOCKETS = 10_000;
const SMOKE_WEB_SOCKETS = 100;
const MEMORY_LIMIT = 350e6;
/** What tare has open besides. */
const OTHER_DESCRIPTORS = 100;
const SETTLE_MS = 2_000;

/** Memory with 10,000 WebSockets open that say nothing, as it is without asking for a garbage collection. */
export async function silentVerdicts(site: Site): Promise<Verdict[]> {
  const wanted = site.isSmoke ? SMOKE_WEB_SOCKETS : WEB_SOCKETS;
  const count = Math.min(wanted, openable());
  const rss = await memoryWith(count, site);
  const limit = site.isSmoke ? MEMORY_LIMIT : (MEMORY_LIMIT * count) / WEB_SOCKETS;
  const fewer = count < wanted ? ` (no more than these, as 'ulimit -Hn' is ${descriptorLimit()})` : '';
  const what = `${count.toLocaleString('en')} silent WebSockets${fewer}`;
  const words = `${what}: at most ${megabytes(limit)} resident in all; ${megabytes(rss)}`;
  return [{ words, isWell: rss <= limit }];
}

/** Each takes two descriptors of tare, one to each side. */
function openable(): number {
  return Math.floor((descriptorLimit() - OTHER_DESCRIPTORS) / 2);
}

async function memoryWith(count: number, site: Site): Promise<number> {
  const tare = await launch('tare', site);
  const route = { proxyPort: tare.port, origin: site.origin };
  try {
    const sockets = await several(count, () => openedWebSocket(route, '/echo'));
    await pause(site.isSmoke ? 0 : SETTLE_MS);
    const { rss } = vitalsOf(tare.child.pid!);
    for (const socket of sockets) await pingPong(socket, CLIENT_FRAME, SERVER_FRAME, 1); // all alive still
    for (const socket of sockets) socket.destroy();
    return rss;
  } finally {
    await tare.stop();
  }
}
