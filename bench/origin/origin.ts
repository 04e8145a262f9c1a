import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Identity } from '../identity.ts';
import { BEHAVIOURS } from './behaviour.ts';

/** Where the origin listens on 127.0.0.1. */
export interface OriginPorts {
  readonly plain: number;
  readonly tls: number;
}

/** A server that sends prebuilt bytes: it is there to cost little, not to be a good HTTP server. */
export interface Origin {
  readonly ports: OriginPorts;
  close(): void;
}

export async function startOrigin({ cert, key }: Identity): Promise<Origin> {
  const plain = createServer({ allowHalfOpen: true, noDelay: true }, serve);
  const tls = createTlsServer({ cert, key, ALPNProtocols: ['http/1.1'], noDelay: true }, serve);
  tls.on('tlsClientError', () => {}); // a client that goes away during the handshake notices by itself
  const ports = { plain: await listen(plain), tls: await listen(tls) };
  return {
    ports,
    close() {
      plain.close();
      tls.close();
    },
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1', 4096);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function serve(socket: Socket): void {
  let head = '';
  socket.on('error', () => socket.destroy());
  socket.on('end', () => socket.end());
  socket.on('data', function readHead(bytes: Buffer) {
    head += bytes.toString('latin1');
    if (!head.endsWith('\r\n\r\n')) return;
    socket.off('data', readHead);
    behave(socket, head).catch(() => socket.destroy()); // the load sees its connection end early
  });
}

async function behave(socket: Socket, head: string): Promise<void> {
  const [, target = ''] = head.split(' ', 2);
  const { pathname, searchParams } = new URL(target, 'http://origin'); // absolute-form too: a bare relay sends it on
  const behaviour = BEHAVIOURS.get(pathname);
  if (!behaviour) throw new Error(`the origin knows no ${pathname}`);
  await behaviour(socket, head, Number(searchParams.get('units')));
}
