import type { Bytes } from '../tap.ts';
import { contentOf, type Kept } from './content.ts';
import type { ExchangeRows } from './live-connection.ts';
import type { PollBodies } from './polling/exchange.ts';

/** The bodies of an HTTP exchange, read from what is kept when somebody asks. */
export class ExchangeBodies implements PollBodies {
  readonly #kept: Kept;
  readonly #rows: ExchangeRows;

  constructor(kept: Kept, rows: ExchangeRows) {
    this.#kept = kept;
    this.#rows = rows;
  }

  get isComplete(): boolean {
    return this.#rows.response >= 0 && this.#kept.messages.row(this.#rows.response).complete;
  }

  request(limit: number): Bytes | undefined {
    return this.#content(this.#rows.request, limit);
  }

  response(limit: number): Bytes | undefined {
    const { response } = this.#rows;
    if (response >= 0 && this.#kept.messages.missing(response)) return undefined; // its beginning is not the whole
    return this.#content(response, limit);
  }

  #content(row: number, limit: number): Bytes | undefined {
    return row < 0 ? undefined : contentOf(this.#kept, row, limit);
  }
}
