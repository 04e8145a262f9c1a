import { ByteQueue } from '../decoders/byte-queue.ts';
import { asBuffer } from '../decoders/http1/blank-line-search.ts';
import type { RequestHead } from '../decoders/http1/head.ts';
import { HTTP1_LIMITS } from '../decoders/http1/limits.ts';
import { sniff } from '../decoders/sniff.ts';
import type { CloseReason, Endpoint, FailureCode } from '../tap.ts';
import { type BodyEnd, bodyEnd } from './body-end.ts';
import type { Client } from './client.ts';
import { serveConnect } from './connect.ts';
import { Connection } from './connection.ts';
import { Deadline } from './deadline.ts';
import { HeadReader, type ReadHead } from './head-reader.ts';
import type { ProxyParts } from './proxy.ts';
import { type ForwardRequest, type ProxyRequest, readProxyRequest, unsure } from './proxy-request.ts';
import { drop, type Refused, refuse } from './refusal.ts';
import { ResponseWatch } from './response-watch.ts';
import type { Reverser } from './reverse/reverser.ts';
import { hangUp } from './tunnel.ts';
import { at, type Dialled, isReset, UpstreamError } from './upstream.ts';

/** A connection to one of the origins that a client asks for over its one socket. */
interface Route {
  readonly origin: string;
  readonly server: Endpoint;
  readonly connection: Connection;
  readonly responses: ResponseWatch;
}

const NOTHING = Buffer.alloc(0);

/**
 * Serves what a client asks for in absolute-form: each request goes to the origin it names, over one connection for each
 * origin. Only the target and `Proxy-*` fields change. A request to another origin waits until those before it are
 * answered, so that responses cannot overtake each other. A CONNECT or an Upgrade takes the client's socket over for good.
 */
export class Forwarder {
  readonly #parts: ProxyParts;
  readonly #client: Client;
  readonly #reverser: Reverser | undefined;
  readonly #heads = new HeadReader();
  readonly #routes = new Map<string, Route>();
  /** Where the last request went. */
  #route: Route | undefined;
  /** Of the request that is being sent on. */
  #body: BodyEnd | undefined;
  /** True when the request that is being sent on asks to speak something else from its end on. */
  #asksToSwitch = false;
  #last: { readonly head: Buffer; readonly request: ProxyRequest } | undefined;
  /** From the first byte of a head to its last, so that one that drips does not hold its connection for ever. */
  readonly #headDeadline: Deadline;
  /** What came while a request has to wait; undefined while none does. */
  #held: ByteQueue | undefined;
  /** Runs while so much is held that the client is paused, and its going is not seen: until then, it is. */
  readonly #waitDeadline: Deadline;
  /** What the responses of `#route` are awaited for; undefined while a new route is dialled, or nothing waits. */
  #whenAnswered: (() => void) | undefined;
  /** Set once an Upgrade was agreed on: all goes there. */
  #tunnel: Connection | undefined;
  #clientEnded = false;

  /** Without a `reverser` a request for tare itself is refused. */
  constructor(parts: ProxyParts, client: Client, reverser?: Reverser) {
    this.#parts = parts;
    this.#client = client;
    this.#reverser = reverser;
    this.#headDeadline = new Deadline(parts.clientTimeoutMs, () => this.#refuseLate());
    this.#waitDeadline = new Deadline(parts.clientTimeoutMs, () => this.#cutOff());
  }

