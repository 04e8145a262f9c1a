import type { Socket } from 'node:net';
import { pingPong } from './ping-pong.ts';
import { type Route, tunnelled } from './route.ts';
import { HANDSHAKE_ANSWER, handshakeFor } from './wire/websocket.ts';

/** A WebSocket to `path`, in a tunnel as browsers open them. */
export async function openedWebSocket(route: Route, path: string): Promise<Socket> {
  const socket = await tunnelled(route);
  await pingPong(socket, handshakeFor(path, `127.0.0.1:${route.origin.plain}`), HANDSHAKE_ANSWER, 1);
  return socket;
}
