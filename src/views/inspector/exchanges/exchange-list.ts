import type { Filter } from '../../../analysis/filter/filter.ts';
import type { Session, SessionChange } from '../../../session/session.ts';
import type { Work } from '../work.ts';
import { type Arrangement, arranged, type RowOrder } from './arrangement.ts';
import { Arrivals } from './arrivals.ts';
import { ChosenRows } from './chosen-rows.ts';
import { GroupedRows, type ListRow } from './grouped-rows.ts';
import { RowKeys } from './row-keys.ts';
import { SORT_COLUMNS } from './sort-column.ts';
import { subjectOf } from './subject-code.ts';

/** Milliseconds between two orderings, and how many times as long as the last one took. */
const PAUSE = 1000;
const PAUSE_FACTOR = 4;

const NATURAL: RowOrder = { column: SORT_COLUMNS[0]!, isFalling: false, grouping: 'none' };

/** The rows of the exchanges as the user wants them: filtered, in an order, in groups. */
export class ExchangeList implements Work {
  readonly #session: Session;
  readonly #arrivals: Arrivals;
  readonly #keys: RowKeys;
  readonly #folded = new Set<number>();
  #chosen: ChosenRows | undefined;
  #order = NATURAL;
  #rows: GroupedRows | undefined;
  #ordering: Generator<undefined, Arrangement> | undefined;
  #orderingSince = 0;
  #nextOrderingAt = 0;
  #isStale = false;
  #version = 0;

  constructor(session: Session) {
    this.#session = session;
    this.#arrivals = new Arrivals(session);
    this.#keys = new RowKeys(session);
  }

  /** Rows that there could be, of which the filter leaves some. */
  get total(): number {
    return this.#arrivals.length;
  }

  get length(): number {
    return this.#rows?.length ?? this.#source.length;
  }

  get order(): RowOrder {
    return this.#order;
  }

  /** Whether rows stand in the order in which they came, so that the newest is the last. */
  get isNatural(): boolean {
    const { column, isFalling, grouping } = this.#order;
    return column === NATURAL.column && !isFalling && grouping === 'none';
  }

  /** Another number when rows are not where they were; more at the end do not count. */
  get version(): number {
    return this.#version + (this.#rows ? 0 : (this.#chosen?.version ?? 0));
  }

  get filterProgress(): number | undefined {
    return this.#chosen?.progress;
  }

  get isOrdering(): boolean {
    return this.#ordering !== undefined && this.#rows === undefined;
  }

  get progress(): number | undefined {
    return this.filterProgress ?? (this.isOrdering ? 0 : undefined);
  }

  /** Takes a change of the session: 0.1 us for a message. */
  take(change: SessionChange): void {
    this.#isStale = true;
    if (change.type !== 'message') this.#arrivals.take(change);
  }

  /** To be called before rows are read. */
  settle(): void {
    this.#arrivals.settle();
    const from = this.#arrivals.takeChangedFrom();
    if (from === Number.POSITIVE_INFINITY) return;
    this.#chosen?.changedFrom(from);
    this.#version++;
  }

  at(index: number): ListRow | undefined {
    if (this.#rows) return this.#rows.at(index);
    const code = this.#source.at(index);
    return code === undefined ? undefined : { type: 'subject', code };
  }

  /** Where a row is, or what stands for it; -1 where there is nothing. */
  indexOf(row: ListRow): number {
    if (this.#rows) return this.#rows.indexOf(row);
    return row.type === 'group' ? -1 : this.#source.indexOf(subjectOf(row.code));
  }

  /** What the headers of groups say. */
  groupName(group: number): string {
    return this.#order.grouping === 'host' ? this.#keys.hostName(group) : `connection ${group}`;
  }

  filter(filter: Filter | undefined): void {
    this.#version += 1 + (this.#chosen?.version ?? 0);
    this.#chosen = filter && new ChosenRows(this.#session, this.#arrivals, filter);
    this.#orderAnew();
  }

  arrange(order: RowOrder): void {
    if (order.grouping !== this.#order.grouping) this.#folded.clear();
    this.#order = order;
    this.#keys.use(order.column);
    this.#rows = undefined;
    this.#version++;
    this.#orderAnew();
  }

  /** Folds a group, or shows what is in it. */
  fold(group: number): void {
    if (!this.#folded.delete(group)) this.#folded.add(group);
    if (this.#rows) this.#show(this.#rows.arrangement);
  }

  /** Hides all that is there now. */
  hide(): void {
    this.#arrivals.hide();
    this.#rows = undefined;
    this.settle();
    this.#orderAnew();
  }

  work(until: number): boolean {
    this.settle();
    const isSearching = this.#chosen?.work(until) ?? false;
    return this.#orderMore(until) || isSearching;
  }

  get #source(): Arrivals | ChosenRows {
    return this.#chosen ?? this.#arrivals;
  }

  #orderAnew(): void {
    this.#ordering = undefined;
    this.#isStale = true;
    this.#nextOrderingAt = 0;
  }

  /** Goes on with the ordering, or begins one where rows are others than those that were ordered last. */
  #orderMore(until: number): boolean {
    if (this.isNatural) return false;
    if (!this.#ordering && !this.#beginOrdering()) return false;
    while (this.#ordering) {
      const step = this.#ordering.next();
      if (step.done) this.#endOrdering(step.value);
      else if (performance.now() >= until) return true;
    }
    return false;
  }

  #beginOrdering(): boolean {
    const now = performance.now();
    if (!this.#isStale || now < this.#nextOrderingAt) return false;
    this.#isStale = false;
    this.#orderingSince = now;
    this.#ordering = arranged(this.#session, this.#source.snapshot(), this.#order, this.#keys);
    return true;
  }

  #endOrdering(arrangement: Arrangement): void {
    this.#ordering = undefined;
    const now = performance.now();
    this.#nextOrderingAt = now + Math.max(PAUSE, PAUSE_FACTOR * (now - this.#orderingSince));
    this.#show(arrangement);
  }

  #show(arrangement: Arrangement): void {
    this.#rows = new GroupedRows(arrangement, this.#folded);
    this.#version++;
  }
}
