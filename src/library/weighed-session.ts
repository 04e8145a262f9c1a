import type { Session } from '../session/session.ts';
import { type Connection, connectionCopy } from './connection.ts';
import { type Exchange, exchangeCopy } from './exchange.ts';
import type { Message } from './message.ts';
import { sessionMessage } from './session-message.ts';
import { type Snapshot, snapshotOf } from './snapshot.ts';

/** All that was seen so far: by a proxy, or in bytes that were decoded. What it gives are copies, as things are now. */
export interface WeighedSession {
  /** Everything but the messages, frozen. Of a long session it is large: the methods below give it piece by piece. */
  snapshot(): Snapshot;
  /** In the order they opened; those that never came to be are among them. */
  connections(): IterableIterator<Connection>;
  /** Undefined where there is none with this number, or it could not be kept. */
  connection(number: number): Connection | undefined;
  /** In the order they opened. */
  exchanges(): IterableIterator<Exchange>;
  /** Undefined where there is none with this number, or it could not be kept. */
  exchange(number: number): Exchange | undefined;
  /**
   * Messages in the order they began, those under way included; all, or those of an exchange, which is given by its number or
   * itself. Read as the loop goes on.
   */
  messages(exchange?: number | Pick<Exchange, 'number'>): IterableIterator<Message>;
}

/** Reads a session for those outside. */
export class SessionReader implements WeighedSession {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  snapshot(): Snapshot {
    return snapshotOf(this.#session);
  }

  *connections(): IterableIterator<Connection> {
    for (const connection of this.#session.connections.values()) {
      yield connectionCopy(this.#session, connection);
    }
  }

  connection(number: number): Connection | undefined {
    const connection = this.#session.connections.get(number);
    return connection && connectionCopy(this.#session, connection);
  }

  *exchanges(): IterableIterator<Exchange> {
    for (const exchange of this.#session.exchanges) yield exchangeCopy(this.#session, exchange);
  }

  exchange(number: number): Exchange | undefined {
    const exchange = this.#session.exchanges.get(number);
    return exchange && exchangeCopy(this.#session, exchange);
  }

  *messages(exchange?: number | Pick<Exchange, 'number'>): IterableIterator<Message> {
    const { messages, exchanges } = this.#session;
    const wanted = typeof exchange === 'object' ? exchange.number : exchange;
    for (let index = 0; index < messages.length; index++) {
      const { exchange: number } = messages.row(index);
      if (wanted !== undefined && number !== wanted) continue;
      const owner = exchanges.get(number);
      const message = owner && sessionMessage(this.#session, index, owner);
      if (message) yield message;
    }
  }
}
