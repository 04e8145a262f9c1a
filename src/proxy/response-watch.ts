import { type BodyFraming, responseBodyFraming } from '../decoders/http1/body-framing.ts';
import { type ResponseHead, readResponseHead, type Unreadable } from '../decoders/http1/head.ts';
import { type BodyEnd, bodyEnd } from './body-end.ts';
import { HeadReader } from './head-reader.ts';

/** Requests that may wait for their answers at a time: far more than any client pipelines that looks at its answers. */
const MAX_UNANSWERED = 1_000;

/**
 * Follows the responses on a server's stream just enough to know which requests have been answered, and whether one made
 * a tunnel of the connection. It changes nothing and holds nothing back.
 */
export class ResponseWatch {
  readonly #methods: string[] = [];
  readonly #heads = new HeadReader();
  #last: { readonly bytes: Buffer; readonly head: ResponseHead | Unreadable } | undefined;
  #body: BodyEnd | undefined;
  #state: 'http' | 'tunnel' | 'lost' = 'http';

  /** A request was sent. */
  expect(method: string): void {
    if (this.#state === 'http') this.#methods.push(method);
  }

  /** So many requests wait that no more should be sent before they are answered. */
  get isFull(): boolean {
    return this.#methods.length >= MAX_UNANSWERED;
  }

  /**
   * Every request has been answered whole, or the server agreed to speak something else than HTTP. Never again true once
   * the responses cannot be told apart any more.
   */
  get settled(): boolean {
    return this.switched || (this.#state === 'http' && this.#methods.length === 0);
  }

  /** The server agreed to speak something else than HTTP. */
  get switched(): boolean {
    return this.#state === 'tunnel';
  }

  /** One request waits for its answer, and not a byte of that, nor of anything before it, is under way. */
  get untouched(): boolean {
    return this.#methods.length === 1 && !this.#body && this.#heads.waiting === 0;
  }

  push(bytes: Buffer): void {
    let rest = bytes;
    while (rest.length > 0 && this.#state === 'http') {
      rest = this.#body ? this.#readBody(this.#body, rest) : this.#readHead(rest);
    }
  }

  #readBody(body: BodyEnd, bytes: Buffer): Buffer {
    const taken = body.take(bytes);
    if (body.lost) return this.#lose(bytes.subarray(taken));
    if (body.done) this.#finish();
    return bytes.subarray(taken);
  }

  #readHead(bytes: Buffer): Buffer {
    const read = this.#heads.read(bytes);
    if (read === 'more') return bytes.subarray(bytes.length);
    if (read === 'too-long') return this.#lose(bytes);
    const head = this.#headOf(read.head);
    if ('unreadable' in head) return this.#lose(bytes);
    const isInterim = head.status < 200 && head.status !== 101;
    if (!isInterim) this.#begin(responseBodyFraming(head, this.#methods[0] ?? 'GET'));
    return read.rest;
  }

  /** The reader gives the very same bytes again where a server repeats its head: not reading them anew saves 1.3 us. */
  #headOf(bytes: Buffer): ResponseHead | Unreadable {
    if (this.#last?.bytes !== bytes) this.#last = { bytes, head: readResponseHead(bytes) };
    return this.#last.head;
  }

  #lose(bytes: Buffer): Buffer {
    this.#state = 'lost';
    this.#methods.length = 0;
    return bytes;
  }

  #begin(framing: BodyFraming): void {
    if (framing.type === 'tunnel') this.#state = 'tunnel';
    this.#body = bodyEnd(framing);
    if (this.#body.done) this.#finish();
  }

  #finish(): void {
    this.#body = undefined;
    this.#methods.shift();
  }
}
