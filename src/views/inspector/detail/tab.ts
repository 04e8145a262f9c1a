import type { Session } from '../../../session/session.ts';
import type { VirtualLines } from '../pane.ts';
import type { Subject } from '../subject.ts';

/** What the detail is about: a row of the exchanges, and the message of it that was chosen. */
export interface DetailSubject {
  readonly subject: Subject;
  /** Number of its row in the session; undefined where the whole exchange, or series, is meant. */
  readonly message: number | undefined;
}

/** One page of the detail. */
export interface Tab {
  readonly name: string;
  /** Its lines in so many columns. `now` is nanoseconds since the session's epoch. */
  lines(session: Session, about: DetailSubject, columns: number, now: number): VirtualLines;
}
