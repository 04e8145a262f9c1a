import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Arrivals } from './arrivals.ts';
import { Peer } from './peer.ts';

/** A TCP server that says only what a test tells it to, and keeps what it is told. */
export class RawOrigin implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #peers: Peer[] = [];
  readonly #arrivals = new Arrivals<Peer>();

  constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket: Socket) => {
      const peer = new Peer(socket);
      this.#peers.push(peer);
      this.#arrivals.add(peer);
    });
  }

  /** `host:port` as targets have it. */
  get authority(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** How many clients came. */
  get connections(): number {
    return this.#peers.length;
  }

  /** The next connection that no test has had yet. */
  next(): Promise<Peer> {
    return this.#arrivals.next();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const { socket } of this.#peers) socket.destroy();
    await closed;
  }
}

export async function startRawOrigin(host = '127.0.0.1'): Promise<RawOrigin> {
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  server.listen(0, host);
  await once(server, 'listening');
  return new RawOrigin(server);
}
