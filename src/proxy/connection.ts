import type { Socket } from 'node:net';
import type { CloseReason, DirectionBytes, Side } from '../tap.ts';
import type { Client } from './client.ts';
import { difference, sum } from './client.ts';
import type { ConnectionTap } from './tap-source.ts';
import { wantsCertificate } from './tls-opening.ts';
import { isReset } from './upstream.ts';

/** The two streams that are joined, and what lies under them. */
export interface Joint {
  readonly client: Client;
  /** What the client reads and writes: its socket, or the TLS opened on it. */
  readonly clientStream: Socket;
  readonly serverStream: Socket;
  /** The server's TCP socket, whose counters see TLS records too. */
  readonly serverSocket: Socket;
  readonly tap: ConnectionTap;
  /** Bytes that passed on the client's socket only because tare stands there: CONNECT and its answer. */
  readonly proxy: DirectionBytes;
  /** Knows better why the connection closed, from what passed on it and who ended it first; undefined where neither did. */
  readonly judge?: (reason: CloseReason, tapped: DirectionBytes, first: Side | undefined) => CloseReason;
}

/** What happens on the server's side, for whoever feeds the client's bytes in. */
export interface ServerSide {
  /** After the bytes were written to the client. */
  received?(bytes: Buffer): void;
  /** The server will send no more. */
  ended(): void;
  /** The server's socket is closed; `settle` is to be called. */
  closed(reason: CloseReason): void;
  /** False while the client would take what this server says for another's answer. */
  isHeard?(): boolean;
}

/**
 * One pair of a client and the server it was joined to. Moves the server's bytes to the client by itself, takes the
 * client's through `send`; in both directions a slow reader pauses the sender. Relays first, taps after.
 */
export class Connection {
  readonly #joint: Joint;
  readonly #side: ServerSide;
  readonly #unrelayed = { client: 0, server: 0 };
  readonly #ended = { client: false, server: false };
  /** The side that ended before the other did. */
  #first: Side | undefined;
  /** What this connection moved over the client's socket, by its own count. */
  readonly #moved = { client: 0, server: 0 };
  /** Senders that are paused until the other side has taken what it was sent. */
  readonly #paused = { client: false, server: false };
  #proxy: DirectionBytes = NONE;
  #cut: CloseReason | undefined;
  #isClosed = false;

