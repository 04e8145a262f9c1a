import type { Bytes } from '../../tap.ts';
import type { Decoder } from '../decoder.ts';
import { requestBodyFraming } from './body-framing.ts';
import { fieldValue } from './fields.ts';
import { type RequestHead, readRequestHead } from './head.ts';
import { HTTP1_LIMITS, type Http1Limits } from './limits.ts';
import { type Http1Event, MessageDecoder, type MessageKind } from './message-decoder.ts';

/** Methods whose requests are found again behind a hole. */
const METHODS = 'GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE';

const REQUESTS: MessageKind<RequestHead> = {
  startLine: new RegExp(`(?:${METHODS}) [\\x21-\\x7e]{1,4000} HTTP/1\\.[01]\\r\\n`),
  read: readRequestHead,
  framing: requestBodyFraming,
  stopsAfter: asksToSwitch,
};

/**
 * Requests as they arrive. Behind one that asks to switch protocols it stops and keeps what comes, until the server's
 * answer is known: then `resume`, or `stop` and `release`.
 */
export class RequestDecoder implements Decoder<Http1Event<RequestHead>> {
  readonly #messages: MessageDecoder<RequestHead>;

  /** `start` is where in the direction requests begin. */
  constructor(limits: Http1Limits = HTTP1_LIMITS, start = 0) {
    this.#messages = new MessageDecoder(REQUESTS, limits, start);
  }

  push(bytes: Bytes): Http1Event<RequestHead>[] {
    return this.#messages.push(bytes);
  }

  /** The next `length` bytes are missing. */
  lose(length: number): Http1Event<RequestHead>[] {
    return this.#messages.lose(length);
  }

  /** Where it is stopped, the end is told by `resume`. */
  end(): Http1Event<RequestHead>[] {
    return this.#messages.end();
  }

  /** Whether the beginning of a request is here that was not told of yet. */
  isUnderWay(): boolean {
    return this.#messages.isUnderWay();
  }

  /** Whether bytes are missing right before those that wait. */
  isBehindHole(): boolean {
    return this.#messages.isBehindHole();
  }

  /** The server declined: reads on as HTTP/1. */
  resume(): Http1Event<RequestHead>[] {
    return this.#messages.resume();
  }

  /** The protocol switches, asked for or not: ends the request under way and reads no more. */
  stop(): Http1Event<RequestHead>[] {
    return this.#messages.stop();
  }

  /** The protocol switched: hands over the unread bytes; asked again, those pushed since. */
  release(): Bytes {
    return this.#messages.release();
  }
}

/** After this request something else than HTTP/1 may follow: CONNECT, Upgrade, the preface of HTTP/2. */
export function asksToSwitch(head: RequestHead): boolean {
  if (head.method === 'CONNECT' || head.version === '2.0') return true;
  return fieldValue(head.fields, 'upgrade') !== undefined;
}
