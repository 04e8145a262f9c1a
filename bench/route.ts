import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { OriginPorts } from './origin/origin.ts';
import { connectFor } from './wire/http.ts';

/** The way from the load's client to the origin: through the proxy that is measured. */
export interface Route {
  readonly proxyPort: number;
  readonly origin: OriginPorts;
  /** Is told of each socket to the proxy, before it has connected. */
  readonly onDial?: (socket: Socket) => void;
}

/** A connection to the proxy itself, as absolute-form requests use it. */
export async function dialled({ proxyPort, onDial }: Route): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: proxyPort, noDelay: true });
  onDial?.(socket);
  socket.on('error', () => {}); // whoever uses the socket hears of its end by `close`
  await once(socket, 'connect');
  return socket;
}

/** A tunnel to the origin's plain port. */
export function tunnelled(route: Route): Promise<Socket> {
  return tunnelTo(route, route.origin.plain);
}

/** TLS to the origin, through a tunnel; a whole handshake each time, no session is resumed. */
export async function secured(route: Route): Promise<Socket> {
  const socket = tlsConnect({
    socket: await tunnelTo(route, route.origin.tls),
    servername: 'localhost',
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: false,
  });
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  return socket;
}

/** `count` connections, a few at a time. */
export async function several(count: number, open: () => Promise<Socket>): Promise<Socket[]> {
  const atOnce = 50;
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(atOnce, count - sockets.length) }, open);
    sockets.push(...(await Promise.all(batch)));
  }
  return sockets;
}

async function tunnelTo(route: Route, port: number): Promise<Socket> {
  const socket = await dialled(route);
  socket.write(connectFor(`127.0.0.1:${port}`));
  const head = await firstChunk(socket);
  const isOpen = head.startsWith('HTTP/1.1 200 ') && head.endsWith('\r\n\r\n');
  if (!isOpen) throw new Error(`the proxy answered CONNECT with: ${head}`);
  return socket;
}

function firstChunk(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    const cut = () => reject(new Error('the proxy closed the connection instead of an answer to CONNECT'));
    socket.once('close', cut);
    socket.once('data', (bytes) => {
      socket.off('close', cut);
      resolve(bytes.toString('latin1'));
    });
  });
}
