import type { Filter } from '../../../analysis/filter/filter.ts';
import type { MessageRow } from '../../../session/message-table.ts';
import type { Session } from '../../../session/session.ts';
import { NumberList } from '../number-list.ts';
import type { Work } from '../work.ts';
import type { SubjectMessages } from './subject-messages.ts';

/** A row of the messages: one of them, or some that are folded. */
export type ShownMessage =
  | { readonly type: 'message'; readonly number: number }
  | { readonly type: 'folded'; readonly count: number };

/** Messages that are looked at before the clock is. */
const ROWS_A_LOOK = 64;

/** What is left of a subject's messages when some are hidden and others folded: found from the oldest on, a slice at a time. */
export class ShownMessages implements Work {
  readonly #session: Session;
  readonly #source: SubjectMessages;
  readonly #filter: Filter | undefined;
  readonly #isFolding: boolean;
  /** A message's number; of so many that are folded, the number below zero. */
  readonly #entries = new NumberList();
  #looked = 0;

  constructor(session: Session, source: SubjectMessages, filter: Filter | undefined, isFolding: boolean) {
    this.#session = session;
    this.#source = source;
    this.#filter = filter;
    this.#isFolding = isFolding;
  }

  get length(): number {
    return this.#entries.length;
  }

  get progress(): number | undefined {
    const found = this.#source.progress;
    if (found !== undefined) return found / 2;
    const { length } = this.#source;
    return this.#looked >= length ? undefined : 0.5 + this.#looked / length / 2;
  }

  at(index: number): ShownMessage | undefined {
    const entry = this.#entries.at(index);
    if (entry === undefined) return undefined;
    return entry < 0 ? { type: 'folded', count: -entry } : { type: 'message', number: entry };
  }

  /** The first row that is message `number`, or comes after it. */
  indexFrom(number: number): number {
    const index = this.#entries.all.findIndex((entry) => entry >= number);
    return index < 0 ? this.length : index;
  }

  work(until: number): boolean {
    if (this.#source.progress !== undefined) return false; // the oldest are not there yet
    while (this.#looked < this.#source.length) {
      this.#look(this.#source.at(this.#looked++)!);
      if (this.#looked % ROWS_A_LOOK === 0 && performance.now() >= until) return true;
    }
    return false;
  }

  #look(number: number): void {
    const row = this.#session.messages.row(number);
    if (this.#filter && !this.#filter.fitsMessage(this.#session, number, row)) return;
    if (!this.#isFolding || !isSignOfLife(row)) return this.#entries.push(number);
    const last = this.#entries.length - 1;
    const run = this.#entries.at(last);
    if (run !== undefined && run < 0) this.#entries.set(last, run - 1);
    else this.#entries.push(-1);
  }
}

/** What only says that somebody is still there. */
function isSignOfLife({ kind }: MessageRow): boolean {
  return kind === 'ping' || kind === 'pong' || kind === 'comment';
}
