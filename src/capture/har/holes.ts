import type { MessageRow } from '../../session/message-table.ts';
import type { Session } from '../../session/session.ts';

/** Where bytes are missing that travelled. A session puts zeros in their place to read on, which nobody ever sent. */
export class Holes {
  /** Places in a direction of a connection, by connection and side. */
  readonly #starts = new Map<string, number[]>();

  constructor({ faults }: Session) {
    for (const { rule, connection, from, start } of faults) {
      if (rule !== 'capture') continue;
      const known = this.#starts.get(`${connection} ${from}`);
      if (known) known.push(start);
      else this.#starts.set(`${connection} ${from}`, [start]);
    }
  }

  /** Bytes of a message before its first hole; undefined where it has none. */
  firstIn(connection: number, row: MessageRow): number | undefined {
    if (this.#starts.size === 0) return undefined;
    const { from, start, head, framing, control, payload } = row;
    const end = start + head + framing + control + payload;
    const hole = this.#starts.get(`${connection} ${from}`)?.find((place) => place >= start && place < end);
    return hole === undefined ? undefined : hole - start;
  }
}
