import type { Session } from '../../../session/session.ts';

/** Something that is wrong with the traffic: one that is shown, or a group of the same kind. */
export type Finding =
  | { readonly type: 'group'; readonly name: string; readonly count: number; readonly isFolded: boolean }
  | { readonly type: 'fault'; readonly index: number }
  | { readonly type: 'failure'; readonly connection: number }
  | { readonly type: 'waste'; readonly series: number };

/** Findings of one name that are listed; the rest is only counted. */
const MAX_LISTED = 10_000;

const FAILURES = 'connections that failed';
const WASTE = 'polls that brought nothing';

/** The findings as rows: a group for each rule that was broken, for failed connections and for wasted polls. */
export class Findings {
  readonly #session: Session;
  readonly #folded = new Set<string>();
  readonly #faults = new Map<string, number[]>();
  readonly #failures: number[] = [];
  #readFaults = 0;
  #readConnections = 0;
  rows: readonly Finding[] = [];

  constructor(session: Session) {
    this.#session = session;
  }

  /** Takes what came since. */
  refresh(): void {
    const { faults, connections } = this.#session;
    for (; this.#readFaults < faults.length; this.#readFaults++) {
      const { rule } = faults[this.#readFaults]!;
      const indexes = this.#faults.get(rule) ?? [];
      this.#faults.set(rule, indexes);
      indexes.push(this.#readFaults);
    }
    for (; this.#readConnections < connections.size; this.#readConnections++) {
      const number = this.#readConnections + 1;
      if (this.#failures.length < MAX_LISTED && connections.get(number)?.failure) this.#failures.push(number);
    }
    this.rows = this.#list();
  }

  fold(name: string): void {
    if (!this.#folded.delete(name)) this.#folded.add(name);
    this.rows = this.#list();
  }

  #list(): Finding[] {
    const byCount = [...this.#faults].sort(([, one], [, other]) => other.length - one.length);
    const wasteful = this.#session.pollSeries.filter(({ wasted, polls }) => wasted > 0 && wasted * 2 > polls);
    return [
      ...this.#group(
        FAILURES,
        this.#failures.map((connection) => ({ type: 'failure', connection }) as const),
      ),
      ...byCount.flatMap(([rule, indexes]) =>
        this.#group(
          rule,
          indexes.map((index) => ({ type: 'fault', index }) as const),
        ),
      ),
      ...this.#group(
        WASTE,
        wasteful.map(({ number }) => ({ type: 'waste', series: number }) as const),
      ),
    ];
  }

  #group(name: string, findings: readonly Finding[]): Finding[] {
    if (findings.length === 0) return [];
    const isFolded = this.#folded.has(name);
    return [{ type: 'group', name, count: findings.length, isFolded }, ...(isFolded ? [] : findings)];
  }
}
