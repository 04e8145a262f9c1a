import type { Bytes } from '../../tap.ts';
import { MAX_LOOKED_AT } from './exchange.ts';
import { bytesHash } from './hash.ts';
import type { PollAnswer } from './request.ts';

/**
 * Why an answer was not worth its bytes: nothing in it (`empty`: no body, white space, or an empty JSON value), a status
 * without a body, the same body as the last time, nothing but a dialect's heartbeat or its `control` talk (opening,
 * closing, handshake), a redirect, or an error (status 400 and above, or what a dialect calls one).
 */
export type Waste = 'empty' | '204' | '304' | 'unchanged' | 'heartbeat' | 'control' | 'redirect' | 'error';

/** What an exchange was good for. `news`: other content, or what nobody can know to be the same. `sent`: it is no poll but carried what the client had to say, in a dialect. */
export type PollVerdict = 'news' | 'cut-off' | 'sent' | Waste;

/** Reads what a dialect says in an answer. */
export type AnswerReader = (content: Bytes) => 'news' | Waste;

/** What can be compared of an answer: of what could not be kept its validators and its length alone. */
interface Seen {
  /** The hash of what is known of its content; undefined where that is nothing. */
  readonly content: number | undefined;
  /** Whether that is all of it. */
  readonly isAll: boolean;
  readonly validators: number | undefined;
  /** Bytes as carried. */
  readonly length: number;
}

/**
 * Judges the answers of one series, in their order. What nobody can know to be the same as before, as its content could not
 * be kept whole and the server says nothing of it, is taken for news.
 */
export class AnswerJudge {
  readonly #read: AnswerReader | undefined;
  /** The last content that was judged. */
  #last: Seen | undefined;

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
    if (validators === undefined) return 'empty';
    return this.#compared({ content: undefined, isAll: false, validators, length: 0 });
  }

  #ofBody(answer: PollAnswer): 'news' | Waste {
    const { length, validators, bodies } = answer;
    const content = length === 0 ? EMPTY : bodies.response(MAX_LOOKED_AT);
    const isAll = content !== undefined && isWhole(content, answer);
    if (this.#read) return content === EMPTY ? 'empty' : isAll ? this.#read(content) : 'news';
    const compared = this.#compared({ content: content && bytesHash(content), isAll, validators, length });
    return isAll && isEmpty(content) ? 'empty' : compared;
  }

  #compared(seen: Seen): 'news' | 'unchanged' {
    const last = this.#last;
    this.#last = seen;
    return last && isSame(seen, last) ? 'unchanged' : 'news';
  }
}

const EMPTY = new Uint8Array();

/** What changed may be in what is not known: then the server has to say that nothing did. */
function isSame(one: Seen, other: Seen): boolean {
  if (one.length !== other.length) return false;
  const areKnown = one.content !== undefined && other.content !== undefined;
  if (areKnown && one.content !== other.content) return false;
  if (areKnown && one.isAll && other.isAll) return true;
  return one.validators !== undefined && one.validators === other.validators;
}

/** Of encoded content this much is inflated at most. */
const MAX_INFLATED = 256 << 10;

/** Longer contents are never taken for empty, nor are longer bodies that nothing comes out of. */
const MAX_EMPTY = 32;

/** Whether `content` is all that the answer brought: parts may be missing, and of what is long only the beginning is read. */
function isWhole(content: Bytes, { length, isEncoded }: PollAnswer): boolean {
  if (content.length === length) return true;
  if (!isEncoded) return false;
  return content.length < MAX_INFLATED && (content.length > 0 || length <= MAX_EMPTY);
}

const EMPTY_JSON = /^\s*(\[\s*\]|\{\s*\}|null|"")?\s*$/;

function isEmpty(content: Bytes): boolean {
  return content.length <= MAX_EMPTY && EMPTY_JSON.test(String.fromCharCode(...content));
}
