import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import type { Peer } from './peer.ts';
import { startWeighedProxy, type WeighedProxy, type WeighedProxyOptions } from './weighed-proxy.ts';

/** The shortest request for a reverse proxy, and the shortest answer. */
export const GET = 'GET / HTTP/1.1\r\nHost: me\r\n\r\n';
export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

export interface ReverseProxyOptions extends WeighedProxyOptions {
  readonly keepHost?: boolean;
}

/** A proxy in reverse mode, whose traffic is weighed. */
export function startReverse(target: string, options: ReverseProxyOptions = {}): Promise<WeighedProxy> {
  const { keepHost = false, ...others } = options;
  return startWeighedProxy({ reverse: { target: new URL(target), keepHost }, ...others });
}

/** Ends the client's side, and expects that both ended in order and every byte of its socket was tapped. */
export async function endInOrder(client: Peer, proxy: WeighedProxy, number = 1): Promise<void> {
  client.socket.end();
  await client.ended();
  const { reason, closing, facts } = await proxy.over(number);
  const { bytesWritten, bytesRead } = client.socket;
  expect({ reason, mode: facts?.mode, serverAddress: facts?.serverAddress, ...closing }).toEqual({
    reason: 'ended',
    mode: 'reverse',
    serverAddress: undefined,
    tapped: { client: bytesWritten, server: bytesRead },
    downstream: { client: bytesWritten, server: bytesRead },
    upstream: { client: 0, server: 0 },
    tls: { client: 0, server: 0 },
    proxy: { client: 0, server: 0 },
    unrelayed: { client: 0, server: 0 },
  });
}

/** A server of Node's that listens, and ends with its connections. */
export async function listening(server: Server): Promise<AsyncDisposable & { readonly url: string }> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
