import { type Connection, isTlsUnknown } from '../session/connection.ts';
import { type Exchange, fieldValue } from '../session/exchange.ts';
import { gross, type Ledger, type Weight } from '../session/ledger.ts';
import type { MessageRow } from '../session/message-table.ts';
import type { PollSeries } from '../session/polling/series.ts';
import type { Session, SessionChange, SessionFault } from '../session/session.ts';
import type { SessionSums } from '../session/session-sums.ts';
import { messagePreview } from './message-preview.ts';

/** A line of NDJSON before it is one; docs/json.md describes each type. */
export type JsonLine = Readonly<Record<string, unknown>>;

/** Control characters that JSON lets stand, and what reverses the reading direction: a terminal may be what reads it. */
const UNSAFE = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** As one line of JSON, which cannot steer a terminal. */
export function jsonText(line: JsonLine): string {
  return JSON.stringify(line).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What a change of the session is in NDJSON; undefined for those that wait until more is known. */
export function changeJson(session: Session, change: SessionChange): JsonLine | undefined {
  switch (change.type) {
    case 'connection-opened':
      return {
        ...versioned(session, 'connection-opened', change.connection.openedAt),
        ...opened(change.connection),
      };
    case 'connection-closed':
      return {
        ...versioned(session, 'connection-closed', change.connection.closedAt ?? 0),
        ...closed(change.connection),
      };
    case 'connection-failed':
      return {
        ...versioned(session, 'connection-failed', change.connection.openedAt),
        ...failed(change.connection),
      };
    case 'exchange-closed':
      return {
        ...versioned(session, 'exchange', change.exchange.closedAt ?? 0),
        ...exchangeJson(session, change.exchange),
      };
    case 'message':
      return messageJson(session, change.message, change.exchange);
    case 'fault':
      return { ...versioned(session, 'fault', change.fault.at), ...faultJson(change.fault) };
    case 'inspection-stopped':
      return {
        ...versioned(session, 'inspection-stopped', change.at),
        connection: change.connection.number,
        why: change.why,
      };
    case 'poll-series':
      return {
        ...versioned(session, 'poll-series', change.at),
        ...pollSeriesJson(session, change.series),
        exchanges: change.exchanges,
      };
    case 'polled':
      return undefined;
    case 'memory-lost':
      return { ...versioned(session, 'memory-lost', change.at), why: change.why };
    case 'exchange-opened':
      return undefined;
  }
}

/** Lines before the last: what each poll series came to. */
export function pollSeriesLines(session: SessionSums, at: number): JsonLine[] {
  return session.pollSeries.map((series) => ({
    ...versioned(session, 'poll-series', at),
    ...pollSeriesJson(session, series),
  }));
}

/** The last line: what the session came to, by protocol. */
export function summaryJson(session: SessionSums, at: number): JsonLine {
  const protocols = [...session.totals()].map(([protocol, totals]) => {
    const { connections, exchanges, messages, tlsUnknown, weight } = totals;
    const bytes = weightJson(weight, tlsUnknown > 0 && weight.tls === 0);
    return { protocol, connections, exchanges, messages, bytes, tlsUnknown: tlsUnknown || undefined };
  });
  return {
    ...versioned(session, 'summary', at),
    protocols,
    unopened: session.unopenedHosts(),
    network: networkTotals(session),
    faults: session.faultCount,
    lost: session.losses(),
  };
}

/** `at` is a string since nanoseconds since the epoch are more than a double holds. */
function versioned(session: Pick<Session, 'epoch'>, type: string, at: number): JsonLine {
  return { v: 1, type, at: String(session.epoch + BigInt(at)) };
}

function opened({ number, mode, client, clientAddress, server, facts }: Connection): JsonLine {
  const { serverAddress, tls } = facts ?? {};
  const timings = facts && microseconds(facts.timings);
  return { connection: number, mode, client, clientAddress, server, serverAddress, tls, timings };
}

/** Milliseconds, as exact as they mean something. */
function microseconds(timings: NonNullable<Connection['facts']>['timings']): JsonLine {
  return Object.fromEntries(
    Object.entries(timings).map(([step, milliseconds]) => [step, rounded(milliseconds)]),
  );
}

/** Milliseconds with three decimals. */
function rounded(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : Math.round(milliseconds * 1000) / 1000;
}

function closed(connection: Connection): JsonLine {
  const { number, reason, closing, ledger } = connection;
  const network = closing?.network;
  return {
    connection: number,
    reason,
    bytes: ledgerJson(ledger, isTlsUnknown(connection)),
    sockets: closing && socketsJson(closing),
    network: network && { ...network, roundTrip: rounded(network.roundTrip) },
  };
}

function networkTotals(session: SessionSums): JsonLine | undefined {
  const network = session.network();
  if (!network) return undefined;
  const { roundTrip, ...sums } = network;
  return { ...sums, roundTrip: rounded(roundTrip?.median), roundTrips: roundTrip?.count };
}

function failed({ number, mode, client, clientAddress, server, failure }: Connection): JsonLine {
  return { connection: number, mode, client, clientAddress, server, ...failure };
}

function exchangeJson(session: Session, exchange: Exchange): JsonLine {
  const {
    number,
    connection,
    protocol,
    clientHello,
    request,
    response,
    openedAt,
    respondedAt,
    messages,
    faults,
    resumes,
    series,
    verdict,
  } = exchange;
  return {
    connection,
    exchange: number,
    protocol,
    openedAt: String(session.epoch + BigInt(openedAt)),
    respondedAt: respondedAt === undefined ? undefined : String(session.epoch + BigInt(respondedAt)),
    host: session.hostOf(exchange),
    serverName: clientHello?.serverName,
    alpn: clientHello?.alpn,
    method: request?.method,
    target: request?.target,
    status: response?.status,
    contentType: response && fieldValue(response.fields, 'content-type'),
    messages,
    faults,
    resumes,
    series,
    verdict,
    bytes: ledgerJson(exchange.ledger),
  };
}

function pollSeriesJson(session: Pick<Session, 'epoch'>, series: PollSeries): JsonLine {
  const { number, client, host, method, resource, dialect, session: dialectSession, kind } = series;
  const { polls, open, news, wasted, wastedFor, cutOff, overlaps, sends, ledger } = series;
  const { cadence, jitter, hold, longestHold, firstAt, lastAt } = series;
  return {
    series: number,
    client,
    host,
    method,
    resource,
    dialect,
    session: dialectSession,
    kind,
    polls,
    open,
    news,
    wasted,
    wastedFor,
    cutOff,
    overlaps,
    sends,
    milliseconds: {
      cadence: milliseconds(cadence),
      jitter: milliseconds(jitter),
      hold: milliseconds(hold),
      longestHold: milliseconds(longestHold),
    },
    firstAt: String(session.epoch + BigInt(firstAt)),
    lastAt: String(session.epoch + BigInt(lastAt)),
    bytes: ledgerJson(ledger),
  };
}

function milliseconds(nanoseconds: number | undefined): number | undefined {
  return nanoseconds === undefined ? undefined : rounded(nanoseconds / 1e6);
}

function messageJson(session: Session, number: number, exchange: Exchange): JsonLine {
  const row = session.messages.row(number);
  const { head, framing, control, payload } = row;
  return {
    ...versioned(session, 'message', row.at),
    connection: exchange.connection,
    exchange: exchange.number,
    message: number + 1,
    protocol: exchange.protocol,
    from: row.from,
    kind: row.kind,
    name: (row.kind !== 'response' && row.name) || undefined,
    id: row.id || undefined,
    complete: row.complete,
    bytes: { gross: head + framing + control + payload, head, framing, control, payload },
    content: row.contentLength || undefined,
    missing: session.messages.missing(number)?.length,
    ...headJson(session, row, exchange),
    preview: messagePreview(session, number),
  };
}

function headJson(session: Session, { kind, name }: MessageRow, exchange: Exchange): JsonLine {
  if (kind === 'request') {
    const { method, target } = exchange.request ?? {};
    return { method, host: session.hostOf(exchange), target };
  }
  // An informational response comes before the final one, and its row is named after its status.
  return kind === 'response' ? { status: name === '' ? exchange.response?.status : Number(name) } : {};
}

function faultJson({ connection, exchange, from, start, rule, detail }: SessionFault): JsonLine {
  return { connection, exchange, from, start, rule, detail };
}

function ledgerJson({ client, server }: Ledger, isTlsUnknown = false): JsonLine {
  return { client: weightJson(client, isTlsUnknown), server: weightJson(server, isTlsUnknown) };
}

function weightJson(weight: Weight, isTlsUnknown = false): JsonLine {
  const told = { gross: gross(weight), ...weight };
  return isTlsUnknown ? { ...told, tls: null } : told;
}

/** The sockets' counters; null for those which nobody told. */
function socketsJson({ network: _, unknown, ...sockets }: NonNullable<Connection['closing']>): JsonLine {
  if (!unknown) return sockets;
  const names = Object.keys(sockets).filter((name) => name !== 'tapped');
  return { tapped: sockets.tapped, ...Object.fromEntries(names.map((name) => [name, null])) };
}
