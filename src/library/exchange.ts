import type { Field } from '../decoders/http1/fields.ts';
import type { ExchangeProtocol } from '../decoders/wire-event.ts';
import { fieldValue, type Exchange as SessionExchange } from '../session/exchange.ts';
import type { PollVerdict } from '../session/polling/verdict.ts';
import type { Session } from '../session/session.ts';
import { unixTime, unixTimeOf } from './session-time.ts';
import { type Ledger, ledgerOf } from './weight.ts';

/** Start line and fields of a request. */
export interface Request {
  readonly method: string;
  /** In origin-form: '/messages?after=7'. */
  readonly target: string;
  /** '1.1' of HTTP/1.1. */
  readonly version: string;
  /** Case, order and duplicates as they were sent; `fieldValue` finds one. */
  readonly fields: readonly Field[];
}

/** Start line and fields of a response. */
export interface Response {
  readonly status: number;
  readonly reason: string;
  readonly version: string;
  readonly fields: readonly Field[];
}

/** One request with its responses; all of a WebSocket or an event stream is the exchange that opened it. */
export interface Exchange {
  /** From 1, in the order they opened. */
  readonly number: number;
  /** Number of its connection. */
  readonly connection: number;
  /** What it became: `http2`, and `tls` that was not opened, are counted and not decoded. */
  readonly protocol: ExchangeProtocol;
  /** As the client named it, its port included where it did; '' where nothing is known of it. */
  readonly host: string;
  /**
   * Of TLS that was not opened: the host that the client asked for, and the protocols that it offered; undefined elsewhere, and where
   * its first message was not there to be read.
   */
  readonly clientHello:
    | { readonly serverName: string | undefined; readonly alpn: readonly string[] }
    | undefined;
  /** Undefined before it came, and when it could not be kept. */
  readonly request: Request | undefined;
  /** The final one. */
  readonly response: Response | undefined;
  /** Responses before the final one: 100, 103. */
  readonly informational: number;
  readonly openedAt: number;
  /** When the head of the final response came. */
  readonly respondedAt: number | undefined;
  readonly closedAt: number | undefined;
  /** Its request and its responses are messages too. */
  readonly messages: number;
  readonly faults: number;
  /** The exchange whose event stream it takes up, by the Last-Event-ID it sent. */
  readonly resumes: number | undefined;
  /** Number of the poll series it is part of. */
  readonly series: number | undefined;
  /** What it was good for as a part of that; undefined while it is open. */
  readonly verdict: PollVerdict | undefined;
  readonly ledger: Ledger;
}

/** What an exchange is now. */
export function exchangeCopy(session: Session, exchange: SessionExchange): Exchange {
  const {
    number,
    connection,
    protocol,
    clientHello,
    request,
    response,
    informational,
    messages,
    faults,
    resumes,
    series,
    verdict,
  } = exchange;
  return {
    number,
    connection,
    protocol,
    host: hostOf(session, exchange),
    clientHello: clientHello && { serverName: clientHello.serverName, alpn: [...clientHello.alpn] },
    request: request && {
      method: request.method,
      target: request.target,
      version: request.version,
      fields: request.fields.map(fieldCopy),
    },
    response: response && {
      status: response.status,
      reason: response.reason,
      version: response.version,
      fields: response.fields.map(fieldCopy),
    },
    informational,
    openedAt: unixTime(session, exchange.openedAt),
    respondedAt: unixTimeOf(session, exchange.respondedAt),
    closedAt: unixTimeOf(session, exchange.closedAt),
    messages,
    faults,
    resumes,
    series,
    verdict,
    ledger: ledgerOf(exchange.ledger),
  };
}

/** Heads that repeat share their fields. */
function fieldCopy({ name, value }: Field): Field {
  return { name, value };
}

function hostOf(session: Session, exchange: SessionExchange): string {
  const named = exchange.request && fieldValue(exchange.request.fields, 'host');
  if (named !== undefined) return named;
  const server = session.connections.get(exchange.connection)?.server;
  const isNowhere = server === undefined || server.port === 0;
  return isNowhere ? (exchange.clientHello?.serverName ?? '') : session.hostOf(exchange);
}
