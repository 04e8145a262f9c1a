import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { readClientHello } from '../decoders/client-hello.ts';
import type { RequestHead } from '../decoders/http1/head.ts';
import { sniff } from '../decoders/sniff.ts';
import type {
  CloseReason,
  ConnectionFacts,
  ConnectionFailure,
  DirectionBytes,
  Endpoint,
  Side,
  TlsFacts,
} from '../tap.ts';
import type { Client } from './client.ts';
import { Deadline } from './deadline.ts';
import { authorityEndpoint } from './endpoint.ts';
import { type Leg, legLabel } from './key-log.ts';
import type { ProxyParts } from './proxy.ts';
import { drop, type Refused, refuse, refuseFirstRequest } from './refusal.ts';
import {
  certificateName,
  type HandshakeOptions,
  isCertificateRefusal,
  openClientTls,
  openServerTls,
  type TlsWish,
  tlsFacts,
} from './tls-opening.ts';
import { tunnel } from './tunnel.ts';
import { at, type Dialled, UpstreamError } from './upstream.ts';

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
  const server = authorityEndpoint(head.target);
  if (!server) {
    const message = `CONNECT wants HOST:PORT, and got ${JSON.stringify(head.target)}`;
    const failure: ConnectionFailure = { code: 'BAD_REQUEST', message };
    return refuse(parts.source, client.socket, head, { client, mode: 'connect', server, failure });
  }
  client.socket.pause(); // nobody listens to it while the server is dialled
  let dialled: Dialled;
  try {
    dialled = await parts.dial(server, client);
  } catch (error) {
    const failure = failureOf(error);
    return refuse(parts.source, client.socket, head, { client, mode: 'connect', server, failure });
  }
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
    granted.client.gone.addEventListener('abort', this.#clientGone);
  }

  readonly #clientGone = () => this.#granted.dialled.socket.destroy();

  async begin(early: Buffer): Promise<void> {
    const { client, server, dialled } = this.#granted;
    const { first, wish } = await firstBytes(
      client.socket,
      dialled.socket,
      early,
      this.#parts.clientTimeoutMs,
    );
    if (!wish || this.#parts.passesThrough(server, wish.serverName)) {
      return this.#relayAsItIs(first, wish?.serverName);
    }
    await this.#openTls(first, wish);
  }

  #relayAsItIs(first: Buffer, serverName: string | undefined): void {
    const { client, dialled } = this.#granted;
    this.#join(client.socket, dialled.socket, { serverName }, first);
  }

  async #openTls(first: Buffer, wish: TlsWish): Promise<void> {
    const { client, server, dialled } = this.#granted;
    const { leaves, trust } = this.#parts;
    const context = leaves.secureContext(certificateName(wish, server));
    context.catch(() => {}); // awaited below, after the server's part
    client.socket.unshift(first);
    const started = performance.now();
    let serverStream: TLSSocket;
    try {
      serverStream = await openServerTls(dialled.socket, server, wish, trust, this.#handshake('server'));
    } catch (error) {
      return this.#tellInside(wish, client.hasLeft ? leftDuringTls(server) : failureOf(error));
    }
    const tlsTime = performance.now() - started;
    const facts = tlsFacts(serverStream, wish);
    let clientStream: TLSSocket;
    try {
      clientStream = await openClientTls(client.socket, await context, facts.alpn, this.#handshake('client'));
    } catch (error) {
      serverStream.destroy();
      return this.#clientRefused(error, wish);
    }
    const hello = { serverName: wish.serverName, opened: { facts, time: tlsTime } };
    this.#join(clientStream, serverStream, hello, Buffer.alloc(0));
  }

  #handshake(leg: Leg): HandshakeOptions {
    const { keyLog, dialTimeoutMs } = this.#parts;
    if (!keyLog) return { timeoutMs: dialTimeoutMs };
    const { client, server, dialled } = this.#granted;
    const label = legLabel(leg, client, server, dialled.address);
    return { timeoutMs: dialTimeoutMs, onKeys: (line) => keyLog(label, line) };
  }

  #join(clientStream: Socket, serverStream: Socket, { serverName, opened }: Hello, first: Buffer): void {
    const { client, server, dialled, proxy } = this.#granted;
    client.gone.removeEventListener('abort', this.#clientGone); // the relay sees to that from here on
    const facts: ConnectionFacts = {
      mode: 'connect',
      client: client.number,
      clientAddress: client.address,
      server,
      serverAddress: dialled.address,
      tls: opened?.facts,
      timings: { ...dialled.timings, ...(opened && { tls: opened.time }) },
    };
    const tap = this.#parts.source.open(facts, serverName);
    const host = serverName ?? server.host;
    const judge = (reason: CloseReason, tapped: DirectionBytes, first: Side | undefined): CloseReason =>
      opened && this.#parts.clientTrust.refused(host, reason, tapped, first) ? 'client-refused' : reason;
    tunnel({ client, clientStream, serverStream, serverSocket: dialled.socket, tap, proxy, judge }, first);
  }

  /** A TLS failure upstream is told as an HTTP answer inside the tunnel, to a client that speaks HTTP/1.1. */
  async #tellInside(wish: TlsWish, failure: ConnectionFailure): Promise<void> {
    const { client, server, dialled } = this.#granted;
    const { source, leaves } = this.#parts;
    dialled.socket.destroy();
    const refused = this.#refused(failure, wish);
    const speaksHttp1 = wish.alpn.length === 0 || wish.alpn.includes('http/1.1');
    if (client.hasLeft || !speaksHttp1) return drop(source, client.socket, refused);
    try {
      const context = await leaves.secureContext(certificateName(wish, server));
      const alpn = wish.alpn.length > 0 ? 'http/1.1' : undefined;
      const stream = await openClientTls(client.socket, context, alpn, this.#handshake('client'));
      refuseFirstRequest(source, stream, refused);
    } catch {
      drop(source, client.socket, refused);
    }
  }

  #clientRefused(error: unknown, wish: TlsWish): void {
    const { client, server } = this.#granted;
    const name = certificateName(wish, server);
    const failure = client.isStopped
      ? leftDuringTls(server)
      : this.#parts.clientTrust.failure(name, error, isCertificateRefusal(error));
    drop(this.#parts.source, client.socket, this.#refused(failure, wish));
  }

  #refused(failure: ConnectionFailure, { serverName }: TlsWish): Refused {
    const { client, server } = this.#granted;
    return { client, mode: 'connect', server, serverName, failure };
  }
}

