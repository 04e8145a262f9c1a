import { BlankLineSearch } from '../decoders/http1/blank-line-search.ts';
import { responseBodyFraming } from '../decoders/http1/body-framing.ts';
import { fieldValue } from '../decoders/http1/fields.ts';
import { type ResponseHead, readResponseHead } from '../decoders/http1/head.ts';
import { sniff } from '../decoders/sniff.ts';
import type { Bytes, Side } from '../tap.ts';
import { EventTail } from './event-tail.ts';
import { type Begun, concatenated, MOST_KEPT, UnitWalk, type Walk } from './unit-walk.ts';
import { bodyOf, chunks, frames } from './units.ts';

/**
 * What another file has to say again of a connection that goes on, so that it can be read by itself: the heads of the exchange, the
 * client's before the server's, and then what each side began and has not finished.
 */
export interface Repetition {
  readonly heads: Readonly<Record<Side, Bytes>>;
  readonly begun: Readonly<Record<Side, Begun>>;
}

/** What a connection is in the middle of. */
type State =
  /** Nothing, or too little to say what it is: it is between exchanges. */
  | 'at rest'
  /** TLS that is not opened. */
  | 'tls'
  /** A request was begun, and the head of its answer is not all there. */
  | 'asked'
  /** The body of the answer. */
  | 'answered'
  | 'websocket'
  /** Something of which nothing can be said again that would help. */
  | 'unknown';

const NOTHING: Bytes = new Uint8Array();
const NOTHING_BEGUN: Begun = { bytes: NOTHING, lost: 0 };

/**
 * Remembers what a connection is in the middle of: the heads of the exchange that goes on, and of its body or its WebSocket the chunk
 * or frame that does. What is compressed together with what came before cannot be read by that.
 */
export class UnderWay {
  #state: State = 'at rest';
  /** What the client said since its request began. */
  #request: Begun = NOTHING_BEGUN;
  /** What it said since the answer began. */
  #next: Begun = NOTHING_BEGUN;
  /** The head of the answer, or what there is of it. */
  #response: Bytes = NOTHING;
  #walks: Partial<Record<Side, Walk>> = {};

