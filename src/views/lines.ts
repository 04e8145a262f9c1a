import type { Connection } from '../session/connection.ts';
import type { Exchange } from '../session/exchange.ts';
import { bothWays, gross, overhead } from '../session/ledger.ts';
import type { Session, SessionChange, SessionFault } from '../session/session.ts';
import { byteCount } from './byte-count.ts';
import { harmless } from './harmless.ts';
import { lineStart, messageLine } from './message-line.ts';
import { piece, type StyledLine } from './styled-line.ts';

/** What a change of the session looks like, as one line; undefined for those which need none. */
export function changeLine(session: Session, change: SessionChange): StyledLine | undefined {
  switch (change.type) {
    case 'message':
      return messageLine(session, change.message, change.exchange);
    case 'fault':
      return faultLine(session, change.fault);
    case 'connection-failed':
      return failureLine(session, change.connection);
    case 'connection-closed':
      return closeLine(session, change.connection);
    case 'exchange-closed':
      return streamEndLine(session, change.exchange);
    case 'inspection-stopped':
      return [
        ...lineStart(session, change.connection.closedAt ?? change.connection.openedAt, undefined),
        piece(
          `! decoding of connection ${change.connection.number} stopped: ${harmless(change.why)}; its bytes are counted on`,
          'fault',
        ),
      ];
    case 'connection-opened':
    case 'exchange-opened':
      return undefined;
  }
}

function faultLine(session: Session, { exchange, from, at, start, rule, detail }: SessionFault): StyledLine {
  const belongsTo = exchange === undefined ? undefined : session.exchanges[exchange - 1];
  return [
    ...lineStart(session, at, belongsTo),
    piece(from === 'client' ? '▲ ' : '▼ ', from),
    piece(`! ${harmless(detail)} (${rule}, at byte ${start})`, 'fault'),
  ];
}

function failureLine(session: Session, { openedAt, failure }: Connection): StyledLine {
  return [
    ...lineStart(session, openedAt, undefined),
    piece(`! ${harmless(failure?.message ?? '')} [${failure?.code ?? ''}]`, 'fault'),
  ];
}

const CLOSED: Readonly<Partial<Record<NonNullable<Connection['reason']>, string>>> = {
  'client-reset': 'the client reset the connection',
  'server-reset': 'the server reset the connection',
};

/** Only what is out of the ordinary: that clients go away is not. */
function closeLine(session: Session, connection: Connection): StyledLine | undefined {
  const { reason, number, server, facts, closedAt } = connection;
  const host = facts?.tls?.serverName ?? server?.host ?? '';
  const words =
    reason === 'client-refused'
      ? `the client left ${host} without a word: it probably refuses our certificate; let it trust the CA (see --help), or use --passthrough ${host}`
      : reason && CLOSED[reason] && `${CLOSED[reason]} ${number} to ${host}`;
  return words
    ? [...lineStart(session, closedAt ?? 0, undefined), piece(`! ${harmless(words)}`, 'fault')]
    : undefined;
}

/** What a WebSocket, an event stream or a TCP conversation came to. */
function streamEndLine(session: Session, exchange: Exchange): StyledLine | undefined {
  if (exchange.protocol === 'http1') return undefined;
  const weight = bothWays(exchange.ledger);
  const sum = `${byteCount(gross(weight))} = ${byteCount(overhead(weight))} + ${byteCount(weight.payload)}`;
  const undecoded = weight.undecoded > 0 ? ` + ${byteCount(weight.undecoded)} undecoded` : '';
  const count = `${exchange.messages} message${exchange.messages === 1 ? '' : 's'}`;
  return [
    ...lineStart(session, exchange.closedAt ?? 0, exchange),
    piece(
      `■ ${harmless(session.hostOf(exchange))}${harmless(exchange.request?.target ?? '')} ended after ${count}, ${sum}${undecoded}`,
      'dim',
    ),
  ];
}
