import type { Side, TapEvent } from '../tap.ts';
import type { EarlierConnection } from './recorded-connection.ts';
import { UnderWay } from './under-way.ts';

/** What is remembered of one. */
interface Followed extends EarlierConnection {
  readonly tapped: Record<Side, number>;
  readonly ended: Side[];
  readonly underWay: UnderWay;
}

/**
 * The connections of a source that are open, and what each is in the middle of: all that a recording which begins now has to
 * know of them. The session cannot tell it: what is half read is in no ledger yet.
 */
export class OpenConnections {
  readonly #open = new Map<number, Followed>();

  /** To be handed every event of the source. */
  take(event: TapEvent): void {
    const { connection, type } = event;
    if (type === 'opened') return this.#add(event);
    if (type === 'closed') return void this.#open.delete(connection);
    const followed = this.#open.get(connection);
    if (!followed || type === 'failed') return;
    if (type === 'ended') followed.ended.push(event.from);
    else if (type === 'lost') {
      followed.tapped[event.from] += event.length;
      followed.underWay.lose(event.from, event.length);
    } else {
      followed.tapped[event.from] += event.bytes.length;
      followed.underWay.follow(event.from, event.bytes);
    }
  }

  /** Each as it is now. */
  *earlier(): Generator<EarlierConnection> {
    for (const { underWay, ...known } of this.#open.values()) {
      yield {
        ...known,
        tapped: { ...known.tapped },
        ended: [...known.ended],
        repetition: underWay.repetition(),
      };
    }
  }

  #add({ connection, at, facts }: Extract<TapEvent, { readonly type: 'opened' }>): void {
    const tapped = { client: 0, server: 0 };
    this.#open.set(connection, {
      connection,
      openedAt: at,
      facts,
      tapped,
      ended: [],
      underWay: new UnderWay(),
    });
  }
}
