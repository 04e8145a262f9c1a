import { Duplex } from 'node:stream';
import type { CloseReason, Endpoint } from '../../tap.ts';
import { type Client, sum } from '../client.ts';
import { reset } from '../connection.ts';
import type { ConnectionTap, TapSource } from '../tap-source.ts';
import { isReset } from '../upstream.ts';
import { Turns } from './turns.ts';

/** How long a client may take to close after tare did, in milliseconds. */
const LINGER_MS = 2_000;
const NOTHING = { client: 0, server: 0 };

/**
 * A client whose requests are reversed: its socket as a stream that Node's HTTP server can be given, with every byte of
 * the socket tapped. (Listening in on the socket itself would not do: the server takes over its handle.) It is one
 * connection of the session from its first reversed request on.
 */
export class ReverseClient {
  readonly client: Client;
  readonly turns: Turns;
  readonly #tap: ConnectionTap;
  readonly #ended = { client: false, server: false };
  #stream: Duplex;
  /** Came from the client and is being read by the server, whose answer must not be told of before it. */
  #untapped: Buffer | undefined;
  /** Nothing that the client still sends is read. */
  #isDeaf = false;
  #cut: CloseReason | undefined;

  constructor(source: TapSource, client: Client, server: Endpoint) {
    this.client = client;
    this.turns = new Turns(() => client.socket.resume());
    this.#tap = source.open({
      mode: 'reverse',
      client: client.number,
      clientAddress: client.address,
      server,
      serverAddress: undefined,
      tls: undefined,
      timings: {},
    });
    this.#stream = this.#newStream();
  }

  /** What the client sends and gets. */
  get stream(): Duplex {
    return this.#stream;
  }

  /** Begins to read, with what was read from the socket before. */
  begin(first: Buffer): void {
    const { socket } = this.client;
    this.#take(first);
    socket.on('data', (bytes: Buffer) => this.#take(bytes));
    socket.on('end', () => this.#endClient());
    socket.on('error', (error) => {
      if (!this.#isOver()) this.#cut ??= isReset(error) ? 'client-reset' : 'client-gone';
    });
    socket.on('close', () => this.#close());
    if (socket.readableEnded) this.#endClient();
    if (socket.closed) this.#close();
    else socket.resume();
  }

  /** A stream in place of the one there was, which hears nothing more; `first` comes before all that was not read there. */
  restart(first: Buffer): void {
    const old = this.#stream;
    this.#stream = this.#newStream();
    this.#stream.push(first);
    for (let left: Buffer | null = old.read(); left; left = old.read()) this.#stream.push(left);
    if (this.#ended.client) this.#stream.push(null);
  }

  /** Says no more than what is under way, reads no more, and closes. */
  finish(): void {
    this.#isDeaf = true;
    this.client.socket.resume(); // an unread byte would turn our end into a reset
    this.#stream.end(() => this.#linger());
  }

  #linger(): void {
    const { socket } = this.client;
    if (socket.destroyed) return;
    const timer = setTimeout(() => {
      this.#cut ??= 'server-gone';
      socket.destroy();
    }, LINGER_MS);
    socket.once('close', () => clearTimeout(timer));
  }

  /** Ends at once, so that what was under way cannot look complete: the client sees a reset. */
  cut(reason: CloseReason): void {
    this.#cut ??= reason;
    reset(this.client.socket);
  }

  #newStream(): Duplex {
    const { socket } = this.client;
    const stream = new Duplex({
      read: () => {
        if (this.#stream === stream && !this.turns.isFull) socket.resume();
      },
      write: (bytes: Buffer, _encoding, done) => this.#write(bytes, done),
      writev: (all, done) => this.#write(Buffer.concat(all.map(({ chunk }) => chunk)), done),
      final: (done) => this.#end(done),
      destroy: (_error, done) => {
        if (this.#stream === stream && !this.#isOver()) socket.destroy();
        done(null);
      },
    });
    stream.on('end', () => {
      if (this.#stream === stream) this.turns.clientEnded();
    });
    stream.on('error', () => {}); // the socket's own listeners know of it
    // What Node's server and http-proxy expect of a socket: there is no time after which a quiet one is closed.
    const quiet = () => stream;
    return Object.assign(stream, {
      setTimeout: quiet,
      setNoDelay: quiet,
      setKeepAlive: quiet,
      destroySoon: () => this.finish(),
    });
  }

  #take(bytes: Buffer): void {
    this.client.claim('client', bytes.length);
    this.#untapped = bytes;
    const isRead = !this.#isDeaf && !this.#stream.destroyed;
    if (isRead && (!this.#stream.push(bytes) || this.turns.isFull)) this.client.socket.pause();
    this.#tapUntapped();
  }

  #tapUntapped(): void {
    const bytes = this.#untapped;
    this.#untapped = undefined;
    if (bytes) this.#tap.bytes('client', bytes);
  }

  #write(bytes: Buffer, done: (error?: Error) => void): void {
    const { socket } = this.client;
    if (!socket.writable) return done(new Error('the client is gone'));
    this.client.claim('server', bytes.length);
    const isTaken = socket.write(bytes);
    this.#tapUntapped();
    this.#tap.bytes('server', bytes);
    if (isTaken) done();
    else socket.once('drain', () => done());
  }

  #endClient(): void {
    if (this.#ended.client) return;
    this.#ended.client = true;
    this.#tap.ended('client');
    if (!this.#stream.destroyed) this.#stream.push(null);
  }

  #end(done: () => void): void {
    const { socket } = this.client;
    if (!socket.writable) return done();
    this.#ended.server = true;
    socket.end(() => done());
    this.#tapUntapped();
    this.#tap.ended('server');
  }

  #isOver(): boolean {
    return this.#ended.client && this.#ended.server;
  }

  #close(): void {
    const { client } = this;
    const isInOrder = this.#isOver() && this.#cut === undefined;
    const { tapped } = this.#tap;
    const reason = isInOrder ? 'ended' : client.isStopped ? 'stopped' : (this.#cut ?? 'client-gone');
    this.#stream.destroy();
    this.turns.clear();
    this.#tap.closed(reason, {
      tapped,
      upstream: NOTHING,
      tls: NOTHING,
      proxy: NOTHING,
      downstream: sum(tapped, client.claimRest()),
      unrelayed: NOTHING,
    });
  }
}