  /** Bytes passed. */
  follow(from: Side, bytes: Bytes): void {
    const walk = this.#walks[from];
    if (walk) {
      walk.follow(bytes);
      this.#heed(walk);
    } else if (from === 'client') this.#hearClient(bytes);
    else if (this.#state === 'asked') this.#hearAnswer(bytes);
    else if (this.#state === 'at rest' && this.#request.bytes.length > 0) this.#become('unknown');
  }

  /** Bytes passed, and nobody knows which. */
  lose(from: Side, length: number): void {
    const walk = this.#walks[from];
    if (walk) {
      walk.lose(length);
      this.#heed(walk);
    } else if (this.#state !== 'tls') this.#become('unknown');
  }

  /** What is to be said again now; undefined where that is nothing. */
  repetition(): Repetition | undefined {
    const { bytes, lost } = this.#request;
    if (bytes.length === 0) return undefined;
    const client = this.#walks.client?.begun ?? { ...this.#next, lost: lost + this.#next.lost };
    const server = this.#walks.server?.begun ?? NOTHING_BEGUN;
    return { heads: { client: bytes, server: this.#response }, begun: { client, server } };
  }

  #hearClient(bytes: Bytes): void {
    if (this.#state === 'at rest') this.#begin(concatenated([this.#request.bytes, bytes]));
    else if (this.#state === 'asked') this.#request = longer(this.#request, bytes);
    else if (this.#state === 'answered') this.#next = longer(this.#next, bytes);
    const isTorn = this.#request.lost > 0 && this.#next.bytes.length > 0;
    if (isTorn || this.#next.lost > 0) this.#become('unknown');
  }

  #begin(bytes: Bytes): void {
    const sniffed = sniff(bytes);
    if (sniffed === 'tls') this.#become('tls');
    else if (sniffed === 'http1') this.#become('asked');
    else if (sniffed !== undefined) return this.#become('unknown');
    this.#request = longer(NOTHING_BEGUN, bytes);
  }

  #hearAnswer(bytes: Bytes): void {
    const heard = concatenated([this.#response, bytes]);
    const length = new BlankLineSearch(true).length(heard);
    if (length === undefined && heard.length < MOST_KEPT) {
      this.#response = heard;
      return;
    }
    this.#response = heard.subarray(0, length);
    const head = readResponseHead(this.#response);
    if (length === undefined || 'unreadable' in head) return this.#become('unknown');
    const isInformational = head.status < 200 && head.status !== 101;
    if (isInformational) this.#response = NOTHING;
    else this.#answer(head);
    if (length < heard.length) this.follow('server', heard.subarray(length));
  }

  #answer(head: ResponseHead): void {
    const framing = responseBodyFraming(head, methodIn(this.#request.bytes));
    switch (framing.type) {
      case 'none':
        return this.#finish();
      case 'length':
        return framing.length === 0 ? this.#finish() : this.#answerWith(new UnitWalk(bodyOf(framing.length)));
      case 'chunked':
        return this.#answerWith(chunkWalk(head));
      case 'until-close':
        return this.#answerWith(endlessWalk(head));
      case 'tunnel':
        return isWebSocket(head) ? this.#upgrade() : this.#become('unknown');
      case 'unknown':
        return this.#become('unknown');
    }
  }

  #answerWith(server: Walk): void {
    this.#state = 'answered';
    this.#walks = { server };
  }

  /** Clients may send frames before the answer is there. */
  #upgrade(): void {
    const { bytes, lost } = this.#request;
    const length = new BlankLineSearch(true).length(bytes);
    if (length === undefined || lost > 0) return this.#become('unknown');
    this.#state = 'websocket';
    this.#walks = { client: new UnitWalk(frames()), server: new UnitWalk(frames()) };
    this.#request = { bytes: bytes.subarray(0, length), lost: 0 };
    this.follow('client', bytes.subarray(length));
  }

  #heed({ isSure, isOver }: Walk): void {
    if (!isSure) this.#become('unknown');
    else if (isOver) this.#finish();
  }

  /** The exchange is over; what the client said since the answer began is the next one. */
  #finish(): void {
    const next = this.#next;
    this.#become('at rest');
    if (next.bytes.length > 0) this.#begin(next.bytes);
  }

  #become(state: State): void {
    this.#state = state;
    this.#request = NOTHING_BEGUN;
    this.#next = NOTHING_BEGUN;
    this.#response = NOTHING;
    this.#walks = {};
  }
}

/** The first 64 KiB are kept, in memory of our own. */
function longer({ bytes, lost }: Begun, more: Bytes): Begun {
  const kept = more.subarray(0, MOST_KEPT - bytes.length);
  return { bytes: concatenated([bytes, kept]), lost: lost + more.length - kept.length };
}

function methodIn(request: Bytes): string {
  const [method = ''] = Buffer.from(request.subarray(0, LONGEST_METHOD))
    .toString('latin1')
    .trimStart()
    .split(' ');
  return method;
}

const LONGEST_METHOD = 40;

/** Of an event stream chunks can be read one by one, unless it is compressed: then none without all before it. */
function chunkWalk(head: ResponseHead): Walk {
  return isEventStream(head) && !isCompressed(head)
    ? new UnitWalk(chunks(false))
    : new UnitWalk(chunks(true), isEventStream(head));
}

function endlessWalk(head: ResponseHead): Walk {
  return isEventStream(head) && !isCompressed(head)
    ? new EventTail()
    : new UnitWalk(bodyOf(Number.POSITIVE_INFINITY));
}

function isCompressed({ fields }: ResponseHead): boolean {
  return fieldValue(fields, 'content-encoding') !== undefined;
}

function isEventStream({ fields }: ResponseHead): boolean {
  return fieldValue(fields, 'content-type')?.toLowerCase().startsWith('text/event-stream') === true;
}

/** RFC 6455 section 4.2.2; a response of 200 to an extended CONNECT is HTTP/2's. */
function isWebSocket({ status, fields }: ResponseHead): boolean {
  return status === 101 && fieldValue(fields, 'upgrade')?.toLowerCase() === 'websocket';
}
