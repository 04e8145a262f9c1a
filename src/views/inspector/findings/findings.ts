import type { Session } from '../../../session/session.ts';
import { Failures } from './failures.ts';
import { RuleCounts } from './rule-counts.ts';

/** Something that is wrong with the traffic: one that is shown, or a group of the same kind. */
export type Finding =
  | { readonly type: 'group'; readonly name: string; readonly count: number; readonly isFolded: boolean }
  | { readonly type: 'fault'; readonly index: number }
  | { readonly type: 'failure'; readonly connection: number }
  | { readonly type: 'waste'; readonly series: number }
  /** What a group has no room for. */
  | { readonly type: 'more'; readonly count: number };

/** Findings of one kind; those that are not listed are only counted. */
interface Group {
  readonly name: string;
  readonly count: number;
  readonly listed: readonly number[];
  readonly of: (listed: number) => Finding;
}

const FAILURES = 'connections that failed';
const WASTE = 'polls that brought nothing';

/** The findings as rows: a group for each rule that was broken, for failed connections and for wasted polls. */
export class Findings {
  readonly #session: Session;
  readonly #folded = new Set<string>();
  readonly #rules: RuleCounts;
  readonly #failures: Failures;
  /** Places among the session's faults, by rule. */
  readonly #faults = new Map<string, number[]>();
  #readFaults = 0;
  #groups: readonly Group[] = [];
  /** Rows so far. */
  length = 0;

  constructor(session: Session) {
    this.#session = session;
    this.#rules = new RuleCounts(session);
    this.#failures = new Failures(session);
  }

  close(): void {
    this.#rules.close();
    this.#failures.close();
  }

  /** Takes what came since. */
  refresh(): void {
    const { faults } = this.#session;
    for (; this.#readFaults < faults.length; this.#readFaults++) {
      const { rule } = faults[this.#readFaults]!;
      const indexes = this.#faults.get(rule) ?? [];
      this.#faults.set(rule, indexes);
      indexes.push(this.#readFaults);
    }
    this.#groups = this.#found().filter(({ count }) => count > 0);
    this.length = this.#groups.reduce((sum, group) => sum + this.#rowsOf(group), 0);
  }

  fold(name: string): void {
    if (!this.#folded.delete(name)) this.#folded.add(name);
    this.refresh();
  }

  /** The finding in a row; undefined behind the last. */
  at(row: number): Finding | undefined {
    let first = 0;
    for (const group of this.#groups) {
      const rows = this.#rowsOf(group);
      if (row < first + rows) return this.#inGroup(group, row - first);
      first += rows;
    }
    return undefined;
  }

  #inGroup({ name, count, listed, of }: Group, row: number): Finding {
    if (row === 0) return { type: 'group', name, count, isFolded: this.#folded.has(name) };
    const found = listed[row - 1];
    return found === undefined ? { type: 'more', count: count - listed.length } : of(found);
  }

  #rowsOf({ name, count, listed }: Group): number {
    return this.#folded.has(name) ? 1 : 1 + listed.length + (count > listed.length ? 1 : 0);
  }

  #found(): Group[] {
    const { count, listed } = this.#failures;
    const wasteful = this.#session.pollSeries.filter(({ wasted, polls }) => wasted > 0 && wasted * 2 > polls);
    return [
      { name: FAILURES, count, listed, of: (connection) => ({ type: 'failure', connection }) },
      ...this.#rules.sorted.map(([rule, times]) => ({
        name: rule,
        count: times,
        listed: this.#faults.get(rule) ?? [],
        of: (index: number): Finding => ({ type: 'fault', index }),
      })),
      {
        name: WASTE,
        count: wasteful.length,
        listed: wasteful.map(({ number }) => number),
        of: (series) => ({ type: 'waste', series }),
      },
    ];
  }
}
