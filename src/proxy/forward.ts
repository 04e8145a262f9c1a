import { requestBodyFraming } from '../decoders/http1/body-framing.ts';
import { fieldValue } from '../decoders/http1/fields.ts';
import { type RequestHead, readRequestHead } from '../decoders/http1/head.ts';
import type { CloseReason, Endpoint, FailureCode } from '../tap.ts';
import { type BodyEnd, bodyEnd } from './body-end.ts';
import type { Client } from './client.ts';
import { serveConnect } from './connect.ts';
import { Connection } from './connection.ts';
import { type AbsoluteTarget, absoluteTarget, authorityEndpoint } from './endpoint.ts';
import { HeadReader } from './head-reader.ts';
import { originForm } from './origin-form.ts';
import type { ProxyParts } from './proxy.ts';
import { refuse } from './refusal.ts';
import { ResponseWatch } from './response-watch.ts';
import { hangUp } from './tunnel.ts';
import { at, type Dialled, dial, isReset, UpstreamError } from './upstream.ts';

/** A connection to one of the origins that a client asks for over its one socket. */
interface Route {
  readonly origin: string;
  readonly connection: Connection;
  readonly responses: ResponseWatch;
}

/** A request whose head has been read, and where it wants to go. */
interface ForwardRequest {
  readonly head: RequestHead;
  readonly bytes: Buffer;
  readonly target: AbsoluteTarget;
  readonly server: Endpoint;
}

/** Bytes held while a request waits, before the client is paused. It is not paused at once, so that its going is seen. */
const HELD_BEFORE_PAUSE = 64 * 1024;
const NOTHING = Buffer.alloc(0);

/**
 * Serves what a client asks for in absolute-form: each request goes to the origin it names, over one connection for each
 * origin. Only the target and `Proxy-*` fields change. A request to another origin waits until those before it are
 * answered, so that responses cannot overtake each other. A CONNECT or an Upgrade takes the client's socket over for good.
 */
export class Forwarder {
  readonly #parts: ProxyParts;
  readonly #client: Client;
  readonly #heads = new HeadReader();
  readonly #routes = new Map<string, Route>();
  /** Where the last request went. */
  #route: Route | undefined;
  /** Of the request that is being sent on. */
  #body: BodyEnd | undefined;
  /** What came while a request has to wait; undefined while none does. */
  #held: Buffer[] | undefined;
  /** What the responses of `#route` are awaited for; undefined while a new route is dialled, or nothing waits. */
  #whenAnswered: (() => void) | undefined;
  /** Set once an Upgrade was agreed on: all goes there. */
  #tunnel: Connection | undefined;
  #clientEnded = false;

  constructor(parts: ProxyParts, client: Client) {
    this.#parts = parts;
    this.#client = client;
  }

  serve(): void {
    const { socket } = this.#client;
    socket.on('data', this.#take).on('end', this.#end).on('error', this.#fail).on('close', this.#close);
  }

  #leave(): void {
    const { socket } = this.#client;
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
    if (this.#held) return;
    for (const { connection } of this.#routes.values()) connection.endClient();
    if (this.#routes.size === 0) this.#client.socket.end();
  };

  readonly #fail = (error: Error): void => this.#cutAll(isReset(error) ? 'client-reset' : 'client-gone');

  readonly #close = (): void => {
    if (this.#heads.waiting.length > 0 && this.#routes.size === 0) {
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
    if (body.fault) return this.#refuseUnsure(body.fault);
    this.#route?.connection.send(taken === bytes.length ? bytes : bytes.subarray(0, taken));
    if (body.done) this.#body = undefined;
    return bytes.subarray(taken);
  }

  /** Reads a head and sees to it that it is sent on; returns what came behind it. */
  #readHead(bytes: Buffer): Buffer {
    const read = this.#heads.read(bytes);
    if (read === 'more') return NOTHING;
    if (read === 'too-long')
      return this.#refuse('BAD_REQUEST', 'the head of this request is longer than 256 KiB');
    const head = readRequestHead(read.head);
    if ('unreadable' in head) {
      const { detail, rule } = head.unreadable;
      return this.#refuse('BAD_REQUEST', `this is not an HTTP request: ${detail} (${rule})`);
    }
    if (head.method === 'CONNECT') return this.#connect(head, read.head.length, read.rest);
    const conflict = requestBodyFraming(head).conflict;
    if (conflict) return this.#refuseUnsure(conflict, head);
    this.#forward(head, read.head);
    return read.rest;
  }

  #forward(head: RequestHead, bytes: Buffer): void {
    const target = absoluteTarget(head.method, head.target);
    if (!target) return void this.#refuse('BAD_REQUEST', notAbsolute(head, this.#parts.self()), head);
    const server = authorityEndpoint(target.authority, 80);
    if (!server || !['http', 'ws'].includes(target.scheme)) {
      return void this.#refuse(
        'BAD_REQUEST',
        `${JSON.stringify(head.target)} is no http:// URL with a host`,
        head,
      );
    }
    const request = { head, bytes, target, server };
    const route = this.#routes.get(target.authority);
    if (route && route === this.#route) return this.#send(route, request);
    this.#hold();
    this.#afterAnswers(() => this.#reroute(request));
  }

  /** Sends the request over the connection to its origin, or over a new one. */
  #reroute(request: ForwardRequest): void {
    const route = this.#routes.get(request.target.authority);
    if (!route) return void this.#dial(request);
    this.#release(() => this.#send(route, request));
  }

