import type { Session } from '../../session/session.ts';
import type { Filter } from './filter.ts';
import { ShownExchanges } from './shown-exchanges.ts';

/** Which connections of a session, as it is now, have something that is shown. */
export function connectionsOf(session: Session, filter: Filter): (number: number) => boolean {
  const shown = new ShownExchanges(session, filter);
  const connections = new Set<number>();
  for (const { number, connection } of session.exchanges) {
    if (shown.has(number)) connections.add(connection);
  }
  return (number) => {
    if (connections.has(number)) return true;
    const connection = session.connections.get(number);
    return connection?.failure !== undefined && filter.fitsFailure(connection);
  };
}
