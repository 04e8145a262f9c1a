import type { Bytes } from '../../tap.ts';
import { MAX_LOOKED_AT } from './exchange.ts';
import { bytesHash, textHash } from './hash.ts';
import type { PollAnswer } from './request.ts';

/**
 * Why an answer was not worth its bytes: nothing in it (`empty`: no body, white space, or an empty JSON value), a status
 * without a body, the same body as the last time, nothing but a dialect's heartbeat or its `control` talk (opening,
 * closing, handshake), a redirect, or an error (status 400 and above, or what a dialect calls one).
 */
export type Waste = 'empty' | '204' | '304' | 'unchanged' | 'heartbeat' | 'control' | 'redirect' | 'error';

/** What an exchange was good for. `sent`: it is no poll but carried what the client had to say, in a dialect. */
export type PollVerdict = 'news' | 'cut-off' | 'sent' | Waste;

/** Reads what a dialect says in an answer. */
export type AnswerReader = (content: Bytes) => 'news' | Waste;

/** Judges the answers of one series, in their order. */
export class AnswerJudge {
  readonly #read: AnswerReader | undefined;
  /** Of the last content that was judged: -1 before the first. */
  #fingerprint = -1;
  #length = -1;

  /**
   * Where `read` is given it alone decides on content: in a dialect each message is delivered once, so that the same
   * body twice is news twice.
   */
  constructor(read?: AnswerReader) {
    this.#read = read;
  }

  verdict(answer: PollAnswer, method: string): 'news' | 'cut-off' | Waste {
    if (!answer.isWhole) return 'cut-off';
    const { status } = answer;
    if (status >= 400) return 'error';
    if (status === 304) return '304';
    if (status === 204 || status === 205) return '204';
    if (status >= 300) return 'redirect';
    return method === 'HEAD' ? this.#ofHead(answer) : this.#ofBody(answer);
  }

  /** What has no body can still tell that the resource is another one now. */
  #ofHead({ validators }: PollAnswer): 'news' | Waste {
    return validators === '' ? 'empty' : this.#compared(textHash(validators), 0);
  }

  #ofBody(answer: PollAnswer): 'news' | Waste {
    const { length, validators, bodies } = answer;
    const content = length === 0 ? EMPTY : bodies.response(MAX_LOOKED_AT);
    if (this.#read) return content === EMPTY ? 'empty' : content ? this.#read(content) : 'news';
    if (content && isCut(content, length)) return this.#ofBeginning(content, answer);
    const compared = this.#compared(content ? bytesHash(content) : textHash(validators), length);
    return content && isEmpty(content) ? 'empty' : compared;
  }

  /** What changed may be behind what can be looked at: without a word of the server it is taken for news. */
  #ofBeginning(content: Bytes, { validators, length }: PollAnswer): 'news' | 'unchanged' {
    const compared = this.#compared(bytesHash(content) ^ textHash(validators), length);
    return validators === '' ? 'news' : compared;
  }

  #compared(fingerprint: number, length: number): 'news' | 'unchanged' {
    const isSame = fingerprint === this.#fingerprint && length === this.#length;
    this.#fingerprint = fingerprint;
    this.#length = length;
    return isSame ? 'unchanged' : 'news';
  }
}

const EMPTY = new Uint8Array();

/** Of compressed content this much is inflated at most. */
const MAX_INFLATED = 256 << 10;

function isCut(content: Bytes, carried: number): boolean {
  return content.length >= MAX_LOOKED_AT || (content.length >= MAX_INFLATED && content.length !== carried);
}

/** Longer contents are never taken for empty. */
const MAX_EMPTY = 32;

const EMPTY_JSON = /^\s*(\[\s*\]|\{\s*\}|null|"")?\s*$/;

function isEmpty(content: Bytes): boolean {
  return content.length <= MAX_EMPTY && EMPTY_JSON.test(String.fromCharCode(...content));
}
