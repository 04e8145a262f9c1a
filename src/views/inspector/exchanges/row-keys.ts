import type { Session } from '../../../session/session.ts';
import { KnownNumbers } from './known-numbers.ts';
import { hostOfRow, rowFacts, rowSource } from './row-source.ts';
import type { RowFacts, SortColumn } from './sort-column.ts';
import { type SubjectCode, subjectOf } from './subject-code.ts';

/** Hosts that are told apart; those that come later count as one. */
const MAX_HOSTS = 50_000;

/**
 * What rows are sorted and grouped by. To read an exchange takes some 4 us, without its heads 1 us, so what does not change any more, of those that
 * are over, is kept: 24 bytes an exchange.
 */
export class RowKeys {
  readonly #session: Session;
  readonly #hosts = new Map<string, number>();
  #column: SortColumn | undefined;
  readonly #keys = new KnownNumbers();
  readonly #hostOf = new KnownNumbers();
  readonly #connectionOf = new KnownNumbers();

  constructor(session: Session) {
    this.#session = session;
  }

  /** Whose keys are asked for from now on. */
  use(column: SortColumn): void {
    if (column === this.#column) return;
    this.#column = column;
    this.#keys.clear();
  }

  keyOf(code: SubjectCode): number {
    const { keyOf, keyWithHeads } = this.#column ?? {};
    if (keyOf) return this.#known(code, rowFacts, keyOf);
    return keyWithHeads ? this.#known(code, rowSource, keyWithHeads) : this.hostOf(code);
  }

  /** The number of a row's host. */
  hostOf(code: SubjectCode): number {
    const number = exchangeNumber(code);
    const known = this.#hostOf.get(number);
    if (known !== undefined) return known;
    const source = rowSource(this.#session, code);
    const host = this.#hostNumber(source ? hostOfRow(this.#session, source) : '');
    if (source && isOver(source)) this.#hostOf.set(number, host);
    return host;
  }

  /** The number of an exchange's connection, which `read` finds out. */
  connectionOf(exchange: number, read: () => number): number {
    const known = this.#connectionOf.get(exchange);
    if (known !== undefined) return known;
    const connection = read();
    this.#connectionOf.set(exchange, connection);
    return connection;
  }

  hostName(host: number): string {
    for (const [name, number] of this.#hosts) if (number === host) return name;
    return 'other hosts';
  }

  /** The place of each host, by its number, in the order of their names. */
  hostRanks(): Int32Array {
    const ranks = new Int32Array(MAX_HOSTS + 1).fill(MAX_HOSTS);
    const names = [...this.#hosts].sort(([one], [other]) => (one < other ? -1 : 1));
    for (const [rank, [, number]] of names.entries()) ranks[number] = rank;
    return ranks;
  }

  #known<Source extends RowFacts>(
    code: SubjectCode,
    read: (session: Session, code: SubjectCode) => Source | undefined,
    keyOf: (source: Source) => number,
  ): number {
    const number = exchangeNumber(code);
    const known = this.#keys.get(number);
    if (known !== undefined) return known;
    const source = read(this.#session, code);
    if (!source) return 0;
    const key = keyOf(source);
    if (isOver(source)) this.#keys.set(number, key);
    return key;
  }

  #hostNumber(name: string): number {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    if (this.#hosts.size === MAX_HOSTS) return MAX_HOSTS;
    const number = this.#hosts.size;
    this.#hosts.set(name, number);
    return number;
  }
}

/** -1 for what is no exchange, of which nothing is kept. */
function exchangeNumber(code: SubjectCode): number {
  const { type, number } = subjectOf(code);
  return type === 'exchange' ? number : -1;
}

function isOver(source: RowFacts): boolean {
  return source.type === 'exchange' && source.exchange.closedAt !== undefined;
}
