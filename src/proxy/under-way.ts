import type { Socket } from 'node:net';
import type { Endpoint } from '../tap.ts';
import type { Client } from './client.ts';
import { whenClosed } from './connection.ts';
import type { TapSource } from './tap-source.ts';
import { at, type Dialled, UpstreamError } from './upstream.ts';

/** All that a proxy has under way, so that its end can end it, and wait until the tap has been told of everything. */
export class UnderWay {
  readonly #maxSockets: number;
  readonly #clients = new Set<Client>();
  readonly #upstream = new Set<Socket>();
  readonly #work = new Set<Promise<void>>();
  #dials = 0;
  #hasTurnedAway = false;

  /** With no more than `maxSockets` of clients and servers together. */
  constructor(maxSockets: number) {
    this.#maxSockets = maxSockets;
  }

  /** Sockets to servers, and those that are being dialled. */
  get #servers(): number {
    return this.#upstream.size + this.#dials;
  }

  /** True where there is room for another client and, as for each there is, one server; the client is turned away otherwise. */
  admits(socket: Socket): boolean {
    const clients = this.#clients.size + 1;
    if (clients + Math.max(clients, this.#servers) <= this.#maxSockets) return true;
    socket.destroy();
    if (!this.#hasTurnedAway) process.emitWarning(`clients are turned away: ${NO_DESCRIPTORS}`);
    this.#hasTurnedAway = true;
    return false;
  }

  addClient(client: Client): void {
    this.#clients.add(client);
    whenClosed(client.socket, () => this.#clients.delete(client));
  }

  /** The connection to `server` that `dial` makes. Rejects with an UpstreamError, also where there is no room for it. */
  async dial(server: Endpoint, dial: () => Promise<Dialled>): Promise<Dialled> {
    if (this.#clients.size + this.#servers >= this.#maxSockets) {
      throw new UpstreamError('UPSTREAM_UNREACHABLE', `${at(server)} was not dialled: ${NO_DESCRIPTORS}`);
    }
    this.#dials++;
    try {
      const dialled = await dial();
      this.#addUpstream(dialled.socket);
      return dialled;
    } finally {
      this.#dials--;
    }
  }

  #addUpstream(socket: Socket): void {
    this.#upstream.add(socket);
    whenClosed(socket, () => this.#upstream.delete(socket));
  }

  /** A mistake of ours in serving one client is that client's loss, and told as a warning. */
  addWork(work: Promise<void>, client: Client): void {
    const done = work
      .catch((error: unknown) => {
        client.socket.destroy();
        process.emitWarning(error instanceof Error ? error : String(error));
      })
      .finally(() => this.#work.delete(done));
    this.#work.add(done);
  }

  /** Ends a client and all its connections; false where there is none with this number. */
  stop(number: number): boolean {
    for (const client of this.#clients) {
      if (client.number !== number) continue;
      client.stop();
      return true;
    }
    return false;
  }

  /** Closes every client, and waits for all that follows from it. No more clients may be added. */
  async end(source: TapSource): Promise<void> {
    const closed = [...this.#clients].map(
      ({ socket }) => new Promise<void>((done) => whenClosed(socket, done)),
    );
    for (const client of this.#clients) client.stop();
    for (const socket of this.#upstream) socket.destroy();
    await Promise.all([...this.#work, ...closed]);
    await source.settled();
  }
}

const NO_DESCRIPTORS = 'this process has no file descriptors left (see ulimit -n)';
