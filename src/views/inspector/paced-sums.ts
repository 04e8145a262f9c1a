import type { Exchange } from '../../session/exchange.ts';
import type { Weight } from '../../session/ledger.ts';
import type { Session } from '../../session/session.ts';
import { sumOfTotals } from '../../session/totals.ts';

/** What a session came to, and how many exchanges of each protocol are open. */
export interface Sums {
  readonly weight: Readonly<Weight>;
  readonly open: ReadonlyMap<Exchange['protocol'], number>;
}

/** Milliseconds that each frame may take for adding up. */
const CHEAP = 1;

/** What takes longer is done seldom: this many times what it took lies between two times. */
const REST = 20;

/**
 * A session added up for those who look at it in each frame. All that is open has to be gone through: 10 ms with 10,000
 * WebSockets, so that what is told then is up to 0.2 s old.
 */
export class PacedSums {
  readonly #session: Session;
  #sums: Sums;
  #dueAt = 0;

  constructor(session: Session) {
    this.#session = session;
    this.#sums = this.#added();
  }

  now(): Sums {
    if (performance.now() >= this.#dueAt) this.#sums = this.#added();
    return this.#sums;
  }

  #added(): Sums {
    const begun = performance.now();
    const { weight } = sumOfTotals(this.#session.totals());
    const open = new Map<Exchange['protocol'], number>();
    for (const { protocol } of this.#session.exchanges.open()) {
      open.set(protocol, (open.get(protocol) ?? 0) + 1);
    }
    const end = performance.now();
    this.#dueAt = end - begun < CHEAP ? 0 : end + (end - begun) * REST;
    return { weight, open };
  }
}
