import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { readClientHello } from '../decoders/client-hello.ts';
import { fieldValue } from '../decoders/http1/fields.ts';
import type { RequestHead } from '../decoders/http1/head.ts';
import { sniff } from '../decoders/sniff.ts';
import type { CloseReason, ConnectionFailure, DirectionBytes, Endpoint, TlsFacts } from '../tap.ts';
import type { Client } from './client.ts';
import { authorityEndpoint } from './endpoint.ts';
import type { ProxyParts } from './proxy.ts';
import { drop, refuse } from './refusal.ts';
import {
  certificateName,
  isCertificateRefusal,
  openClientTls,
  openServerTls,
  type TlsWish,
  tlsFacts,
} from './tls-opening.ts';
import { tunnel } from './tunnel.ts';
import { type Dialled, dial, UpstreamError } from './upstream.ts';

const ESTABLISHED = Buffer.from('HTTP/1.1 200 Connection Established\r\n\r\n');

/** A CONNECT request as it was read from a client. */
export interface ConnectRequest {
  readonly client: Client;
  readonly head: RequestHead;
  /** Bytes of the head, and of a stray line end behind it. */
  readonly length: number;
  /** What the client sent on without waiting for the answer. */
  readonly early: Buffer;
}

/** Serves a CONNECT: dials the server first, answers, and lets the tunnel's first bytes tell what it carries. */
export async function serveConnect(parts: ProxyParts, request: ConnectRequest): Promise<void> {
  const { client, head } = request;
  const accept = fieldValue(head.fields, 'accept') ?? '';
  const server = authorityEndpoint(head.target);
  if (!server) {
    const message = `CONNECT wants HOST:PORT, and got ${JSON.stringify(head.target)}`;
    const failure: ConnectionFailure = { code: 'BAD_REQUEST', message };
    return refuse(parts.source, client.socket, accept, { client, mode: 'connect', server, failure });
  }
  let dialled: Dialled;
  try {
    dialled = await dial(server, { timeoutMs: parts.dialTimeoutMs, self: parts.self(), signal: client.gone });
  } catch (error) {
    const failure = failureOf(error);
    return refuse(parts.source, client.socket, accept, { client, mode: 'connect', server, failure });
  }
  client.gone.addEventListener('abort', () => dialled.socket.destroy());
  client.socket.write(ESTABLISHED);
  const proxy = { client: request.length, server: ESTABLISHED.length };
  const opening = new TunnelOpening(parts, { client, server, dialled, proxy });
  await opening.begin(request.early);
}

/** A tunnel that was granted: what it carries is not known yet. */
interface Granted {
  readonly client: Client;
  readonly server: Endpoint;
  readonly dialled: Dialled;
  readonly proxy: DirectionBytes;
}

/** From the tunnel's first bytes to its relay: as it is, or with its TLS opened. */
class TunnelOpening {
  readonly #parts: ProxyParts;
  readonly #granted: Granted;

  constructor(parts: ProxyParts, granted: Granted) {
    this.#parts = parts;
    this.#granted = granted;
  }

  async begin(early: Buffer): Promise<void> {
    const { client, server, dialled } = this.#granted;
    const { first, wish } = await firstBytes(client.socket, dialled.socket, early);
    if (!wish || this.#parts.passesThrough(server.host, wish.serverName)) return this.#relayAsItIs(first);
    await this.#openTls(first, wish);
  }

  #relayAsItIs(first: Buffer): void {
    const { client, dialled } = this.#granted;
    this.#join(client.socket, dialled.socket, undefined, undefined, first);
  }

