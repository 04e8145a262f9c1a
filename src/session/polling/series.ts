import { addWeight, emptyLedger, type Ledger } from '../ledger.ts';
import type { PollDialect } from './dialect.ts';
import { copied, MAX_TEXT, ownText } from './own-text.ts';
import type { Poll } from './request.ts';
import { LONG_HOLD, median } from './rhythm.ts';
import { AnswerJudge, type AnswerReader, type PollVerdict, type Waste } from './verdict.ts';

/** Intervals that cadence and jitter are taken from: the last ones, so that a night's sleep is forgotten by noon. */
const MAX_GAPS = 32;

/** Busy long polls are answered sooner than LONG_HOLD, but one is open nearly always. */
const BUSY_HOLD = 100_000_000;
const BUSY_SHARE = 0.8;

/** Bytes of memory of a series without its texts: 0.8 kB at first, 1 kB with all intervals. */
const OWN_BYTES = 1000;

/** Who repeats what. */
export interface PollSubject {
  /** Of the client. */
  readonly client: string;
  readonly host: string;
  readonly method: string;
  readonly dialect: PollDialect | undefined;
}

/**
 * Exchanges that one client repeats against one resource. `news + wasted + cutOff + open` is always `polls`; what a
 * dialect's client sent is in `sends` alone. Times are nanoseconds.
 */
export class PollSeries implements PollSubject {
  readonly number: number;
  readonly client: string;
  readonly host: string;
  /** Of its first request. */
  readonly method: string;
  readonly dialect: PollDialect | undefined;
  /** As shown: values that change from poll to poll are `…`. */
  resource: string;
  /** What the dialect calls the conversation; undefined until a handshake is answered. */
  session: string | undefined;
  polls = 0;
  /** Polls that wait for their answer. */
  open = 0;
  news = 0;
  wasted = 0;
  /** Polls whose answer did not come, or not whole. */
  cutOff = 0;
  /** Polls that began while another was open. */
  overlaps = 0;
  /** Requests of a dialect that only sent. */
  sends = 0;
  /** The wasted ones by what was wrong with them. */
  readonly wastedFor: Partial<Record<Waste, number>> = {};
  longestHold = 0;
  /** When the first and the last exchange began. */
  readonly firstAt: number;
  lastAt: number;
  /** All its exchanges that are closed. */
  readonly ledger: Ledger = emptyLedger();
  readonly #judge: AnswerJudge;
  readonly #gaps: number[] = [];
  #lastPollAt = -1;
  #holds = 0;
  #held = 0;

  constructor(
    number: number,
    { client, host, method, dialect }: PollSubject,
    resource: string,
    at: number,
    read?: AnswerReader,
  ) {
    this.number = number;
    this.client = ownText(client);
    this.host = ownText(host);
    this.method = method;
    this.dialect = dialect;
    this.resource = copied(resource);
    this.firstAt = at;
    this.lastAt = at;
    this.#judge = new AnswerJudge(read);
  }

  /** Bytes of memory that it takes at most; a session that has no name yet may get a long one. */
  get bytes(): number {
    const nameless = this.dialect === undefined ? 0 : MAX_TEXT;
    const name = this.session?.length ?? nameless;
    return OWN_BYTES + 2 * (this.client.length + this.host.length + this.resource.length + name);
  }

  /**
   * Long where answers are held: for half a second on average, or for a tenth while one of them is open four fifths of the
   * time. The polls of a dialect are long by its rules, however soon they happen to be answered.
   */
  get kind(): 'short' | 'long' {
    if (this.dialect !== undefined) return 'long';
    const hold = this.hold ?? 0;
    const isBusy = hold >= BUSY_HOLD && this.#held >= BUSY_SHARE * (this.lastAt - this.firstAt);
    return hold >= LONG_HOLD || isBusy ? 'long' : 'short';
  }

  /** From the start of a poll to the start of the next: the median of the last 32; undefined before the second. */
  get cadence(): number | undefined {
    return this.#gaps.length === 0 ? undefined : median(this.#gaps);
  }

  /** How far the same intervals are off the cadence: their mean absolute deviation from it. */
  get jitter(): number | undefined {
    const cadence = this.cadence;
    if (cadence === undefined) return undefined;
    return this.#gaps.reduce((sum, gap) => sum + Math.abs(gap - cadence), 0) / this.#gaps.length;
  }

  /** How long an answer was held on average: those that came whole and were no errors. Undefined before the first. */
  get hold(): number | undefined {
    return this.#holds === 0 ? undefined : this.#held / this.#holds;
  }

  /** The conversation turns out to be called `session`. */
  name(session: string): void {
    this.session = ownText(session);
  }

  /** Counts a poll that is asked. */
  begin({ openedAt }: Poll): void {
    this.polls++;
    if (this.open > 0) this.overlaps++;
    this.open++;
    if (this.#lastPollAt >= 0) this.#addGap(Math.max(0, openedAt - this.#lastPollAt));
    this.#lastPollAt = openedAt;
    this.lastAt = Math.max(this.lastAt, openedAt);
  }

  /** Counts the answer of a poll that was begun. */
  finish({ answer, hold }: Poll): PollVerdict {
    this.open--;
    if (!answer) {
      this.cutOff++;
      return 'cut-off';
    }
    this.#weigh(answer.ledger);
    if (hold !== undefined) this.#addHold(hold);
    const verdict = this.#judge.verdict(answer, this.method);
    if (verdict === 'news') this.news++;
    else if (verdict === 'cut-off') this.cutOff++;
    else this.#waste(verdict);
    return verdict;
  }

  /** Takes back a poll that turned out to be something else: an event stream, a WebSocket. */
  retract(): void {
    this.polls--;
    this.open--;
  }

  retractSend(): void {
    this.sends--;
  }

  /** Counts a request that only sends. */
  send({ openedAt }: Poll): void {
    this.sends++;
    this.lastAt = Math.max(this.lastAt, openedAt);
  }

  /** Counts the answer of one that was sent. */
  finishSend({ answer }: Poll): PollVerdict {
    if (answer) this.#weigh(answer.ledger);
    return 'sent';
  }

  #weigh({ client, server }: Ledger): void {
    addWeight(this.ledger.client, client);
    addWeight(this.ledger.server, server);
  }

  #addGap(gap: number): void {
    if (this.#gaps.length === MAX_GAPS) this.#gaps.shift();
    this.#gaps.push(gap);
  }

  #addHold(hold: number): void {
    this.#holds++;
    this.#held += hold;
    this.longestHold = Math.max(this.longestHold, hold);
  }

  #waste(why: Waste): void {
    this.wasted++;
    this.wastedFor[why] = (this.wastedFor[why] ?? 0) + 1;
  }
}