  constructor(joint: Joint, side: ServerSide) {
    this.#joint = joint;
    this.#side = side;
    this.bookProxy(joint.proxy);
    const { serverStream } = joint;
    serverStream.on('data', (bytes: Buffer) => this.#receive(bytes));
    serverStream.on('end', () => this.#end('server'));
    serverStream.on('error', (error) => this.cut(serverReason(error)));
    serverStream.on('close', () => this.#close());
    if (serverStream.readableEnded) queueMicrotask(() => this.#end('server'));
    if (serverStream.closed) queueMicrotask(() => this.#close());
  }

  /** Sends the client's bytes to the server; the client is paused until the server has taken them. */
  send(bytes: Buffer): void {
    const { serverStream, tap } = this.#joint;
    this.#book('client', bytes.length);
    if (!serverStream.writable) {
      this.#unrelayed.client += bytes.length;
      return;
    }
    if (!serverStream.write(bytes)) this.#pause('client');
    tap.bytes('client', bytes);
  }

  /** True while the server has not taken what the client sent. */
  get isFull(): boolean {
    return this.#paused.client;
  }

  /** Books bytes that the client sent, or got, only because of tare. */
  bookProxy(bytes: DirectionBytes): void {
    this.#proxy = sum(this.#proxy, bytes);
    this.#book('client', bytes.client);
    this.#book('server', bytes.server);
  }

  #book(from: Side, bytes: number): void {
    this.#moved[from] += bytes;
    this.#joint.client.claim(from, bytes);
  }

  /** The client sends no more: the server is told so, and may go on sending. */
  endClient(): void {
    if (this.#ended.client) return;
    this.#joint.serverStream.end();
    this.#end('client');
  }

  /**
   * Ends at once, whatever was under way; a client's reset reaches the server as a reset. Where both sides have ended
   * there is nothing to cut: what the client sent last is still written to the server.
   */
  cut(reason: CloseReason): void {
    const { isStopped } = this.#joint.client;
    if (this.#isOver() && !isStopped) return;
    this.#cut ??= isStopped ? 'stopped' : reason;
    if (reason === 'client-reset') reset(this.#joint.serverSocket);
    this.#joint.serverStream.destroy();
  }

  #receive(bytes: Buffer): void {
    const { clientStream, tap } = this.#joint;
    if (clientStream.writable && (this.#side.isHeard?.() ?? true)) {
      this.#book('server', bytes.length);
      if (!clientStream.write(bytes)) this.#pause('server');
    } else {
      this.#unrelayed.server += bytes.length;
    }
    tap.bytes('server', bytes);
    this.#side.received?.(bytes);
  }

  /** Pauses who sent more than the other side takes, until that has taken it. Many writes may be too much in one go. */
  #pause(from: Side): void {
    const { clientStream, serverStream } = this.#joint;
    const [sender, reader] = from === 'client' ? [clientStream, serverStream] : [serverStream, clientStream];
    sender.pause(); // again each time: others let a client go on that had been held for them
    if (this.#paused[from]) return;
    this.#paused[from] = true;
    reader.once('drain', () => {
      this.#paused[from] = false;
      sender.resume();
    });
  }

  #isOver(): boolean {
    return this.#ended.client && this.#ended.server;
  }

  #end(from: Side): void {
    if (this.#ended[from]) return;
    this.#ended[from] = true;
    this.#first ??= from;
    this.#joint.tap.ended(from);
    if (from === 'server') this.#side.ended();
  }

  /** A stream says that it is closed before it tells of it, so one that is joined in between comes here twice. */
  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { errored } = this.#joint.serverStream; // it may have failed before it was joined, or after both sides ended
    const reason = errored ? serverReason(errored) : 'server-gone';
    if (reason === 'certificate-required') this.#cut = reason;
    else if (!this.#isOver()) this.#cut ??= this.#joint.client.isStopped ? 'stopped' : reason;
    whenClosed(this.#joint.serverSocket, () => this.#side.closed(this.#cut ?? 'ended'));
  }

  /**
   * Tells the tap that this connection closed. The last connection of its client answers for all of the client's socket
   * that none has claimed (TLS records, bytes that went nowhere), so it waits until that socket has closed.
   */
  settle(which: 'last' | 'not-last'): void {
    const { client } = this.#joint;
    if (which === 'last') whenClosed(client.socket, () => this.#settle(sum(this.#moved, client.claimRest())));
    else this.#settle({ ...this.#moved });
  }

  #settle(downstream: DirectionBytes): void {
    const { serverStream, serverSocket, tap, judge } = this.#joint;
    const { tapped } = tap;
    const upstream = { client: serverSocket.bytesWritten, server: serverSocket.bytesRead };
    const tls = serverStream === serverSocket ? NONE : difference(upstream, tapped);
    const reason = this.#cut ?? 'ended';
    tap.closed(judge?.(reason, tapped, this.#first) ?? reason, {
      tapped,
      upstream,
      tls,
      proxy: this.#proxy,
      downstream,
      unrelayed: { ...this.#unrelayed },
    });
  }
}

const NONE: DirectionBytes = { client: 0, server: 0 };

function serverReason(error: Error): CloseReason {
  if (wantsCertificate(error)) return 'certificate-required';
  return isReset(error) ? 'server-reset' : 'server-gone';
}

/**
 * Resets a connection. While its end is still being told to the peer, it can only be closed: libuv refuses to reset it then,
 * and Node 20 would keep the descriptor for ever.
 */
export function reset(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}

/** Calls `then` once `socket` has closed and its counters are final. */
export function whenClosed(socket: Socket, then: () => void): void {
  if (socket.closed) then();
  else socket.once('close', then);
}
