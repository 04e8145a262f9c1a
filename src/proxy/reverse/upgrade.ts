import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ConnectionFailure } from '../../tap.ts';
import { refusalResponse } from '../refusal.ts';
import { ambiguity } from './ambiguity.ts';
import { misdirection, originFailure } from './failure.ts';
import { fieldsByName, isBodiless, responseFields } from './fields.ts';
import { outgoingOptions } from './outgoing.ts';
import type { ReverseClient } from './reversed-client.ts';
import type { ReverseParts } from './reverser.ts';
import type { Turn } from './turns.ts';

/** True for what http-proxy can upgrade. */
export function isWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}

/** Node hands on what comes behind a handshake as what the WebSocket says: a body cannot be told from that. */
function withBody({ rawHeaders }: IncomingMessage): ConnectionFailure | undefined {
  if (isBodiless(rawHeaders)) return undefined;
  return { code: 'BAD_REQUEST', message: 'a WebSocket handshake has no body, and this one announces one' };
}

/** A WebSocket handshake, which takes the client's connection over for good, whatever the origin makes of it. */
export class ReverseUpgrade implements Turn {
  readonly #parts: ReverseParts;
  readonly #client: ReverseClient;
  readonly #request: IncomingMessage;
  /** The client's; not `client.stream` once that has been replaced. */
  readonly #stream: Duplex;
  /** What the client sent behind its handshake; it goes to the origin before all else. */
  readonly #head: Buffer;
  #isAnswered = false;

  constructor(parts: ReverseParts, client: ReverseClient, request: IncomingMessage, head: Buffer) {
    this.#head = head;
    this.#parts = parts;
    this.#client = client;
    this.#request = request;
    this.#stream = client.stream;
  }

  begin(): void {
    const { socket } = this.#client.client;
    if (!this.#stream.writable) return this.#client.turns.next(); // what came before it was the last to be answered
    const failure = ambiguity(this.#request) ?? misdirection(this.#request) ?? withBody(this.#request);
    if (failure) return this.#refuse(failure);
    if (socket.readableEnded) return this.#clientEnded();
    socket.once('end', this.#clientEnded);
    const { httpProxy, target, origin, fresh: agent } = this.#parts;
    const ssl = outgoingOptions(origin, this.#client.client, this.#request, true);
    const sent = (upstream: ClientRequest) => this.#follow(upstream);
    httpProxy.once('proxyReqWs', sent); // emitted before this returns
    httpProxy.ws(this.#request, this.#stream, this.#head, { target, agent, ssl, toProxy: true }, (error) =>
      this.#failed(error),
    );
  }

  /** A client that ends its side before it is answered does not want to speak WebSocket any more. */
  readonly #clientEnded = () => {
    if (!this.#isAnswered) this.#client.cut('client-gone');
  };

  /** Called before http-proxy listens itself: what is done here, it finds done. */
  #follow(upstream: ClientRequest): void {
    upstream.maxHeadersCount = 0; // all of them
    const gone = () => upstream.destroy();
    this.#stream.once('close', gone);
    upstream.once('upgrade', (answer, socket) => {
      this.#stream.off('close', gone);
      this.#translate(answer, 'switches');
      this.#join(socket);
    });
    upstream.once('response', (answer) => {
      this.#translate(answer, 'ends');
      answer.once('end', () => this.#client.finish());
      answer.once('error', () => this.#client.cut('server-gone'));
    });
  }

  /** http-proxy writes what it finds in `headers`, and a body without its chunks: the end of the connection is its end. */
  #translate(answer: IncomingMessage, connection: 'switches' | 'ends'): void {
    this.#isAnswered = true;
    const context = { clientHost: this.#request.headers.host, keepsChunks: false, connection };
    const fields = responseFields(answer.rawHeaders, this.#parts.origin, context);
    if (connection === 'ends') fields.push('Connection', 'close');
    answer.headers = fieldsByName(fields);
  }

  /** Where one side is gone, so is the other. In between http-proxy moves the bytes, each side's end too. */
  #join(socket: Duplex): void {
    socket.allowHalfOpen = true;
    this.#stream.once('close', () => socket.destroy());
    socket.once('close', () => this.#client.finish());
  }

  /** http-proxy ends the client's stream after this. */
  #failed(error: unknown): void {
    if (this.#client.client.hasLeft) return;
    if (this.#isAnswered) return this.#client.cut('server-reset');
    this.#refuse(originFailure(this.#parts.origin, error));
  }

  #refuse(failure: ConnectionFailure): void {
    this.#isAnswered = true;
    this.#stream.write(refusalResponse(failure, this.#request.method, this.#request.headers.accept));
    this.#parts.tell(this.#client.client, failure);
    this.#client.finish();
  }
}
