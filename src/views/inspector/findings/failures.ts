import type { Session } from '../../../session/session.ts';

/** Those that are listed; the rest is only counted. */
const MAX_LISTED = 10_000;

/** Connections that failed, by number. */
export class Failures {
  /** The first 10,000. */
  readonly listed: number[] = [];
  count = 0;
  readonly #unwatch: () => void;

  constructor(session: Session) {
    const { connections } = session;
    if (connections.size > 0) {
      for (const { number, failure } of connections.values()) if (failure) this.#add(number);
    }
    this.#unwatch = session.watch((change) => {
      if (change.type === 'connection-failed') this.#add(change.connection.number);
    });
  }

  close(): void {
    this.#unwatch();
  }

  #add(number: number): void {
    this.count++;
    if (this.listed.length < MAX_LISTED) this.listed.push(number);
  }
}
