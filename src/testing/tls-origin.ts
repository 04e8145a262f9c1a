import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type SecureContext, TLSSocket, type TlsOptions } from 'node:tls';
import { Arrivals } from './arrivals.ts';
import { Peer } from './peer.ts';
import { testAuthority } from './test-authority.ts';

/** A TLS server behind a socket that counts, apart from what TLS says of itself. */
export interface TlsOrigin extends AsyncDisposable {
  readonly port: number;
  readonly connections: number;
  /** The next client whose handshake is done, where no function serves them. */
  next(): Promise<Peer>;
  /** Bytes on the wire of all that came, TLS included, once those connections have closed. */
  counted(): Promise<{ client: number; server: number }>;
}

export interface TlsOriginOptions extends TlsOptions {
  /** For localhost and 127.0.0.1, signed by the servers' test authority, unless told otherwise. */
  readonly context?: SecureContext;
  /** Takes what the server itself knows of every handshake's secrets. */
  readonly onKeys?: (line: Buffer) => void;
}

/** Calls `serve` with every client whose handshake is done; without it the test is to ask for them. */
export async function startTlsOrigin(
  serve?: (socket: TLSSocket) => void,
  options: TlsOriginOptions = {},
): Promise<TlsOrigin> {
  const { leaves } = await testAuthority('origin');
  const { context = await leaves.secureContext('localhost'), onKeys = () => {}, ...others } = options;
  const sockets: Socket[] = [];
  const arrivals = new Arrivals<Peer>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.push(socket.on('error', () => {}));
    const stream = new TLSSocket(socket, { ...others, isServer: true, secureContext: context });
    stream
      .on('error', () => {})
      .on('keylog', onKeys)
      .once('secure', () => (serve ? serve(stream) : arrivals.add(new Peer(stream))));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return sockets.length;
    },
    next: () => arrivals.next(),
    async counted() {
      const open = sockets.filter(({ closed }) => !closed);
      await Promise.all(open.map((socket) => once(socket, 'close')));
      const sum = (count: (socket: Socket) => number) =>
        sockets.reduce((total, one) => total + count(one), 0);
      return { client: sum(({ bytesRead }) => bytesRead), server: sum(({ bytesWritten }) => bytesWritten) };
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
