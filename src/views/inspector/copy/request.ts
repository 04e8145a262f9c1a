import { contentOf } from '../../../session/content.ts';
import type { Exchange } from '../../../session/exchange.ts';
import type { Session } from '../../../session/session.ts';

/** A request as it can be made again. */
export interface RequestToCopy {
  readonly method: string;
  readonly url: string;
  readonly protocol: Exchange['protocol'];
  /** Without those that a client sets itself. */
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  /** Subprotocols a WebSocket offers. */
  readonly subprotocols: readonly string[];
  /** The content of its body; empty where it has none. */
  readonly body: Buffer;
}

/** What a client that makes the request anew sets by itself. */
const OWN_FIELDS = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'content-encoding',
  'accept-encoding',
  'upgrade',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-extensions',
  'sec-websocket-protocol',
  'proxy-connection',
  'expect',
]);

/** The request of an exchange, its body up to `limit` bytes; undefined where its head is not kept. */
export function requestToCopy(
  session: Session,
  exchange: Exchange,
  limit: number,
): RequestToCopy | undefined {
  const { request, protocol } = exchange;
  if (!request) return undefined;
  const subprotocols = request.fields
    .filter(({ name }) => name.toLowerCase() === 'sec-websocket-protocol')
    .flatMap(({ value }) => value.split(',').map((one) => one.trim()));
  return {
    method: request.method,
    url: urlOf(session, exchange),
    protocol,
    fields: request.fields.filter(({ name }) => !OWN_FIELDS.has(name.toLowerCase())),
    subprotocols,
    body: bodyOf(session, exchange, limit),
  };
}

function urlOf(session: Session, exchange: Exchange): string {
  const target = exchange.request?.target ?? '';
  if (/^\w+:\/\//.test(target)) return target;
  const isSecure = session.connections.get(exchange.connection)?.facts?.tls !== undefined;
  const scheme = exchange.protocol === 'websocket' ? 'ws' : 'http';
  return `${scheme}${isSecure ? 's' : ''}://${session.hostOf(exchange)}${target}`;
}

/** Messages behind the beginning of an exchange among which its request is. */
const NEAR = 1000;

function bodyOf(session: Session, { number, messagesFrom, messagesUntil }: Exchange, limit: number): Buffer {
  const until = Math.min(messagesUntil ?? session.messages.length, messagesFrom + NEAR);
  for (let row = messagesFrom; row < until; row++) {
    if (session.messages.exchangeOf(row) !== number) continue;
    if (session.messages.row(row).kind === 'request')
      return contentOf(session, row, limit) ?? Buffer.alloc(0);
  }
  return Buffer.alloc(0);
}
