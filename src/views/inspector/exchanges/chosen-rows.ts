import type { Filter } from '../../../analysis/filter/filter.ts';
import type { Session } from '../../../session/session.ts';
import { NumberList } from '../number-list.ts';
import type { Subject } from '../subject.ts';
import type { Work } from '../work.ts';
import type { RowSnapshot } from './arrangement.ts';
import type { Arrivals } from './arrivals.ts';
import { type SubjectCode, subjectCode, subjectOf } from './subject-code.ts';

/** Milliseconds after which open exchanges that did not fit are looked at again: there may be an answer now. */
const AGAIN = 1000;

/** Messages under way that are looked at again. */
const MAX_UNFINISHED = 1000;

/** Rows that are looked at before the clock is. */
const ROWS_A_LOOK = 16;

/** The rows that fit a filter, in the order they came: found a slice at a time, and gone on with as more come. */
export class ChosenRows implements Work {
  readonly #session: Session;
  readonly #arrivals: Arrivals;
  readonly #filter: Filter;
  readonly #codes = new NumberList();
  /** Where each of them is among the arrivals. */
  readonly #places = new NumberList();
  /** Exchanges and series with a message that fits. */
  readonly #fitting = new Set<SubjectCode>();
  /** Open exchanges that did not fit. */
  readonly #waiting = new Set<SubjectCode>();
  /** Messages that went on when they were looked at. */
  #unfinished: number[] = [];
  /** Those of `#waiting` that are still to be looked at again, this time. */
  #again: Iterator<SubjectCode> | undefined;
  #waitedAt = 0;
  #version = 0;
  #scanned = 0;
  #messages = 0;

  constructor(session: Session, arrivals: Arrivals, filter: Filter) {
    this.#session = session;
    this.#arrivals = arrivals;
    this.#filter = filter;
  }

  get length(): number {
    return this.#codes.length;
  }

  get progress(): number | undefined {
    const { length } = this.#session.messages;
    const messages = this.#filter.hasMessageTerms ? length : 0;
    const all = messages + this.#arrivals.length;
    const done = Math.min(this.#messages, messages) + this.#scanned;
    return done >= all ? undefined : done / all;
  }

  /** Another number when rows are not where they were: more at the end do not count. */
  get version(): number {
    return this.#version;
  }

  at(index: number): SubjectCode | undefined {
    return this.#codes.at(index);
  }

  /** All rows as they are now. */
  snapshot(): RowSnapshot {
    const exchanges = this.#places.all.map((place) => this.#arrivals.exchangeAt(place) ?? 0);
    return { codes: this.#codes.all.slice(), exchanges };
  }

  indexOf(subject: Subject): number {
    return this.#codes.all.indexOf(subjectCode(subject));
  }

  /** Rows from `place` on among the arrivals are others now. */
  changedFrom(place: number): void {
    if (place >= this.#scanned) return;
    while (this.#places.length > 0 && this.#places.at(this.#places.length - 1)! >= place) {
      this.#codes.remove(this.#codes.length - 1);
      this.#places.remove(this.#places.length - 1);
    }
    this.#scanned = place;
    this.#version++;
  }

  work(until: number): boolean {
    return this.#scan(until) || this.#searchMessages(until) || this.#lookAgain(until);
  }

  #searchMessages(until: number): boolean {
    if (!this.#filter.hasMessageTerms) return false;
    const { messages } = this.#session;
    while (this.#messages < messages.length) {
      const number = this.#messages++;
      if (!this.#look(number) && this.#unfinished.length < MAX_UNFINISHED) this.#unfinished.push(number);
      if (number % ROWS_A_LOOK === 0 && performance.now() >= until) return true;
    }
    return false;
  }

  /** False where the message is not complete, and does not fit as it is. */
  #look(number: number): boolean {
    const row = this.#session.messages.row(number);
    const fits = this.#filter.fitsMessage(this.#session, number, row);
    if (fits) this.#found(row.exchange);
    return fits || row.complete || !this.#session.exchanges.isOpen(row.exchange);
  }

  /** An exchange has a message that fits: it is shown, if it fits itself. */
  #found(number: number): void {
    const series = this.#session.exchanges.seriesOf(number);
    const code = subjectCode(
      series === undefined ? { type: 'exchange', number } : { type: 'series', number: series },
    );
    if (this.#fitting.has(code)) return;
    this.#fitting.add(code);
    const place = this.#arrivals.indexOf(subjectOf(code));
    if (place >= 0 && place < this.#scanned && this.#fits(code, place)) this.#insert(place, code);
  }

  #scan(until: number): boolean {
    while (this.#scanned < this.#arrivals.length) {
      const place = this.#scanned++;
      const code = this.#arrivals.at(place)!;
      if (this.#fits(code, place)) this.#insert(place, code);
      else if (this.#isOpen(code)) this.#waiting.add(code);
      if (place % ROWS_A_LOOK === 0 && performance.now() >= until) return true;
    }
    return false;
  }

  #lookAgain(until: number): boolean {
    const again = this.#again ?? this.#beginAgain();
    if (!again) return false;
    this.#again = again;
    for (let rows = 1; ; rows++) {
      const { value: code, done } = again.next();
      if (done) break;
      this.#lookAgainAt(code);
      if (rows % ROWS_A_LOOK === 0 && performance.now() >= until) return true;
    }
    this.#again = undefined;
    return false;
  }

  #beginAgain(): Iterator<SubjectCode> | undefined {
    const now = performance.now();
    if (now - this.#waitedAt < AGAIN) return undefined;
    this.#waitedAt = now;
    this.#unfinished = this.#unfinished.filter((number) => !this.#look(number));
    return this.#waiting.values();
  }

  #lookAgainAt(code: SubjectCode): void {
    const place = this.#arrivals.indexOf(subjectOf(code));
    const fits = place >= 0 && this.#fits(code, place);
    if (fits) this.#insert(place, code);
    if (fits || place < 0 || !this.#isOpen(code)) this.#waiting.delete(code);
  }

  #insert(place: number, code: SubjectCode): void {
    const index = this.#places.firstFrom(place);
    if (this.#places.at(index) === place) return;
    if (index < this.#codes.length) this.#version++;
    this.#codes.insert(index, code);
    this.#places.insert(index, place);
  }

  #fits(code: SubjectCode, place: number): boolean {
    const subject = subjectOf(code);
    if (subject.type === 'failure') {
      const connection = this.#session.connections.get(subject.number);
      return connection !== undefined && this.#filter.fitsFailure(connection);
    }
    const exchange = this.#session.exchanges.get(this.#arrivals.exchangeAt(place) ?? 0);
    if (exchange === undefined || !this.#filter.fitsExchange(this.#session, exchange)) return false;
    if (!this.#filter.hasMessageTerms || this.#fitting.has(code)) return true;
    return exchange.messages === 0 && this.#filter.fitsWithoutMessages(this.#session, exchange);
  }

  #isOpen(code: SubjectCode): boolean {
    const { type, number } = subjectOf(code);
    return type === 'exchange' && this.#session.exchanges.isOpen(number);
  }
}
