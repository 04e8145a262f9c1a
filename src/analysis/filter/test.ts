import type { Connection } from '../../session/connection.ts';
import type { Exchange } from '../../session/exchange.ts';
import type { MessageRow } from '../../session/message-table.ts';
import type { Session } from '../../session/session.ts';

/** What one term asks, of the exchange or of each message. Of connections that failed most ask for what these do not have. */
export type Test = ExchangeTest | MessageTest;

export interface ExchangeTest {
  readonly of: 'exchange';
  readonly fits: (session: Session, exchange: Exchange) => boolean;
  readonly fitsFailure?: (connection: Connection) => boolean;
}

export interface MessageTest {
  readonly of: 'message';
  readonly fits: (session: Session, number: number, row: MessageRow) => boolean;
  /** Whether it holds for an exchange without messages; where this is absent it does not. */
  readonly fitsWithout?: (session: Session, exchange: Exchange) => boolean;
  readonly fitsFailure?: (connection: Connection) => boolean;
  /** Whether it looks at content: it is asked last. */
  readonly isCostly?: boolean;
}

/** A value, or the start of one, that is offered for a key. */
export interface Choice {
  readonly text: string;
  readonly tells: string;
}

/** What stands before a colon. */
export interface FilterKey {
  readonly name: string;
  readonly tells: string;
  /** A term with it, for those who wrote a wrong one. */
  readonly example: string;
  /** Values, where there are few. */
  readonly choices?: readonly Choice[];
  /** What a value, which is not empty, asks; or what would be right, in words. */
  readonly read: (value: string) => Test | string;
}
