import type { Agent, ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { Stream } from 'node:stream';
import type { ConnectionFailure } from '../../tap.ts';
import { headText, refusalAnswer } from '../refusal.ts';
import { ambiguity } from './ambiguity.ts';
import { misdirection, originFailure, staleFailure } from './failure.ts';
import { interimFields, isBodiless } from './fields.ts';
import { outgoingOptions } from './outgoing.ts';
import { addTrailers, answerClient, flushSoon } from './response.ts';
import type { ReverseClient } from './reversed-client.ts';
import type { ReverseParts } from './reverser.ts';
import type { Turn } from './turns.ts';

/** Requests that may be sent again when nobody can tell whether they arrived (RFC 9110 section 9.2.2). */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** One request of a client's, sent to the origin by http-proxy, and its response. */
export class ReverseExchange implements Turn {
  readonly #parts: ReverseParts;
  readonly #client: ReverseClient;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  #state: 'waiting' | 'sent' | 'sent-again' | 'refused' = 'waiting';
  /** Why the request will never be whole. */
  #broken: ConnectionFailure | undefined;
  #upstream: ClientRequest | undefined;
  /** The client waits for a 100 (Continue) before it sends its body; without one it may or may not send it. */
  #awaitsContinue: boolean;

  constructor(
    parts: ReverseParts,
    client: ReverseClient,
    request: IncomingMessage,
    response: ServerResponse,
  ) {
    this.#parts = parts;
    this.#client = client;
    this.#request = request;
    this.#response = response;
    this.#awaitsContinue = request.headers.expect?.toLowerCase() === '100-continue';
  }

  begin(): void {
    const { stream, turns } = this.#client;
    if (!stream.writable) return turns.next(); // what came before it was the last to be answered
    this.#response.sendDate = false;
    this.#response.once('close', () => this.#over());
    const unsafe = this.#broken ?? ambiguity(this.#request);
    const failure = unsafe ?? misdirection(this.#request);
    if (failure) this.#refuse(failure, unsafe && 'ends');
    else this.#send('sent', this.#parts.pool);
  }

  /**
   * The origin learns of it, as it would without tare: some let a stream go then, others answer all the same. From a
   * client that went away nothing else may come for long.
   */
  clientEnded(): void {
    if (!this.#request.complete) return this.#client.cut('client-gone');
    const upstream = this.#upstream;
    const end = () => {
      if (!upstream?.destroyed) upstream?.socket?.end();
    };
    if (upstream?.writableFinished) end();
    else upstream?.once('finish', end);
  }

  /** A request whose body broke off never ends, so that the origin is not to wait for it. */
  broken(failure: ConnectionFailure): boolean {
    if (this.#request.complete) return false;
    this.#broken = failure;
    if (this.#state === 'refused') this.#client.finish();
    else if (this.#state !== 'waiting') this.#giveUp(failure, 'ends');
    return true;
  }

  #send(state: 'sent' | 'sent-again', agent: Agent): void {
    this.#state = state;
    const { httpProxy, target, origin } = this.#parts;
    const ssl = outgoingOptions(origin, this.#client.client, this.#request, false);
    // In place of a body, so that the request to the origin is known before anything happens to it.
    const pipe = (upstream: ClientRequest) => this.#sendBody(upstream);
    const options = { target, agent, ssl, buffer: Object.assign(new Stream(), { pipe }), toProxy: true };
    try {
      httpProxy.web(this.#request, this.#response, options, (error) => this.#failed(error));
    } catch (error) {
      this.#refuse({ code: 'BAD_REQUEST', message: `this request cannot be sent on: ${error}` });
    }
  }

  /** Called before http-proxy listens to the request itself: what is done here, it finds done. */
  #sendBody(upstream: ClientRequest): ClientRequest {
    this.#upstream = upstream;
    upstream.maxHeadersCount = 0; // all of them
    upstream.on('information', (interim) => this.#inform(interim));
    upstream.on('response', (answer) => this.#answer(answer));
    this.#request.once('end', () => addTrailers(upstream, this.#request.rawTrailers));
    this.#request.pipe(upstream);
    flushSoon(upstream);
    if (this.#client.turns.hasEnded) this.clientEnded();
    return upstream;
  }

  /** Passes a response on that comes before the one that counts (RFC 9110 section 15.2). */
  #inform({ statusCode, statusMessage, rawHeaders }: InterimResponse): void {
    if (this.#response.headersSent || this.#request.httpVersion === '1.0') return;
    if (statusCode === 100 && this.#awaitsContinue) {
      this.#awaitsContinue = false;
      return this.#response.writeContinue();
    }
    const head = headText(`HTTP/1.1 ${statusCode} ${statusMessage}`, interimFields(rawHeaders));
    this.#client.stream.write(head, 'latin1');
  }

  #answer(answer: IncomingMessage): void {
    answer.on('error', () => {
      if (this.#state !== 'refused') this.#breakOff();
    });
    try {
      const isLast = this.#awaitsContinue || this.#client.turns.hasEnded;
      answerClient(this.#parts.origin, answer, this.#response, isLast);
    } catch (error) {
      this.#giveUp(originFailure(this.#parts.origin, error));
    }
  }

  #failed(error: unknown): void {
    if (this.#state === 'refused' || this.#response.destroyed || this.#client.client.hasLeft) return;
    const { origin, fresh } = this.#parts;
    const { method = '', rawHeaders } = this.#request;
    const isStale = this.#upstream?.reusedSocket === true;
    const isRepeatable = IDEMPOTENT.has(method) && isBodiless(rawHeaders) && !this.#response.headersSent;
    if (isStale && isRepeatable && this.#state === 'sent') return this.#send('sent-again', fresh);
    this.#giveUp(isStale ? staleFailure(origin, method) : originFailure(origin, error));
  }

  /** Answers with the reason, or breaks the answer off that has begun. */
  #giveUp(failure: ConnectionFailure, connection?: 'ends'): void {
    this.#letGo();
    if (this.#response.headersSent) this.#breakOff();
    else this.#refuse(failure, connection);
  }

  /** The rest of the answer will never come. A client that has ended its side may have been the reason. */
  #breakOff(): void {
    this.#client.cut(this.#broken || this.#client.turns.hasEnded ? 'client-gone' : 'server-gone');
  }

  /** The client may go on with its next request, if it is known where that begins. */
  #refuse(failure: ConnectionFailure, connection?: 'ends'): void {
    this.#state = 'refused';
    const { status, reason, fields, body } = refusalAnswer(failure, this.#request.headers.accept);
    const last = connection === 'ends' ? ['Connection', 'close'] : [];
    this.#response.writeHead(status, reason, [...fields, ...last]).end(body);
    this.#parts.tell(this.#client.client, failure);
  }

  /** The response is complete, or the client has left: whatever is still under way goes nowhere. */
  #over(): void {
    this.#letGo();
    this.#request.resume();
    this.#client.turns.next();
  }

  #letGo(): void {
    if (this.#upstream) this.#request.unpipe(this.#upstream);
    this.#upstream?.destroy();
  }
}

/** What is of interest of an interim response. */
interface InterimResponse {
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly rawHeaders: string[];
}
