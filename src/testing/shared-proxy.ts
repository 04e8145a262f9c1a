import type { Socket } from 'node:net';
import { expect } from 'vitest';
import type { Connection } from '../session/connection.ts';
import type { MessageRow } from '../session/message-table.ts';
import type { Side } from '../tap.ts';
import { dialPeer, Peer } from './peer.ts';
import { type RawOrigin, startRawOrigin } from './raw-origin.ts';
import { openTunnel } from './tunnel-client.ts';
import { startWeighedProxy, type WeighedProxy } from './weighed-proxy.ts';

/** What two peers say to each other, the client first, and who leaves first. Strings are Latin-1. */
export interface Encounter {
  readonly client: Uint8Array | string;
  readonly server?: Uint8Array | string;
  /** The server, unless told otherwise. */
  readonly leavesFirst?: Side;
}

/** What the session shows of a connection, a line for each thing. */
export interface Shown {
  readonly connection: Connection;
  /** `server response: head 38, payload 2, cut off`; behind the messages, what was undecoded. */
  readonly rows: readonly string[];
  /** `server RFC 9112 section 8: the stream ended inside a body`. */
  readonly faults: readonly string[];
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** A proxy and an origin that the cases of a table share, one after the other: the next is served whatever the last one was. */
export class SharedProxy implements AsyncDisposable {
  readonly weighed: WeighedProxy;
  readonly origin: RawOrigin;
  /** Connections and messages that were shown already. */
  #connections = 0;
  #messages = 0;

  constructor(weighed: WeighedProxy, origin: RawOrigin) {
    this.weighed = weighed;
    this.origin = origin;
  }

  /** A client of the proxy, which has said nothing yet. */
  dial(): Peer {
    return dialPeer(this.weighed.port);
  }

  /** `text` with the origin's authority for each `HOST`. */
  here(text: string): string {
    return text.replaceAll('HOST', this.origin.authority);
  }

  /** Both ends of a tunnel to the origin, which has been told `said`. The client's is not read yet. */
  async tunnel(said: Uint8Array | string): Promise<{ client: Socket; server: Peer }> {
    const bytes = bytesOf(said);
    const client = await openTunnel(this.weighed.port, this.origin.authority);
    client.write(bytes);
    const server = await this.origin.next();
    await server.until(bytes.length);
    expect(server.bytes.equals(bytes)).toBe(true);
    return { client, server };
  }

  /** Lets two peers meet in a tunnel: sees that each gets the other's bytes as they are, and tells what is shown of it. */
  async meet({ client: said, server: answered = '', leavesFirst = 'server' }: Encounter): Promise<Shown> {
    const { client: socket, server } = await this.tunnel(said);
    const client = new Peer(socket);
    socket.resume();
    const answer = bytesOf(answered);
    server.write(answer);
    await client.until(answer.length);
    expect(client.bytes.equals(answer)).toBe(true);
    const [first, second] = leavesFirst === 'server' ? [server, client] : [client, server];
    first.socket.end();
    await second.ended();
    second.socket.end();
    await first.ended();
    await Promise.all([client.closed(), server.closed()]);
    return this.shown();
  }

  /** What the session shows of the next connection, once that is over: nobody else speaks while it lasts. */
  async shown(): Promise<Shown> {
    const connection = await this.weighed.over(++this.#connections);
    const { messages, faults } = this.weighed.session;
    const rows: string[] = [];
    while (this.#messages < messages.length) rows.push(line(messages.row(this.#messages++)));
    for (const from of ['client', 'server'] as const) {
      const { undecoded } = connection.ledger[from];
      if (undecoded > 0) rows.push(`${from} undecoded ${undecoded}`);
    }
    const own = faults.filter((fault) => fault.connection === connection.number);
    return { connection, rows, faults: own.map(({ from, rule, detail }) => `${from} ${rule}: ${detail}`) };
  }

  /** Sees that a request of the plainest kind is served. */
  async expectToServe(): Promise<void> {
    const { connections, messages } = this.weighed.session;
    this.#connections = connections.size; // what a case that failed has not looked at is no part of the next
    this.#messages = messages.length;
    const client = this.dial();
    client.write(this.here('GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\n\r\n'));
    const server = await this.origin.next();
    expect(await server.until('\r\n\r\n')).toBe(this.here('GET / HTTP/1.1\r\nHost: HOST\r\n\r\n'));
    server.write(OK);
    expect(await client.until(OK.length)).toBe(OK);
    client.socket.end();
    await server.ended();
    server.socket.end();
    await client.closed();
    const { rows, faults, connection } = await this.shown();
    expect(rows.map((row) => row.split(':')[0])).toEqual(['client request', 'server response']);
    expect({ faults, reason: connection.reason }).toEqual({ faults: [], reason: 'ended' });
  }

  /** Its end asserts that the books balance. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.weighed[Symbol.asyncDispose]();
    await this.origin[Symbol.asyncDispose]();
  }
}

function line({ from, kind, name, complete, ...message }: MessageRow): string {
  const weights = (['head', 'framing', 'control', 'payload'] as const)
    .filter((weight) => message[weight] > 0)
    .map((weight) => `${weight} ${message[weight]}`);
  const what = [from, kind, name].filter(Boolean).join(' ');
  return `${what}: ${[...weights, ...(complete ? [] : ['cut off'])].join(', ')}`;
}

function bytesOf(said: Uint8Array | string): Buffer {
  return typeof said === 'string' ? Buffer.from(said, 'latin1') : Buffer.from(said);
}

export async function startSharedProxy(): Promise<SharedProxy> {
  return new SharedProxy(await startWeighedProxy(), await startRawOrigin());
}
