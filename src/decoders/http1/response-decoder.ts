import type { Bytes } from '../../tap.ts';
import type { Decoder } from '../decoder.ts';
import { type BodyFraming, responseBodyFraming } from './body-framing.ts';
import { type ResponseHead, readResponseHead } from './head.ts';
import { HTTP1_LIMITS, type Http1Limits } from './limits.ts';
import { type Http1Event, MessageDecoder } from './message-decoder.ts';

const START_LINE = /HTTP\/1\.[01] [1-5]\d\d(?: [^\r\n]{0,200})?\r\n/;

/**
 * Responses as they arrive. Behind a 101, or a 2xx to CONNECT, it stops and keeps what comes for `release`.
 */
export class ResponseDecoder implements Decoder<Http1Event<ResponseHead>> {
  readonly #messages: MessageDecoder<ResponseHead>;
  /** Methods of the requests not yet answered. */
  readonly #expected: string[] = [];

  /** `start` is where in the direction responses begin. */
  constructor(limits: Http1Limits = HTTP1_LIMITS, start = 0) {
    const framing = (head: ResponseHead, isFoundAgain: boolean): BodyFraming =>
      this.#framing(head, isFoundAgain);
    const kind = { startLine: START_LINE, read: readResponseHead, framing, stopsAfter: isSwitch };
    this.#messages = new MessageDecoder(kind, limits, start);
  }

  /** A request with this method was sent: to be told for each, in order, since HEAD and CONNECT change their answers. */
  expect(method: string): void {
    this.#expected.push(method);
  }

  push(bytes: Bytes): Http1Event<ResponseHead>[] {
    return this.#messages.push(bytes);
  }

  /** The next `length` bytes are missing. */
  lose(length: number): Http1Event<ResponseHead>[] {
    return this.#messages.lose(length);
  }

  /** `isCutOff`: a body that runs until the end is not whole. */
  end(isCutOff = false): Http1Event<ResponseHead>[] {
    return this.#messages.end(isCutOff);
  }

  /** Hands over the unread bytes; asked again, those pushed since. */
  release(): Bytes {
    return this.#messages.release();
  }

  /** Behind a hole it is the newest request that is answered. */
  #framing(head: ResponseHead, isFoundAgain: boolean): BodyFraming {
    if (isFoundAgain) this.#expected.splice(0, this.#expected.length - 1);
    const method = isInformational(head) ? this.#expected[0] : this.#expected.shift();
    return responseBodyFraming(head, method ?? 'GET');
  }
}

/** Another response to the same request follows (RFC 9110 section 15.2); after a 101 none does. */
export function isInformational(head: ResponseHead): boolean {
  return head.status < 200 && head.status !== 101;
}

function isSwitch(_head: ResponseHead, framing: BodyFraming): boolean {
  return framing.type === 'tunnel';
}
