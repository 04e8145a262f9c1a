import type { Connection } from '../../../session/connection.ts';
import type { Session } from '../../../session/session.ts';
import { byteCount } from '../../byte-count.ts';
import { harmless } from '../../harmless.ts';
import { addressOf, timeOfDay } from '../../line-columns.ts';
import { piece, type StyledLine } from '../../styled-line.ts';
import { exchangeOf } from './subject-message.ts';
import type { DetailSubject, Tab } from './tab.ts';
import { wrapped } from './wrapped.ts';

const NAME_COLUMNS = 12;

/** Exchanges around this one that are looked at for others on the same connection. */
const NEIGHBOURS = 500;
const MOST_LISTED = 50;

/** Between whom, over what, and how it ended. */
export const connectionTab: Tab = {
  name: 'Connection',
  lines(session, about, columns) {
    const connection = connectionOf(session, about);
    const lines = connection
      ? [
          ...facts(session, connection, columns),
          ...ending(connection, columns),
          [],
          ...others(session, about, connection),
        ]
      : [[piece('There is no connection.', 'dim')]];
    return { length: lines.length, line: (index) => lines[index] ?? [] };
  },
};

function connectionOf(session: Session, about: DetailSubject): Connection | undefined {
  if (about.subject.type === 'failure') return session.connections.get(about.subject.number);
  const exchange = exchangeOf(session, about);
  return exchange && session.connections.get(exchange.connection);
}

function facts(session: Session, connection: Connection, columns: number): StyledLine[] {
  const { number, client, clientAddress, server, facts, mode, openedAt } = connection;
  const tls = facts?.tls;
  const address = facts?.serverAddress;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['connection', `${number}, of client ${client}`],
    ['mode', mode],
    ['client', `${clientAddress.host} port ${clientAddress.port}`],
    ['server', server && `${server.host} port ${server.port}`],
    ['found at', address && `${address.host} port ${address.port}`],
    ['TLS', tls && `${tls.version}, ${tls.cipher}`],
    ['SNI', tls?.serverName],
    ['ALPN', tls?.alpn],
    ['opened', timeOfDay(session.epoch, openedAt)],
    ['closed', connection.closedAt === undefined ? undefined : timeOfDay(session.epoch, connection.closedAt)],
    ['exchanges', String(connection.exchanges)],
    ['stopped', connection.inspectionStopped && `decoding stopped: ${connection.inspectionStopped}`],
  ];
  return rows.flatMap(([name, words]) => (words === undefined ? [] : row(name, words, columns)));
}

function row(name: string, words: string, columns: number): StyledLine[] {
  const room = Math.max(8, columns - NAME_COLUMNS);
  return wrapped([piece(harmless(words))], room).map((line, index) => [
    piece(index === 0 ? name.padEnd(NAME_COLUMNS) : ' '.repeat(NAME_COLUMNS), 'dim'),
    ...line,
  ]);
}

const REASONS: Readonly<Record<NonNullable<Connection['reason']>, string>> = {
  ended: 'both sides ended it',
  'client-gone': 'the client went away',
  'server-gone': 'the server went away',
  'client-reset': 'the client reset it',
  'server-reset': 'the server reset it',
  'client-refused':
    'the client left without a word: it probably refuses our certificate. Let it trust the CA, or pass the host through with --passthrough',
  'certificate-required':
    'the server wants a certificate of the client: show it one with --client-cert HOST=FILE',
  stopped: 'tare was stopped, or the connection was ended here',
  'capture-ended': 'the capture ends before it does',
};

/** Why it closed, or failed, and what passed on the sockets. */
function ending({ reason, closing, failure }: Connection, columns: number): StyledLine[] {
  if (failure) return [...row('failed', `${failure.message} [${failure.code}]`, columns)];
  if (reason === undefined || closing === undefined) return row('state', 'open', columns);
  const { upstream, downstream, unrelayed, network } = closing;
  return [
    ...row('ended', REASONS[reason], columns),
    ...(upstream.client + upstream.server > 0
      ? row(
          'sockets',
          `server's side ▲ ${byteCount(upstream.client)} ▼ ${byteCount(upstream.server)}, client's side ▲ ${byteCount(downstream.client)} ▼ ${byteCount(downstream.server)}`,
          columns,
        )
      : []),
    ...(unrelayed.client + unrelayed.server > 0
      ? row(
          'unrelayed',
          `▲ ${byteCount(unrelayed.client)} ▼ ${byteCount(unrelayed.server)}: read, and not delivered`,
          columns,
        )
      : []),
    ...(network?.roundTrip === undefined
      ? []
      : row('round trip', `${network.roundTrip.toFixed(3)} ms, of the handshake`, columns)),
  ];
}

/** Other exchanges on the same connection, those near it. */
function others(session: Session, about: DetailSubject, { number }: Connection): StyledLine[] {
  const own = exchangeOf(session, about)?.number;
  if (own === undefined) return [];
  const found: StyledLine[] = [];
  const last = Math.min(session.exchanges.length, own + NEIGHBOURS);
  for (let near = Math.max(1, own - NEIGHBOURS); near <= last && found.length < MOST_LISTED; near++) {
    if (near === own || session.exchanges.connectionOf(near) !== number) continue;
    const exchange = session.exchanges.get(near);
    if (exchange) found.push([piece(`#${near} `, 'dim'), piece(harmless(addressOf(session, exchange)))]);
  }
  return found.length === 0 ? [] : [[piece('also on this connection', 'strong')], ...found];
}
