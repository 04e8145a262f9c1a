import type { Socket } from 'node:net';
import type { Client } from './client.ts';
import { whenClosed } from './connection.ts';
import type { TapSource } from './tap-source.ts';

/** All that a proxy has under way, so that its end can end it, and wait until the tap has been told of everything. */
export class UnderWay {
  readonly #clients = new Set<Client>();
  readonly #upstream = new Set<Socket>();
  readonly #work = new Set<Promise<void>>();

  addClient(client: Client): void {
    this.#clients.add(client);
    whenClosed(client.socket, () => this.#clients.delete(client));
  }

  addUpstream(socket: Socket): void {
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

  /** Closes every client, and waits for all that follows from it. No more clients may be added. */
  async end(source: TapSource): Promise<void> {
    for (const client of this.#clients) client.stop();
    for (const socket of this.#upstream) socket.destroy();
    await Promise.all(this.#work);
    await source.settled();
  }
}