  async #dial(request: ForwardRequest): Promise<void> {
    const { server, head } = request;
    const { dialTimeoutMs: timeoutMs, self } = this.#parts;
    try {
      const dialled = await dial(server, { timeoutMs, self: self(), signal: this.#client.gone });
      const route = this.#open(request, dialled);
      this.#release(() => this.#send(route, request));
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      this.#refuse(error.failure.code, error.failure.message, head, server);
    }
  }

  #open({ server, target }: ForwardRequest, { socket, address, timings }: Dialled): Route {
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
        received: (bytes) => this.#received(route, bytes),
        ended: () => this.#serverEnded(route),
        closed: (reason) => this.#serverClosed(route, reason),
      },
    );
    const route: Route = { origin: target.authority, connection, responses: new ResponseWatch() };
    this.#routes.set(route.origin, route);
    return route;
  }

  #send(route: Route, { head, bytes, target }: ForwardRequest): void {
    this.#route = route;
    const sent = originForm(bytes, head, target.path);
    route.responses.expect(head.method);
    route.connection.bookProxy({ client: bytes.length - sent.length, server: 0 });
    route.connection.send(sent);
    const body = bodyEnd(requestBodyFraming(head));
    this.#body = body.done ? undefined : body;
    if (fieldValue(head.fields, 'upgrade') !== undefined && !this.#body) this.#awaitUpgrade(route);
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
    if (this.#whenAnswered && route === this.#route && route.responses.settled) {
      const then = this.#whenAnswered;
      this.#whenAnswered = undefined;
      then();
    }
  }

  #hold(): void {
    this.#held = [];
  }

  #keep(bytes: Buffer): void {
    this.#held?.push(bytes);
    const length = this.#held?.reduce((sum, { length }) => sum + length, 0) ?? 0;
    if (length > HELD_BEFORE_PAUSE) this.#client.socket.pause();
  }

  /** Goes on after `first` with what was held, which may have to wait again. */
  #release(first?: () => void): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    first?.();
    for (const bytes of held) this.#take(bytes);
    if (this.#held) return;
    this.#client.socket.resume();
    if (this.#clientEnded) this.#end();
  }

  /** True while the client waits for what this route, and no other, has to say. */
  #isCurrent(route: Route): boolean {
    const isDialling = this.#held !== undefined && this.#whenAnswered === undefined;
    return route === this.#route && !isDialling;
  }

  #serverEnded(route: Route): void {
    if (this.#isCurrent(route)) this.#client.socket.end();
    else route.connection.endClient();
  }

  /** The client's socket goes with the connection it last used, as it would without tare. */
  #serverClosed(route: Route, reason: CloseReason): void {
    this.#routes.delete(route.origin);
    const { socket, gone } = this.#client;
    const isCurrent = this.#isCurrent(route);
    if (isCurrent) hangUp(socket, socket, reason);
    if (route === this.#route) this.#route = undefined;
    const isLast = this.#routes.size === 0 && (isCurrent || gone.aborted);
    route.connection.settle(isLast ? 'last' : 'not-last');
  }

  #connect(head: RequestHead, length: number, early: Buffer): Buffer {
    this.#hold();
    this.#afterAnswers(() => {
      this.#giveUp();
      const held = Buffer.concat([early, ...(this.#held ?? [])]);
      const strayLineEnd = held.subarray(0, 2).equals(CRLF) ? CRLF.length : 0;
      void serveConnect(this.#parts, {
        client: this.#client,
        head,
        length: length + strayLineEnd,
        early: held.subarray(strayLineEnd),
      });
    });
    return NOTHING;
  }

  #refuseUnsure(
    { rule, detail }: { readonly rule: string; readonly detail: string },
    head?: RequestHead,
  ): Buffer {
    return this.#refuse('BAD_REQUEST', `where this request ends is not sure: ${detail} (${rule})`, head);
  }

  /** Answers with the reason and closes; nothing more is read. */
  #refuse(code: FailureCode, message: string, head?: RequestHead, server?: Endpoint): Buffer {
    this.#giveUp();
    const accept = (head && fieldValue(head.fields, 'accept')) ?? '';
    refuse(this.#parts.source, this.#client.socket, accept, {
      client: this.#client,
      mode: 'forward',
      server,
      failure: { code, message },
    });
    return NOTHING;
  }

  /** Leaves the client's socket to somebody else and lets the servers go. */
  #giveUp(): void {
    this.#leave();
    this.#hold();
    this.#route = undefined;
    for (const { connection } of this.#routes.values()) connection.endClient();
  }
}

const CRLF = Buffer.from('\r\n');

function notAbsolute(head: RequestHead, self: Endpoint): string {
  return `${head.method} ${head.target} was sent to the proxy itself; point the client at it as a proxy, for example: curl -x http://${at(self)} http://example.com/`;
}
