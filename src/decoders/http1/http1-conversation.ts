import type { Bytes, Side } from '../../tap.ts';
import { BEGINNING, type Origin } from '../layer.ts';
import type { Conversation, WireEvent } from '../wire-event.ts';
import type { OpenBody } from './body-reader.ts';
import { BodyTeller } from './body-teller.ts';
import type { RequestHead, ResponseHead } from './head.ts';
import { HTTP1_LIMITS, type Http1Limits } from './limits.ts';
import type { Http1Event } from './message-decoder.ts';
import { OpenExchanges } from './open-exchanges.ts';
import { asksToSwitch, RequestDecoder } from './request-decoder.ts';
import { isInformational, ResponseDecoder } from './response-decoder.ts';

/** What a connection speaks from here on is not HTTP/1: a 101, or a 2xx to CONNECT. */
export interface ProtocolSwitch {
  /** It stays open: it turns into what it switched to. */
  readonly exchange: number;
  /** Undefined where the request was not seen, or did not ask for it. */
  readonly request: RequestHead | undefined;
  readonly response: ResponseHead;
  /** Bytes that belong to the new protocol, and were told by no event. */
  readonly rest: { readonly client: Bytes; readonly server: Bytes };
  /** Whether bytes are missing right before the client's. */
  readonly isBehindHole: boolean;
}

/** Both directions of an HTTP/1 connection. Responses answer the requests in their order (RFC 9112 section 9.3). */
export class Http1Conversation implements Conversation {
  readonly #limits: Http1Limits;
  readonly #openBody: OpenBody;
  readonly #requests: RequestDecoder;
  readonly #responses: ResponseDecoder;
  readonly #client = new BodyTeller('client');
  readonly #server = new BodyTeller('server');
  readonly #exchanges: OpenExchanges;
  /** The request which may be the last that is HTTP/1. */
  #asking: { readonly exchange: number; readonly head: RequestHead } | undefined;
  #switch: Omit<ProtocolSwitch, 'rest' | 'isBehindHole'> | undefined;
  /** Too many requests wait for an answer: further ones are counted, not told. */
  #isOverrun = false;
  #isInformational = false;
  /** False before the first request, and once one could not be read: a response may answer one that was not seen. */
  #knowsRequests = false;
  readonly #hasEnded = { client: false, server: false };

  /** `origin` is where it begins: its first exchange, and the bytes of each direction before it. */
  constructor(origin: Origin = BEGINNING, limits: Http1Limits = HTTP1_LIMITS, openBody: OpenBody = asItIs) {
    this.#limits = limits;
    this.#openBody = openBody;
    this.#exchanges = new OpenExchanges(origin.exchange);
    this.#requests = new RequestDecoder(limits, origin.client);
    this.#responses = new ResponseDecoder(limits, origin.server);
  }

  push(from: Side, bytes: Bytes): WireEvent[] {
    const told: WireEvent[] = [];
    if (from === 'client') this.#tellRequests(this.#requests.push(bytes), told);
    else this.#tellResponses(this.#responses.push(bytes), told);
    return told;
  }

  lose(from: Side, length: number): WireEvent[] {
    const told: WireEvent[] = [];
    if (from === 'client') this.#tellRequests(this.#requests.lose(length), told);
    else this.#tellResponses(this.#responses.lose(length), told);
    return told;
  }

