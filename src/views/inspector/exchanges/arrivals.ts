import type { Session, SessionChange } from '../../../session/session.ts';
import { NumberList } from '../number-list.ts';
import type { Subject } from '../subject.ts';
import type { RowSnapshot } from './arrangement.ts';
import { type SubjectCode, subjectCode } from './subject-code.ts';

/**
 * All rows there could be, in the order they came: an exchange each, a poll series in the place of its first exchange and
 * none of its others, a failed connection. Told of by the session's changes, which cost next to nothing here.
 */
export class Arrivals {
  readonly #session: Session;
  readonly #codes = new NumberList();
  /** Beside each code the exchange that had come last then: never falling, so that an exchange is found by halves. */
  readonly #keys = new NumberList();
  /** Open exchanges that may yet turn out to be part of a series. */
  readonly #undecided = new Set<number>();
  #changedFrom = Number.POSITIVE_INFINITY;
  /** Exchanges up to this one are hidden. */
  #hiddenUntil = 0;

  constructor(session: Session) {
    this.#session = session;
    for (const connection of session.connections.values())
      if (connection.failure) this.#add({ type: 'failure', number: connection.number }, 0);
    const series = new Set<number>();
    for (let number = 1; number <= session.exchanges.length; number++) this.#addPast(number, series);
  }

  get length(): number {
    return this.#codes.length;
  }

  at(index: number): SubjectCode | undefined {
    return this.#codes.at(index);
  }

  /** The exchange of the row, or of a series the first; of a failure the one that came before it. */
  exchangeAt(index: number): number | undefined {
    return this.#keys.at(index);
  }

  /** All rows as they are now. */
  snapshot(): RowSnapshot {
    return { codes: this.#codes.all.slice(), exchanges: this.#keys.all.slice() };
  }

  /** The first row that is no longer what or where it was when this was asked last; infinity where all are. */
  takeChangedFrom(): number {
    const from = this.#changedFrom;
    this.#changedFrom = Number.POSITIVE_INFINITY;
    return from;
  }

  /** Where a subject's row is; -1 where it has none. */
  indexOf(subject: Subject): number {
    if (subject.type === 'exchange') return this.#indexOf(subject.number);
    return this.#codes.all.indexOf(subjectCode(subject));
  }

  /** All that is there now is shown no more. */
  hide(): void {
    this.#codes.clear();
    this.#keys.clear();
    this.#hiddenUntil = this.#session.exchanges.length;
    this.#changed(0);
  }

  /** Takes a change of the session; true when rows came or went. */
  take(change: SessionChange): boolean {
    switch (change.type) {
      case 'exchange-opened':
        this.#add({ type: 'exchange', number: change.exchange.number }, change.exchange.number);
        this.#undecided.add(change.exchange.number);
        return true;
      case 'poll-series':
        this.#fold(change.series.number, change.exchanges);
        return true;
      case 'polled':
        return this.#leave(change.exchange.number);
      case 'exchange-closed':
        this.#undecided.delete(change.exchange.number);
        return change.exchange.series === undefined && this.#comeBack(change.exchange.number);
      case 'connection-failed':
        this.#addFailure(change.connection.number);
        return true;
      default:
        return false;
    }
  }

  /** Folds what has joined a series since; to be called before rows are read. */
  settle(): void {
    for (const number of this.#undecided) {
      const exchange = this.#session.exchanges.get(number);
      if (exchange?.series !== undefined) this.#leave(number);
      if (exchange?.protocol !== 'http1' || exchange.series !== undefined) this.#undecided.delete(number);
    }
  }

  #add(subject: Subject, key: number): void {
    this.#codes.push(subjectCode(subject));
    this.#keys.push(key);
  }

  #addFailure(number: number): void {
    this.#add({ type: 'failure', number }, this.#session.exchanges.length);
  }

  /** One that came before anybody looked. */
  #addPast(number: number, known: Set<number>): void {
    const series = this.#session.exchanges.seriesOf(number);
    if (series === undefined) this.#add({ type: 'exchange', number }, number);
    else if (!known.has(series)) this.#add({ type: 'series', number: series }, number);
    if (series !== undefined) known.add(series);
  }

  /** The series takes the place of its first exchange. */
  #fold(series: number, exchanges: readonly number[]): void {
    const [first, ...others] = exchanges;
    const index = first === undefined ? -1 : this.#indexOf(first);
    const subject: Subject = { type: 'series', number: series };
    if (index < 0) this.#add(subject, this.#session.exchanges.length);
    else {
      this.#codes.set(index, subjectCode(subject));
      this.#changed(index);
    }
    for (const number of others) this.#leave(number);
  }

  #leave(number: number): boolean {
    const index = this.#indexOf(number);
    if (index < 0) return false;
    this.#codes.remove(index);
    this.#keys.remove(index);
    this.#changed(index);
    return true;
  }

  /** What was taken for a poll was something else, a stream that has ended by now. */
  #comeBack(number: number): boolean {
    if (number <= this.#hiddenUntil || this.#indexOf(number) >= 0) return false;
    const index = this.#keys.firstFrom(number + 1);
    this.#codes.insert(index, subjectCode({ type: 'exchange', number }));
    this.#keys.insert(index, number);
    this.#changed(index);
    return true;
  }

  #changed(index: number): void {
    this.#changedFrom = Math.min(this.#changedFrom, index);
  }

  #indexOf(number: number): number {
    const code = subjectCode({ type: 'exchange', number });
    for (let index = this.#keys.firstFrom(number); this.#keys.at(index) === number; index++) {
      if (this.#codes.at(index) === code) return index;
    }
    return -1;
  }
}