/** What the client's TLS tells, where there is any. */
interface Hello {
  readonly serverName: string | undefined;
  /** Undefined where it stays shut. `time` is the milliseconds that the server's handshake took. */
  readonly opened?: { readonly facts: TlsFacts; readonly time: number };
}

/** What a tunnel begins with: `wish` when that is a ClientHello. */
interface FirstBytes {
  readonly first: Buffer;
  readonly wish: TlsWish | undefined;
}

/**
 * Waits until the client's first bytes tell what the tunnel carries, or the server speaks first, or either ends. What is
 * half said after `timeoutMs` goes to the server as it is: how long to wait for the rest is for that to decide.
 */
function firstBytes(client: Socket, server: Socket, early: Buffer, timeoutMs: number): Promise<FirstBytes> {
  return new Promise((resolve) => {
    let first = early;
    const deadline = new Deadline(timeoutMs, () => done(undefined));
    const done = (wish: TlsWish | undefined) => {
      deadline.end();
      client.off('data', fromClient).off('end', ended).off('close', ended).pause();
      server.off('data', fromServer).off('end', ended).off('close', ended).pause();
      resolve({ first, wish });
    };
    const judge = () => {
      const wish = tlsWish(first);
      if (wish !== 'more') done(wish);
      else deadline.begin();
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
    if (client.readableEnded) ended(); // while the server was dialled
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

function leftDuringTls(server: Endpoint): ConnectionFailure {
  return { code: 'CLIENT_GONE', message: `the client left while TLS with ${at(server)} was opened` };
}

function failureOf(error: unknown): ConnectionFailure {
  if (error instanceof UpstreamError) return error.failure;
  throw error;
}
