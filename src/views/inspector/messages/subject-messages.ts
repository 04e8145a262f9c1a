import type { Session } from '../../../session/session.ts';
import { NumberList } from '../number-list.ts';
import type { Subject } from '../subject.ts';
import type { Work } from '../work.ts';

/** Rows that are looked at before the clock is. */
const ROWS_A_LOOK = 1024;

/**
 * The messages of an exchange, or of a series, by the numbers of their rows. Nothing lists them: they are looked for among
 * all, from the newest back to where the subject began, a slice at a time; those that come are added as they come.
 */
export class SubjectMessages implements Work {
  readonly #session: Session;
  readonly #subject: Subject;
  /** Found going back: the last one is the oldest. */
  readonly #older = new NumberList();
  readonly #newer = new NumberList();
  /** Rows before this one are still to be looked at; rows from `#next` on have not come yet. */
  #before: number;
  #next: number;
  readonly #first: number;
  /** No more will come. */
  readonly #isOver: boolean;

  constructor(session: Session, subject: Subject) {
    this.#session = session;
    this.#subject = subject;
    const { from, until } = rowsOf(session, subject);
    this.#first = from;
    this.#next = until ?? session.messages.length;
    this.#isOver = until !== undefined;
    this.#before = this.#next;
  }

  get length(): number {
    return this.#older.length + this.#newer.length;
  }

  /** Those found going back so far: each of them moved all others. */
  get olderCount(): number {
    return this.#older.length;
  }

  /** 0 to 1; undefined when all are found. */
  get progress(): number | undefined {
    const all = this.#next - this.#first;
    return this.#before <= this.#first ? undefined : 1 - (this.#before - this.#first) / all;
  }

  /** Number of the row of the message at `index`; undefined past the end. */
  at(index: number): number | undefined {
    const older = this.#older.length;
    return index < older ? this.#older.at(older - 1 - index) : this.#newer.at(index - older);
  }

  /** Where the row has its place, or would have it. */
  indexFrom(row: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.at(middle)! < row) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Takes those that came since; returns how many. */
  takeNew(): number {
    if (this.#isOver) return 0;
    const before = this.#newer.length;
    const { length } = this.#session.messages;
    for (; this.#next < length; this.#next++) if (this.#belongs(this.#next)) this.#newer.push(this.#next);
    return this.#newer.length - before;
  }

  /** Looks further back; how many were found before the others is what `length` grew by. */
  work(until: number): boolean {
    while (this.#before > this.#first) {
      const row = --this.#before;
      if (this.#belongs(row)) this.#older.push(row);
      if (row % ROWS_A_LOOK === 0 && performance.now() >= until) return true;
    }
    return false;
  }

  #belongs(row: number): boolean {
    const exchange = this.#session.messages.exchangeOf(row);
    const { type, number } = this.#subject;
    return type === 'series' ? this.#session.exchanges.seriesOf(exchange) === number : exchange === number;
  }
}

/** Between which rows a subject's messages are; without an end where it goes on. */
function rowsOf(session: Session, { type, number }: Subject): { from: number; until: number | undefined } {
  if (type === 'failure') return { from: 0, until: 0 };
  if (type === 'series') return { from: 0, until: undefined };
  const exchange = session.exchanges.get(number);
  return { from: exchange?.messagesFrom ?? 0, until: exchange ? exchange.messagesUntil : 0 };
}
