import type { Session, SessionChange } from '../../../session/session.ts';

/** Rules that are told apart: there are some hundred. */
const MAX_RULES = 1_000;

/** How often each rule was broken: of all faults, those that are not kept included. */
export class RuleCounts {
  readonly #counts = new Map<string, number>();
  readonly #unwatch: () => void;

  constructor(session: Session) {
    for (const { rule } of session.faults) this.#add(rule);
    this.#unwatch = session.watch((change) => this.#take(change));
  }

  /** The most often broken first. */
  get sorted(): readonly (readonly [rule: string, count: number])[] {
    return [...this.#counts].sort(([, one], [, other]) => other - one);
  }

  close(): void {
    this.#unwatch();
  }

  #take(change: SessionChange): void {
    if (change.type === 'fault') this.#add(change.fault.rule);
  }

  #add(rule: string): void {
    const count = this.#counts.get(rule);
    if (count !== undefined || this.#counts.size < MAX_RULES) this.#counts.set(rule, (count ?? 0) + 1);
  }
}
