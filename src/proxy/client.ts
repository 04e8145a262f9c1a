import type { Socket } from 'node:net';
import type { DirectionBytes, Endpoint, Side } from '../tap.ts';
import { unmapped } from './upstream.ts';

/** A socket that a client opened to tare, and the account of its bytes: every one is claimed by a connection. */
export class Client {
  readonly number: number;
  readonly socket: Socket;
  readonly address: Endpoint;
  /** Aborts once the socket has closed. */
  readonly gone: AbortSignal;
  readonly #claimed = { client: 0, server: 0 };
  #isStopped = false;

  constructor(number: number, socket: Socket) {
    const controller = new AbortController();
    this.number = number;
    this.socket = socket;
    this.address = { host: unmapped(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 };
    this.gone = controller.signal;
    socket.on('error', () => {}); // whoever serves the socket learns of errors by its own listener
    socket.once('close', () => controller.abort());
  }

  /** True once tare itself has ended it. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** True once nobody is there any more to be served. */
  get hasLeft(): boolean {
    return this.#isStopped || this.gone.aborted;
  }

  /** Closes the socket at once, since tare ends, or somebody wants it to. */
  stop(): void {
    this.#isStopped = true;
    this.socket.destroy();
  }

  /** Books bytes which this socket moved as some connection's own. */
  claim(from: Side, bytes: number): void {
    this.#claimed[from] += bytes;
  }

  /** Books all that the socket has moved and no connection claimed. */
  claimRest(): DirectionBytes {
    const rest = {
      client: this.socket.bytesRead - this.#claimed.client,
      server: this.socket.bytesWritten - this.#claimed.server,
    };
    this.claim('client', rest.client);
    this.claim('server', rest.server);
    return rest;
  }
}

export function sum(a: DirectionBytes, b: DirectionBytes): DirectionBytes {
  return { client: a.client + b.client, server: a.server + b.server };
}

export function difference(a: DirectionBytes, b: DirectionBytes): DirectionBytes {
  return { client: a.client - b.client, server: a.server - b.server };
}
