import type { Session } from '../session/session.ts';
import { connectionCopy } from './connection.ts';
import { exchangeCopy } from './exchange.ts';
import { faultCopy } from './fault.ts';
import { pollSeriesCopy } from './poll-series.ts';
import {
  connectionEvent,
  exchangeEvent,
  faultEvent,
  messageEvent,
  type SessionEvent,
  type SessionEventType,
} from './session-event.ts';
import { sessionMessage } from './session-message.ts';

/** How far back is looked: that many connections, exchanges or messages. At 5 us each it takes 50 ms at most. */
const MAX_LOOKED_BACK = 10_000;

/**
 * What happened already, of one type, the oldest first; connections, exchanges and poll series as they are now. Of types that a session
 * keeps no books on, nothing.
 */
export function* pastEvents(session: Session, type: SessionEventType): Generator<SessionEvent> {
  switch (type) {
    case 'connection-opened':
    case 'connection-closed':
    case 'connection-failed':
      return yield* pastConnections(session, type);
    case 'exchange-opened':
    case 'exchange-closed':
      return yield* pastExchanges(session, type);
    case 'message':
      return yield* pastMessages(session);
    case 'poll-series':
      return yield* pastPollSeries(session);
    case 'fault':
      for (const fault of session.faults) yield faultEvent(faultCopy(session, fault));
  }
}

function* pastConnections(
  session: Session,
  type: 'connection-opened' | 'connection-closed' | 'connection-failed',
): Generator<SessionEvent> {
  for (const found of session.connections.last(MAX_LOOKED_BACK)) {
    if ((found.failure !== undefined) !== (type === 'connection-failed')) continue;
    if (type === 'connection-closed' && found.closedAt === undefined) continue;
    yield connectionEvent(type, connectionCopy(session, found));
  }
}

function* pastExchanges(
  session: Session,
  type: 'exchange-opened' | 'exchange-closed',
): Generator<SessionEvent> {
  for (const number of lastNumbers(session.exchanges.length)) {
    const found = session.exchanges.get(number);
    if (!found || (type === 'exchange-closed' && found.closedAt === undefined)) continue;
    yield exchangeEvent(type, exchangeCopy(session, found));
  }
}

function* pastPollSeries(session: Session): Generator<SessionEvent> {
  for (const found of session.pollSeries) {
    const series = pollSeriesCopy(session, found);
    yield { type: 'poll-series', at: series.lastAt, series };
  }
}

/** One that is not complete may still be under way, unless its exchange is over. */
function* pastMessages(session: Session): Generator<SessionEvent> {
  for (const number of lastNumbers(session.messages.length)) {
    const { exchange: exchangeNumber, complete } = session.messages.row(number - 1);
    const exchange = session.exchanges.get(exchangeNumber);
    if (!exchange || (!complete && exchange.closedAt === undefined)) continue;
    const event = messageEvent(sessionMessage(session, number - 1, exchange));
    if (event) yield event;
  }
}

/** From 1 to `count`, or the last of these. */
function* lastNumbers(count: number): Generator<number> {
  for (let number = Math.max(1, count - MAX_LOOKED_BACK + 1); number <= count; number++) yield number;
}