  end(from: Side, isCutOff = false): WireEvent[] {
    const told: WireEvent[] = [];
    if (this.#switch) return told;
    this.#hasEnded[from] = true;
    if (from === 'client') this.#tellRequests(this.#requests.end(), told);
    else this.#tellResponses(this.#responses.end(isCutOff), told);
    // No answer will come, so what was held for one is read as what it looks like.
    if (this.#hasEnded.server) this.#tellRequests(this.#requests.resume(), told);
    if (this.#hasEnded.client && this.#hasEnded.server) this.#exchanges.closeAll(told);
    return told;
  }

  /** To be asked after each `push`. Once it tells of a switch, what is pushed belongs to the new protocol's decoder. */
  switched(): ProtocolSwitch | undefined {
    if (!this.#switch) return undefined;
    const rest = { client: this.#requests.release(), server: this.#responses.release() };
    return { ...this.#switch, rest, isBehindHole: this.#requests.isBehindHole() };
  }

  #tellRequests(events: readonly Http1Event<RequestHead>[], told: WireEvent[]): void {
    for (const event of events) {
      if (event.type === 'undecoded') this.#knowsRequests = false;
      if (this.#isOverrun) this.#tellOverrun(event, told);
      else if (event.type === 'head') this.#tellRequest(event, told);
      else if (event.type === 'end') this.#tellRequestEnd(event.start, event.complete, told);
      else this.#client.tell(event, this.#exchanges.sending, told);
    }
  }

  #tellRequest(event: Http1Event<RequestHead> & { readonly type: 'head' }, told: WireEvent[]): void {
    const { start, length, head, bytes } = event;
    if (event.isFoundAgain) this.#exchanges.endRequest(true, told);
    if (this.#exchanges.count >= this.#limits.open) {
      this.#isOverrun = true;
      const detail = `more than ${this.#limits.open} requests without an answer`;
      told.push({ type: 'fault', exchange: 0, from: 'client', start, rule: 'limit', detail });
      this.#tellOverrun(event, told);
      return;
    }
    const exchange = this.#exchanges.beginRequest(told);
    told.push({ type: 'request', exchange, start, length, head, bytes });
    this.#responses.expect(head.method);
    this.#knowsRequests = true;
    if (asksToSwitch(head)) this.#asking = { exchange, head };
  }

  #tellRequestEnd(start: number, complete: boolean, told: WireEvent[]): void {
    this.#client.end(start, complete, this.#exchanges.sending, told);
    this.#exchanges.endRequest(complete, told);
  }

  #tellOverrun(event: Http1Event<RequestHead>, told: WireEvent[]): void {
    this.#knowsRequests = false;
    if (event.type === 'fault' || event.type === 'end') return;
    told.push({ type: 'undecoded', exchange: 0, from: 'client', start: event.start, length: event.length });
  }

  #tellResponses(events: readonly Http1Event<ResponseHead>[], told: WireEvent[]): void {
    for (const event of events) {
      if (event.type === 'head') this.#tellResponse(event, told);
      else if (event.type === 'end') this.#tellResponseEnd(event.start, event.complete, told);
      else this.#server.tell(event, this.#exchanges.receiving, told);
    }
  }

  #tellResponse(event: Http1Event<ResponseHead> & { readonly type: 'head' }, told: WireEvent[]): void {
    const { start, length, head, bytes, framing } = event;
    this.#isInformational = isInformational(head);
    if (event.isFoundAgain) this.#exchanges.skipToNewest(told);
    const isUnasked =
      !event.isFoundAgain &&
      this.#knowsRequests &&
      this.#exchanges.receiving === 0 &&
      !this.#requests.isUnderWay();
    const exchange = this.#exchanges.beginResponse(this.#isInformational, told);
    told.push({ type: 'response', exchange, start, length, head, bytes });
    if (isUnasked) {
      const detail = 'a response that no request asked for';
      told.push({ type: 'fault', exchange, from: 'server', start, rule: 'RFC 9112 section 9.2', detail });
    }
    if (this.#isInformational) return;
    this.#server.begin(this.#openBody(exchange, head, told));
    const request = this.#asking?.exchange === exchange ? this.#asking.head : undefined;
    if (framing.type === 'tunnel') this.#tellSwitch(exchange, request, event, told);
    else if (request) this.#tellDeclined(told);
  }

  #tellSwitch(
    exchange: number,
    request: RequestHead | undefined,
    { start, head }: Http1Event<ResponseHead> & { readonly type: 'head' },
    told: WireEvent[],
  ): void {
    this.#switch = { exchange, request, response: head };
    if (!request) {
      const detail = 'a switch of protocols that no request asked for';
      told.push({ type: 'fault', exchange, from: 'server', start, rule: 'RFC 9110 section 15.2.2', detail });
    }
    this.#tellRequests(this.#requests.stop(), told);
  }

  #tellDeclined(told: WireEvent[]): void {
    this.#asking = undefined;
    this.#tellRequests(this.#requests.resume(), told);
  }

  #tellResponseEnd(start: number, complete: boolean, told: WireEvent[]): void {
    if (this.#isInformational) {
      this.#exchanges.endInformational();
      return;
    }
    const exchange = this.#exchanges.receiving;
    this.#server.end(start, complete, exchange, told);
    if (this.#switch) this.#exchanges.closeAll(told, exchange);
    else this.#exchanges.endResponse(complete, told);
  }
}

/** Bodies are told as `body` events. */
function asItIs(): undefined {}
