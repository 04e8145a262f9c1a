import { type Connection, isTlsUnknown } from '../session/connection.ts';
import type { Exchange } from '../session/exchange.ts';
import { bothWays } from '../session/ledger.ts';
import type { Session, SessionChange, SessionFault } from '../session/session.ts';
import { byteCount } from './byte-count.ts';
import { withoutMiddle } from './display-width.ts';
import { harmless } from './harmless.ts';
import { addressOf, kindColumn, lineStart, roomBehind, weightColumns } from './line-columns.ts';
import { messageLine } from './message-line.ts';
import { piece, type StyledLine } from './styled-line.ts';

/** What a change of the session looks like in `columns`, as one line; undefined for those which need none. */
export function changeLine(session: Session, change: SessionChange, columns: number): StyledLine | undefined {
  switch (change.type) {
    case 'message':
      if (change.exchange.series !== undefined) return undefined; // its series tells it, folded
      return messageLine(session, change.message, change.exchange, columns);
    case 'fault':
      return faultLine(session, change.fault);
    case 'connection-failed':
      return failureLine(session, change.connection);
    case 'connection-closed':
      return closeLine(session, change.connection);
    case 'exchange-opened':
      return undecodedLine(session, change.exchange);
    case 'exchange-closed':
      return streamEndLine(session, change.exchange, columns);
    case 'inspection-stopped': {
      const { connection, at, why } = change;
      const words = `decoding of connection ${connection.number} stopped: ${why}; its bytes are counted on`;
      return complaint(session, at, words);
    }
    case 'poll-series':
    case 'polled':
      return undefined; // folded
    case 'memory-lost':
      return complaint(session, change.at, lossWords(change.why));
    case 'connection-opened':
      return undefined;
  }
}

function lossWords(why: string): string {
  return `some of what passed cannot be kept (${why}); it is relayed and weighed on, and the summary tells how much is lost`;
}

function complaint(session: Session, at: number, words: string): StyledLine {
  return [...lineStart(session, at, undefined), piece(`! ${harmless(words)}`, 'fault')];
}

function faultLine(session: Session, { exchange, from, at, start, rule, detail }: SessionFault): StyledLine {
  const belongsTo = exchange === undefined ? undefined : session.exchanges.get(exchange);
  return [
    ...lineStart(session, at, belongsTo),
    piece(from === 'client' ? '▲ ' : '▼ ', from),
    piece(`! ${harmless(detail)} (${rule}, at byte ${start})`, 'fault'),
  ];
}

function failureLine(session: Session, { openedAt, failure }: Connection): StyledLine {
  return complaint(session, openedAt, `${failure?.message ?? ''} [${failure?.code ?? ''}]`);
}

const CLOSED: Readonly<Partial<Record<NonNullable<Connection['reason']>, string>>> = {
  'client-reset': 'the client reset the connection',
  'server-reset': 'the server reset the connection',
};

/** Only what is out of the ordinary: that clients go away is not. */
function closeLine(session: Session, connection: Connection): StyledLine | undefined {
  const { reason, server, facts, closedAt } = connection;
  const host = facts?.tls?.serverName ?? server?.host ?? '';
  const words =
    reason === 'certificate-required'
      ? `${host} wants a certificate of the client: show it one with --client-cert ${host}=FILE`
      : reason === 'client-refused'
        ? `the client left ${host} without a word: it probably refuses our certificate; let it trust the CA (see --help), or use --passthrough ${host}`
        : isTlsUnknown(connection)
          ? `what TLS took of the connection to ${host} is unknown: the file does not tell`
          : reason && CLOSED[reason] && `${CLOSED[reason]} to ${host}`;
  return words ? complaint(session, closedAt ?? 0, words) : undefined;
}

const UNDECODED: Readonly<Partial<Record<Exchange['protocol'], string>>> = {
  http2: 'speaks HTTP/2: its bytes are counted, not decoded',
  tls: 'speaks TLS, which is not opened: its bytes are counted',
};

/** What tells no messages says at its beginning why. */
function undecodedLine(session: Session, exchange: Exchange): StyledLine | undefined {
  const words = UNDECODED[exchange.protocol];
  if (words === undefined) return undefined;
  const { alpn = [] } = exchange.clientHello ?? {};
  const offer = alpn.length > 0 ? ` (${alpn.join(',')})` : '';
  return [
    ...lineStart(session, exchange.openedAt, exchange),
    piece(`□ ${harmless(`${session.hostOf(exchange)}${offer} ${words}`)}`, 'dim'),
  ];
}

/** A request whose answer did not come. */
function unansweredLine(session: Session, exchange: Exchange, columns: number): StyledLine | undefined {
  const { request, response, closedAt, series } = exchange;
  if (!request || response || series !== undefined) return undefined;
  const facts = [...lineStart(session, closedAt ?? 0, exchange), piece('■ ', 'dim'), piece('no answer to ')];
  const whole = harmless(`${request.method} ${addressOf(session, exchange)}`);
  return [...facts, piece(withoutMiddle(whole, roomBehind(facts, columns)), 'dim')];
}

/** What a WebSocket, an event stream or a TCP conversation came to. */
function streamEndLine(session: Session, exchange: Exchange, columns: number): StyledLine | undefined {
  if (exchange.protocol === 'http1') return unansweredLine(session, exchange, columns);
  const weight = bothWays(exchange.ledger);
  const { messages, closedAt } = exchange;
  const undecoded = weight.undecoded > 0 ? `${byteCount(weight.undecoded)} undecoded ` : '';
  const facts = [
    ...lineStart(session, closedAt ?? 0, exchange),
    piece('■ ', 'dim'),
    ...kindColumn(`${messages} msg${messages === 1 ? '' : 's'}`, columns),
    ...weightColumns(weight),
    piece(undecoded, 'undecoded'),
  ];
  const whole = harmless(`end of ${addressOf(session, exchange)}`);
  return [...facts, piece(withoutMiddle(whole, roomBehind(facts, columns)), 'dim')];
}
