import { isUtf8 } from 'node:buffer';
import { wholeContent } from '../../../session/content.ts';
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
  /** It takes compressed answers. */
  readonly isCompressed: boolean;
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
  'keep-alive',
  'te',
  'trailer',
  'expect',
]);

/** RFC 9110 section 5.6.2: curl reads what begins otherwise from a file, or as an option. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/** What no field may hold, and what would steer the terminal that it is pasted into. */
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/g;

/**
 * The request of an exchange; undefined where its head or the whole of its body is not kept, or where the body is longer than
 * `limit` bytes: half a request is another one.
 */
export function requestToCopy(
  session: Session,
  exchange: Exchange,
  limit: number,
): RequestToCopy | undefined {
  const { request, protocol } = exchange;
  const body = bodyOf(session, exchange, limit);
  if (!request || !body) return undefined;
  const isNamed = (wanted: string) => (field: { readonly name: string }) =>
    field.name.toLowerCase() === wanted;
  const subprotocols = request.fields
    .filter(isNamed('sec-websocket-protocol'))
    .flatMap(({ value }) => value.split(',').map((one) => one.trim()));
  return {
    method: request.method,
    url: urlOf(session, exchange).replace(CONTROL, ''),
    protocol,
    fields: request.fields
      .filter(({ name }) => TOKEN.test(name) && !OWN_FIELDS.has(name.toLowerCase()))
      .map(({ name, value }) => ({ name, value: asText(value).replace(CONTROL, '') })),
    subprotocols,
    body,
    isCompressed: request.fields.some(isNamed('accept-encoding')),
  };
}

/** Heads are read a character a byte; a shell sends UTF-8. */
function asText(value: string): string {
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : value;
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

/** Undefined where it is not kept whole. */
function bodyOf(
  session: Session,
  { number, messagesFrom, messagesUntil }: Exchange,
  limit: number,
): Buffer | undefined {
  const { messages } = session;
  const until = Math.min(messagesUntil ?? messages.length, messagesFrom + NEAR);
  for (let row = messagesFrom; row < until; row++) {
    if (messages.exchangeOf(row) !== number || messages.row(row).kind !== 'request') continue;
    const content = wholeContent(session, row, limit);
    const isWhole = content && content.length <= limit && messages.missing(row) === undefined;
    return isWhole ? content : undefined;
  }
  return Buffer.alloc(0);
}