  async #openTls(hello: Buffer, wish: TlsWish): Promise<void> {
    const { client, server, dialled } = this.#granted;
    const { leaves, trust, dialTimeoutMs } = this.#parts;
    const context = leaves.secureContext(certificateName(wish, server));
    context.catch(() => {}); // awaited below, after the server's part
    client.socket.unshift(hello);
    const started = performance.now();
    let serverStream: TLSSocket;
    try {
      serverStream = await openServerTls(dialled.socket, server, wish, trust, dialTimeoutMs);
    } catch (error) {
      return this.#tellInside(wish, failureOf(error));
    }
    const tlsTime = performance.now() - started;
    const facts = tlsFacts(serverStream, wish);
    try {
      const clientStream = await openClientTls(client.socket, await context, facts.alpn, dialTimeoutMs);
      this.#join(clientStream, serverStream, facts, tlsTime, Buffer.alloc(0));
    } catch (error) {
      serverStream.destroy();
      this.#clientRefused(error, certificateName(wish, server));
    }
  }

  #join(
    clientStream: Socket,
    serverStream: Socket,
    tls: TlsFacts | undefined,
    tlsTime: number | undefined,
    first: Buffer,
  ): void {
    const { client, server, dialled, proxy } = this.#granted;
    const tap = this.#parts.source.open({
      mode: 'connect',
      client: client.number,
      clientAddress: client.address,
      server,
      serverAddress: dialled.address,
      tls,
      timings: { ...dialled.timings, ...(tlsTime === undefined ? {} : { tls: tlsTime }) },
    });
    const host = tls?.serverName ?? server.host;
    const judge = (reason: CloseReason, tapped: DirectionBytes): CloseReason =>
      tls && this.#parts.clientTrust.refused(host, tapped) ? 'client-refused' : reason;
    tunnel({ client, clientStream, serverStream, serverSocket: dialled.socket, tap, proxy, judge }, first);
  }

  /** A TLS failure upstream is told as an HTTP answer inside the tunnel, to a client that speaks HTTP/1.1. */
  async #tellInside(wish: TlsWish, failure: ConnectionFailure): Promise<void> {
    const { client, server, dialled } = this.#granted;
    const { source, leaves, dialTimeoutMs } = this.#parts;
    dialled.socket.destroy();
    const refused = { client, mode: 'connect', server, failure } as const;
    if (wish.alpn.length > 0 && !wish.alpn.includes('http/1.1')) return drop(source, client.socket, refused);
    try {
      const context = await leaves.secureContext(certificateName(wish, server));
      const alpn = wish.alpn.length > 0 ? 'http/1.1' : undefined;
      const stream = await openClientTls(client.socket, context, alpn, dialTimeoutMs);
      stream.once('data', (head: Buffer) => refuse(source, stream, acceptOf(head), refused));
      stream.once('end', () => drop(source, stream, refused));
      stream.once('error', () => drop(source, stream, refused));
    } catch {
      drop(source, client.socket, refused);
    }
  }

  #clientRefused(error: unknown, name: string): void {
    const { client, server } = this.#granted;
    const failure = this.#parts.clientTrust.failure(name, error, isCertificateRefusal(error));
    drop(this.#parts.source, client.socket, { client, mode: 'connect', server, failure });
  }
}

/** What a tunnel begins with: `wish` when that is a ClientHello. */
interface FirstBytes {
  readonly first: Buffer;
  readonly wish: TlsWish | undefined;
}

/** Waits until the client's first bytes tell what the tunnel carries, or the server speaks first, or either ends. */
function firstBytes(client: Socket, server: Socket, early: Buffer): Promise<FirstBytes> {
  return new Promise((resolve) => {
    let first = early;
    const done = (wish: TlsWish | undefined) => {
      client.off('data', fromClient).off('end', ended).off('close', ended).pause();
      server.off('data', fromServer).off('end', ended).off('close', ended).pause();
      resolve({ first, wish });
    };
    const judge = () => {
      const wish = tlsWish(first);
      if (wish !== 'more') done(wish);
    };
    const fromClient = (bytes: Buffer) => {
      first = first.length === 0 ? bytes : Buffer.concat([first, bytes]);
      judge();
    };
    const fromServer = (bytes: Buffer) => {
      done(undefined);
      server.unshift(bytes);
    };
    const ended = () => done(undefined);
    server.on('data', fromServer).on('end', ended).on('close', ended);
    client.on('data', fromClient).on('end', ended).on('close', ended).resume();
    if (early.length > 0) judge();
  });
}

/** What the ClientHello in `bytes` asks for, undefined when it is none, 'more' while that cannot be told. */
function tlsWish(bytes: Buffer): TlsWish | undefined | 'more' {
  if (bytes.length === 0) return 'more';
  const protocol = sniff(bytes);
  if (protocol === undefined) return 'more';
  if (protocol !== 'tls') return undefined;
  const hello = readClientHello(bytes);
  if (hello === undefined) return 'more';
  return 'fault' in hello ? undefined : hello;
}

function acceptOf(head: Buffer): string {
  return /^accept:(.*)$/im.exec(head.toString('latin1'))?.[1] ?? '';
}

function failureOf(error: unknown): ConnectionFailure {
  if (error instanceof UpstreamError) return error.failure;
  throw error;
}