  serve(): void {
    const { socket } = this.#client;
    socket.on('data', this.#take).on('end', this.#end).on('error', this.#fail).on('close', this.#close);
  }

  #leave(): void {
    const { socket } = this.#client;
    this.#headDeadline.end();
    this.#waitDeadline.end();
    socket.off('data', this.#take).off('end', this.#end).off('error', this.#fail).off('close', this.#close);
  }

  readonly #take = (bytes: Buffer): void => {
    let rest = bytes;
    while (rest.length > 0 && !this.#held) {
      if (this.#tunnel) return this.#tunnel.send(rest);
      rest = this.#body ? this.#sendBody(this.#body, rest) : this.#readHead(rest);
    }
    if (rest.length > 0) this.#keep(rest);
  };

  readonly #end = (): void => {
    this.#clientEnded = true;
    if (this.#held) return this.#endAsker();
    for (const { connection } of this.#routes.values()) connection.endClient();
    if (this.#routes.size === 0) this.#client.socket.end();
  };

  /** Where nothing is held back, a server that is asked to switch learns of the client's end before it answers. */
  #endAsker(): void {
    if (this.#held?.length === 0 && this.#whenAnswered) this.#route?.connection.endClient();
  }

  readonly #fail = (error: Error): void => this.#cutAll(isReset(error) ? 'client-reset' : 'client-gone');

  readonly #close = (): void => {
    this.#headDeadline.end();
    this.#waitDeadline.end();
    if (this.#heads.waiting > 0) {
      this.#refuse('BAD_REQUEST', 'the client left in the middle of a request head');
    }
    this.#cutAll('client-gone');
  };

  #cutAll(reason: CloseReason): void {
    for (const { connection } of this.#routes.values()) connection.cut(reason);
  }

  /** Sends what of `bytes` is the body's, and returns the rest. */
  #sendBody(body: BodyEnd, bytes: Buffer): Buffer {
    const taken = body.take(bytes);
    if (body.fault) return this.#refuseBody(unsure(body.fault));
    this.#route?.connection.send(taken === bytes.length ? bytes : bytes.subarray(0, taken));
    if (body.done) this.#finish();
    return bytes.subarray(taken);
  }

  /** Reads a head and sees to it that it is sent on; returns what came behind it. */
  #readHead(bytes: Buffer): Buffer {
    const read = this.#heads.read(bytes);
    if (read === 'more') return this.#awaitHead();
    this.#headDeadline.end();
    if (read === 'too-long') return this.#refuseNext('the head of this request is longer than 256 KiB');
    const request = this.#requestOf(read.head);
    switch (request.type) {
      case 'forward':
        this.#forward(request);
        return read.rest;
      case 'connect':
        return this.#connect(request.head, read.head.length, read.rest);
      case 'to-the-proxy':
        if (this.#reverser) return this.#reverse(this.#reverser, read);
        return this.#refuseNext(notAbsolute(request.head, this.#parts.self()), request.head);
      case 'bad':
        return this.#refuseNext(request.why, request.head);
    }
  }

  #awaitHead(): Buffer {
    this.#headDeadline.begin();
    return this.#expectHttp(this.#heads.beginning);
  }

