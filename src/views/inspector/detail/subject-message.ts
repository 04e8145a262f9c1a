import type { Session } from '../../../session/session.ts';
import type { DetailSubject } from './tab.ts';

/** Rows that are looked at, back from the newest: others' traffic may be between. */
const MOST_LOOKED = 5000;

/** The message that a page is about: the chosen one, or the last of the exchange; undefined where there is none, or it is far back. */
export function messageOf(session: Session, { subject, message }: DetailSubject): number | undefined {
  if (message !== undefined) return message;
  if (subject.type === 'failure') return undefined;
  const exchange = subject.type === 'exchange' ? session.exchanges.get(subject.number) : undefined;
  const until = exchange?.messagesUntil ?? session.messages.length;
  const from = Math.max(exchange?.messagesFrom ?? 0, until - MOST_LOOKED);
  for (let number = until - 1; number >= from; number--) {
    const found = session.messages.exchangeOf(number);
    const isIts =
      subject.type === 'exchange'
        ? found === subject.number
        : session.exchanges.seriesOf(found) === subject.number;
    if (isIts) return number;
  }
  return undefined;
}

/** The exchange that a page is about: the chosen one, or of a series that of its last message. */
export function exchangeOf(session: Session, about: DetailSubject) {
  if (about.message !== undefined) return session.exchanges.get(session.messages.row(about.message).exchange);
  if (about.subject.type === 'exchange') return session.exchanges.get(about.subject.number);
  const message = messageOf(session, about);
  return message === undefined ? undefined : session.exchanges.get(session.messages.row(message).exchange);
}
