import type { Session, SessionChange } from '../session/session.ts';
import { type Connection, connectionCopy } from './connection.ts';
import { type Exchange, exchangeCopy } from './exchange.ts';
import { type Fault, faultCopy } from './fault.ts';
import type { Message } from './message.ts';
import { type PollSeries, pollSeriesCopy } from './poll-series.ts';
import { sessionMessage } from './session-message.ts';
import { unixTime } from './session-time.ts';

/** Something that happened in a session, as a copy that stays as it was then. `at` is in milliseconds since the Unix epoch. */
export type SessionEvent =
  | { readonly type: 'connection-opened'; readonly at: number; readonly connection: Connection }
  | { readonly type: 'connection-closed'; readonly at: number; readonly connection: Connection }
  /** It never came to be: `connection.failure` says why. */
  | { readonly type: 'connection-failed'; readonly at: number; readonly connection: Connection }
  | { readonly type: 'exchange-opened'; readonly at: number; readonly exchange: Exchange }
  | { readonly type: 'exchange-closed'; readonly at: number; readonly exchange: Exchange }
  | { readonly type: 'message'; readonly at: number; readonly message: Message }
  | { readonly type: 'fault'; readonly at: number; readonly fault: Fault }
  /** Exchanges turned out to be one: from here on they have its number. */
  | { readonly type: 'poll-series'; readonly at: number; readonly series: PollSeries }
  /** A mistake of tare's: from here on the connection's bytes are only counted. */
  | {
      readonly type: 'inspection-stopped';
      readonly at: number;
      readonly connection: Connection;
      readonly why: string;
    }
  /** Told once, when the disk first failed to keep what is past the memory. */
  | { readonly type: 'memory-lost'; readonly at: number; readonly why: string }
  /** This reader was so far behind that `count` events before the next one were dropped. `at` is the last one's. */
  | { readonly type: 'left-out'; readonly at: number; readonly count: number };

export type SessionEventType = SessionEvent['type'];

/** The events of some types. */
export type EventOf<Type extends SessionEventType> = Extract<SessionEvent, { readonly type: Type }>;

const TYPES: Readonly<Record<SessionEventType, true>> = {
  'connection-opened': true,
  'connection-closed': true,
  'connection-failed': true,
  'exchange-opened': true,
  'exchange-closed': true,
  message: true,
  fault: true,
  'poll-series': true,
  'inspection-stopped': true,
  'memory-lost': true,
  'left-out': true,
};

/** Throws a TypeError that names what is no type of an event: who waits for it would wait for ever. */
export function checkEventTypes(method: string, types: readonly unknown[]): void {
  for (const type of types) {
    if (typeof type === 'string' && Object.hasOwn(TYPES, type)) continue;
    throw new TypeError(
      `${method}: no type of an event: ${String(type)}; there are ${Object.keys(TYPES).join(', ')}`,
    );
  }
}

/** True of an event of one of `types`, or of any where there are none. */
export function isOfType<Type extends SessionEventType>(
  event: SessionEvent,
  types: readonly Type[],
): event is EventOf<Type> {
  return types.length === 0 || types.some((type) => type === event.type);
}

/** What a session tells of a change, as an event; undefined of a message that could not be kept, and of what is told otherwise. */
export function sessionEvent(session: Session, change: SessionChange): SessionEvent | undefined {
  switch (change.type) {
    case 'connection-opened':
    case 'connection-closed':
    case 'connection-failed':
      return connectionEvent(change.type, connectionCopy(session, change.connection));
    case 'exchange-opened':
    case 'exchange-closed':
      return exchangeEvent(change.type, exchangeCopy(session, change.exchange));
    case 'message':
      return messageEvent(sessionMessage(session, change.message, change.exchange));
    case 'fault':
      return faultEvent(faultCopy(session, change.fault));
    case 'poll-series': {
      const series = pollSeriesCopy(session, change.series);
      return { type: change.type, at: unixTime(session, change.at), series };
    }
    case 'polled': // the exchange's close told of it
      return undefined;
    case 'inspection-stopped': {
      const connection = connectionCopy(session, change.connection);
      return { type: change.type, at: unixTime(session, change.at), connection, why: change.why };
    }
    case 'memory-lost':
      return { type: change.type, at: unixTime(session, change.at), why: change.why };
  }
}

type ConnectionEventType = 'connection-opened' | 'connection-closed' | 'connection-failed';

export function connectionEvent(type: ConnectionEventType, connection: Connection): SessionEvent {
  const { openedAt, closedAt } = connection;
  return { type, at: type === 'connection-opened' ? openedAt : (closedAt ?? openedAt), connection };
}

export function exchangeEvent(type: 'exchange-opened' | 'exchange-closed', exchange: Exchange): SessionEvent {
  const { openedAt, closedAt } = exchange;
  return { type, at: type === 'exchange-opened' ? openedAt : (closedAt ?? openedAt), exchange };
}

export function messageEvent(message: Message | undefined): SessionEvent | undefined {
  return message && { type: 'message', at: message.at, message };
}

export function faultEvent(fault: Fault): SessionEvent {
  return { type: 'fault', at: fault.at, fault };
}
