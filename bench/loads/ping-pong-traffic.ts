import type { Socket } from 'node:net';
import { pingPong } from '../ping-pong.ts';
import { several } from '../route.ts';
import type { Traffic } from './traffic-load.ts';

const CONNECTIONS = 16;

/** Question and answer on 16 connections, one in flight on each; `units` is a multiple of 16. */
export async function pingPongTraffic(
  open: () => Promise<Socket>,
  ask: Buffer,
  answer: Buffer,
  units: number,
): Promise<Traffic> {
  const sockets = await several(CONNECTIONS, open);
  return {
    async run() {
      await Promise.all(sockets.map((socket) => pingPong(socket, ask, answer, units / CONNECTIONS)));
    },
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