  /** What cannot become a request has no blank line to wait for. */
  #expectHttp(beginning: Buffer): Buffer {
    const protocol = sniff(beginning);
    if (protocol === undefined || protocol === 'http1' || protocol === 'http2') return NOTHING;
    const what = protocol === 'tls' ? 'TLS' : protocol === 'socks5' ? 'SOCKS' : 'not HTTP';
    return this.#refuseNext(`this is ${what}, and the proxy is spoken to in plain HTTP`);
  }

  /** The reader gives the very same head again for the same bytes, as each poll of a series has them. */
  #requestOf(head: Buffer): ProxyRequest {
    if (this.#last?.head !== head) this.#last = { head, request: readProxyRequest(head) };
    return this.#last.request;
  }

  #forward(request: ForwardRequest): void {
    const route = this.#routes.get(request.origin);
    if (route && route === this.#route && !route.responses.isFull) return this.#send(route, request);
    this.#hold();
    this.#afterAnswers(() => this.#reroute(request));
  }

  /** Sends the request over the connection to its origin, or over a new one. */
  #reroute(request: ForwardRequest): void {
    const route = this.#routes.get(request.origin);
    if (!route) return this.#parts.track(this.#dial(request), this.#client);
    this.#release(() => this.#send(route, request));
  }

  async #dial(request: ForwardRequest): Promise<void> {
    const { server, head } = request;
    let dialled: Dialled;
    try {
      dialled = await this.#parts.dial(server, this.#client);
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      return void this.#refuse(error.failure.code, error.failure.message, head, server);
    }
    const route = this.#open(request, dialled);
    this.#release(() => this.#send(route, request));
  }

  #open({ server, origin }: ForwardRequest, { socket, address, timings }: Dialled): Route {
    const client = this.#client;
    const tap = this.#parts.source.open({
      mode: 'forward',
      client: client.number,
      clientAddress: client.address,
      server,
      serverAddress: address,
      tls: undefined,
      timings,
    });
    const proxy = { client: 0, server: 0 };
    const connection = new Connection(
      { client, clientStream: client.socket, serverStream: socket, serverSocket: socket, tap, proxy },
      {
        isHeard: () => this.#isCurrent(route),
        received: (bytes) => this.#received(route, bytes),
        ended: () => this.#serverEnded(route),
        closed: (reason) => this.#serverClosed(route, reason),
      },
    );
    const route: Route = { origin, server, connection, responses: new ResponseWatch() };
    this.#routes.set(route.origin, route);
    return route;
  }

  #send(route: Route, { head, sent, left, framing, asksToSwitch }: ForwardRequest): void {
    this.#route = route;
    route.responses.expect(head.method);
    route.connection.bookProxy({ client: left, server: 0 });
    route.connection.send(sent);
    const body = bodyEnd(framing);
    this.#asksToSwitch = asksToSwitch;
    if (body.done) this.#finish();
    else this.#body = body;
  }

  /** The request has been sent on whole. */
  #finish(): void {
    this.#body = undefined;
    if (this.#asksToSwitch && this.#route) this.#awaitUpgrade(this.#route);
  }

  /** What follows such a request is HTTP if the server declines, and something else if it agrees. */
  #awaitUpgrade({ connection, responses }: Route): void {
    this.#hold();
    this.#afterAnswers(() => {
      if (responses.switched) this.#tunnel = connection;
      this.#release();
    });
  }

  /** Calls `then` once every request sent so far has been answered. */
  #afterAnswers(then: () => void): void {
    if (!this.#route || this.#route.responses.settled) then();
    else this.#whenAnswered = then;
  }

  #received(route: Route, bytes: Buffer): void {
    route.responses.push(bytes);
    this.#waitDeadline.extend();
    if (this.#whenAnswered && route === this.#route && route.responses.settled) {
      const then = this.#whenAnswered;
      this.#whenAnswered = undefined;
      then();
    }
  }

  #hold(): void {
    this.#held = new ByteQueue();
  }

  #keep(bytes: Buffer): void {
    this.#held?.add(bytes);
    if (!this.#held || this.#held.length <= HTTP1_LIMITS.held) return;
    this.#waitDeadline.begin();
    this.#client.socket.pause();
  }

  /** All that was held. */
  #heldBytes(): Buffer {
    return this.#held ? asBuffer(this.#held.take(this.#held.length)) : NOTHING;
  }

  /** Goes on after `first` with what was held, which may have to wait again. */
  #release(first?: () => void): void {
    const held = this.#heldBytes();
    this.#held = undefined;
    this.#waitDeadline.end();
    first?.();
    this.#take(held);
    if (this.#held) return;
    if (!this.#route?.connection.isFull) this.#client.socket.resume();
    if (this.#clientEnded) this.#end();
  }

  /** True while the client waits for what this route, and no other, has to say. */
  #isCurrent(route: Route): boolean {
    const isDialling = this.#held !== undefined && this.#whenAnswered === undefined;
    return route === this.#route && !isDialling;
  }

  #serverEnded(route: Route): void {
    if (this.#isCurrent(route)) return void this.#client.socket.end();
    this.#forget(route);
    route.connection.endClient();
  }

  /** No more requests go there. */
  #forget(route: Route): void {
    if (this.#routes.get(route.origin) === route) this.#routes.delete(route.origin);
  }

  /** The client's socket goes with the connection it last used, as it would without tare. */
  #serverClosed(route: Route, reason: CloseReason): void {
    this.#forget(route);
    const { socket, gone } = this.#client;
    const isCurrent = this.#isCurrent(route);
    if (isCurrent) hangUp(socket, socket, reason);
    if (route === this.#route) this.#route = undefined;
    const isLast = this.#routes.size === 0 && (isCurrent || gone.aborted);
    route.connection.settle(isLast ? 'last' : 'not-last');
  }

  #connect(head: RequestHead, length: number, rest: Buffer): Buffer {
    this.#hold();
    this.#afterAnswers(() => {
      const held = Buffer.concat([rest, this.#heldBytes()]);
      this.#giveUp();
      const strayLineEnd = held.subarray(0, 2).equals(CRLF) ? CRLF.length : 0;
      const early = held.subarray(strayLineEnd);
      const request = { client: this.#client, head, length: length + strayLineEnd, early };
      this.#parts.track(serveConnect(this.#parts, request), this.#client);
    });
    return NOTHING;
  }

  /** Leaves the client's socket to reverse mode, from the request on that this is the head of. */
  #reverse(reverser: Reverser, { head, rest }: ReadHead): Buffer {
    this.#hold();
    this.#afterAnswers(() => {
      const first = Buffer.concat([head, rest, this.#heldBytes()]);
      this.#giveUp();
      reverser.serve(this.#client, first);
    });
    return NOTHING;
  }

  /** Refuses a request once those before it have been answered, so that the answer is not taken for one of theirs. */
  #refuseNext(message: string, head?: RequestHead): Buffer {
    this.#headDeadline.end();
    this.#hold();
    this.#afterAnswers(() => this.#refuse('BAD_REQUEST', message, head));
    return NOTHING;
  }

  /** Refuses a head that was begun long ago, in its turn. */
  #refuseLate(): void {
    const message = `the head of this request was not whole within ${this.#parts.clientTimeoutMs / 1000} s`;
    this.#hold();
    this.#afterAnswers(() => this.#refuse('CLIENT_TIMEOUT', message));
  }

  /** Lets a client go that has far more to say than can be held, and whose request is not answered. */
  #cutOff(): void {
    const message = `over ${HTTP1_LIMITS.held >> 20} MiB came behind a request that waits, and for ${this.#parts.clientTimeoutMs / 1000} s not a byte from its server`;
    this.#cutAll('client-gone');
    this.#giveUp();
    drop(this.#parts.source, this.#client.socket, this.#refused('CLIENT_TIMEOUT', message));
  }

  /** Refuses a request that is half sent on: in words, where the client cannot take them for something else. */
  #refuseBody(message: string): Buffer {
    const server = this.#route?.server;
    if (this.#route?.responses.untouched) return this.#refuse('BAD_REQUEST', message, undefined, server);
    this.#giveUp();
    drop(this.#parts.source, this.#client.socket, this.#refused('BAD_REQUEST', message, server));
    return NOTHING;
  }

  /** Answers with the reason and closes; nothing more is read. */
  #refuse(code: FailureCode, message: string, head?: RequestHead, server?: Endpoint): Buffer {
    this.#giveUp();
    refuse(this.#parts.source, this.#client.socket, head, this.#refused(code, message, server));
    return NOTHING;
  }

  #refused(code: FailureCode, message: string, server?: Endpoint): Refused {
    return { client: this.#client, mode: 'forward', server, failure: { code, message } };
  }

  /** Leaves the client's socket to somebody else and lets the servers go. */
  #giveUp(): void {
    this.#leave();
    this.#hold();
    this.#route = undefined;
    this.#whenAnswered = undefined;
    for (const { connection } of this.#routes.values()) connection.endClient();
  }
}

const CRLF = Buffer.from('\r\n');

function notAbsolute(head: RequestHead, self: Endpoint): string {
  return `${head.method} ${head.target} was sent to the proxy itself; point the client at it as a proxy, for example: curl -x http://${at(self)} http://example.com/`;
}
