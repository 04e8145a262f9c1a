import type { Exchange } from '../../../session/exchange.ts';
import { addWeight, bothWays, emptyWeight, gross, type Weight } from '../../../session/ledger.ts';
import type { Session } from '../../../session/session.ts';
import type { Work } from '../work.ts';

/** Hosts that are told apart; those that come later are one. */
const MAX_HOSTS = 10_000;

const OTHERS = '(others)';

/** Exchanges that are added before the clock is looked at. */
const EXCHANGES_A_LOOK = 16;

/**
 * What each host came to: exchanges that are over are added as they end, those that go on when it is asked; those that were
 * over before anybody looked a slice at a time, from the newest back.
 */
export class TopTalkers implements Work {
  readonly #session: Session;
  readonly #hosts = new Map<string, Weight>();
  /** Exchanges that were open then, of those up to `#before`: they are added as they end. */
  readonly #wereOpen = new Set<number>();
  readonly #past: number;
  /** Exchanges below this one are still to be added. */
  #before: number;

  constructor(session: Session) {
    this.#session = session;
    this.#past = session.exchanges.length;
    this.#before = this.#past + 1;
    for (const { number } of session.exchanges.open()) this.#wereOpen.add(number);
  }

  get progress(): number | undefined {
    return this.#before <= 1 ? undefined : 1 - (this.#before - 1) / this.#past;
  }

  work(until: number): boolean {
    while (this.#before > 1) {
      const number = --this.#before;
      const exchange = this.#wereOpen.delete(number) ? undefined : this.#session.exchanges.get(number);
      if (exchange) this.add(exchange);
      if (number % EXCHANGES_A_LOOK === 0 && performance.now() >= until) return true;
    }
    return false;
  }

  /** Adds an exchange that is over; others are passed over. */
  add(exchange: Exchange): void {
    if (exchange.closedAt !== undefined) this.#addTo(this.#hosts, exchange);
  }

  /** The heaviest ones, the heaviest first. */
  top(count: number): readonly { readonly host: string; readonly weight: Readonly<Weight> }[] {
    const open = new Map<string, Weight>();
    for (const exchange of this.#session.exchanges.open()) this.#addTo(open, exchange);
    const all = [...new Set([...this.#heaviest(this.#hosts, count), ...open.keys()])].map((host) => {
      const weight = emptyWeight();
      addWeight(weight, this.#hosts.get(host) ?? emptyWeight());
      addWeight(weight, open.get(host) ?? emptyWeight());
      return { host, weight };
    });
    return all.sort((one, other) => gross(other.weight) - gross(one.weight)).slice(0, count);
  }

  #heaviest(hosts: ReadonlyMap<string, Weight>, count: number): string[] {
    return [...hosts]
      .sort(([, one], [, other]) => gross(other) - gross(one))
      .slice(0, count)
      .map(([host]) => host);
  }

  #addTo(hosts: Map<string, Weight>, exchange: Exchange): void {
    const named = this.#session.hostOf(exchange);
    const host = hosts.has(named) || hosts.size < MAX_HOSTS ? named : OTHERS;
    const weight = hosts.get(host) ?? emptyWeight();
    hosts.set(host, weight);
    addWeight(weight, bothWays(exchange.ledger));
  }
}
