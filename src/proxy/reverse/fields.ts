import { endsInChunks } from './answer-end.ts';
import { fieldsOfThisHop, withoutFieldNames } from './connection-options.ts';
import { clientCookie } from './cookie.ts';
import { clientLocation } from './location.ts';
import type { ReverseOrigin } from './origin.ts';
import { type RawFields, rawValue, withoutFields } from './raw-fields.ts';

/** Methods that send no body unless they say so; of others without one a recipient may wait for it. */
const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE']);

/**
 * The fields of a client's request as the origin gets them. Only what must changes: `Host` and, where it named the same
 * place, `Origin`, so that a page of tare's stays of the same origin to the server and others stay strangers; and what is
 * each hop's own, `TE` and all that `Connection` names included, goes (RFC 9110 section 7.6.1). No `X-Forwarded-*` or `Via`
 * is added. Where nothing switches protocols, an `Upgrade` to one goes too: the connection to the origin may be another's
 * next.
 */
export function requestFields(
  method: string,
  fields: RawFields,
  origin: ReverseOrigin,
  switches: boolean,
): string[] {
  const host = rawValue(fields, 'host');
  const isChunked = isFramed(fields, 'transfer-encoding');
  const ended = fieldsOfThisHop(fields, switches);
  const context = { origin, clientOrigin: `http://${host}`, switches, isChunked };
  const sent: string[] = host === undefined ? ['Host', origin.authority] : [];
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at]!;
    const lowered = name.toLowerCase();
    const value = ended.has(lowered) ? undefined : originValue(lowered, fields[at + 1]!, context);
    if (value !== undefined) sent.push(name, value);
  }
  const saysEnd = isChunked || isFramed(fields, 'content-length');
  if (!saysEnd && !BODILESS.has(method)) sent.push('Content-Length', '0');
  return sent;
}

interface RequestContext {
  readonly origin: ReverseOrigin;
  /** What the client calls the place its request goes to. */
  readonly clientOrigin: string;
  readonly switches: boolean;
  readonly isChunked: boolean;
}

/** Undefined for a field that ends here. */
function originValue(name: string, value: string, context: RequestContext): string | undefined {
  const { origin, clientOrigin, switches, isChunked } = context;
  switch (name) {
    case 'host':
      return origin.keepHost ? value : origin.authority;
    case 'origin':
      return !origin.keepHost && value.toLowerCase() === clientOrigin.toLowerCase() ? origin.url : value;
    case 'connection':
      return switches ? withoutFieldNames(value) : 'keep-alive';
    case 'upgrade':
    case 'http2-settings':
      return switches ? value : undefined;
    case 'trailer': // Node throws where there is no place for trailers
      return isChunked ? value : undefined;
    case 'te': // what this client takes, where the origin's answers are Node's to read (RFC 9110 section 10.1.4)
    case 'keep-alive':
    case 'proxy-connection':
      return undefined;
    default:
      return value;
  }
}

/** What a response's fields depend on besides the origin. */
export interface ResponseContext {
  /** `Host` as the client sent it. */
  readonly clientHost: string | undefined;
  /** The body goes to the client in chunks where it came in chunks. */
  readonly keepsChunks: boolean;
  /** What becomes of the client's connection: it stays for the next request, ends, or goes over to another protocol. */
  readonly connection: 'stays' | 'ends' | 'switches';
}

/** The same, and what the response itself says of its body. */
interface FramedContext extends ResponseContext {
  readonly isCoded: boolean;
  readonly isChunked: boolean;
}

/**
 * The fields of the origin's response as the client gets them: what names the origin names tare, and what is each hop's own
 * goes, all that `Connection` names included (RFC 9110 section 7.6.1). `Connection` and `Keep-Alive` themselves stay where
 * they are true of the client's connection too.
 */
export function responseFields(fields: RawFields, origin: ReverseOrigin, context: ResponseContext): string[] {
  const sent: string[] = [];
  const ended = fieldsOfThisHop(fields, context.connection === 'switches');
  const isCoded = isFramed(fields, 'transfer-encoding');
  const isChunked = isCoded && endsInChunks(fields);
  const framed = { ...context, isCoded, isChunked };
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at]!;
    const lowered = name.toLowerCase();
    const value = ended.has(lowered) ? undefined : clientValue(lowered, fields[at + 1]!, origin, framed);
    if (value !== undefined) sent.push(name, value);
  }
  return sent;
}

function clientValue(
  name: string,
  value: string,
  origin: ReverseOrigin,
  context: FramedContext,
): string | undefined {
  const { connection, keepsChunks, isCoded, isChunked } = context;
  switch (name) {
    case 'location':
    case 'content-location':
      return clientLocation(value, origin, context.clientHost);
    case 'set-cookie':
      return clientCookie(value, origin);
    case 'connection':
      return clientConnection(connection, value);
    case 'content-length': // Transfer-Encoding overrides it (RFC 9112 section 6.3)
      return isCoded ? undefined : value;
    case 'transfer-encoding':
      return isChunked && !keepsChunks ? withoutChunks(value) : value;
    case 'trailer': // Node throws where there is no place for trailers
      return isChunked && keepsChunks ? value : undefined;
    case 'keep-alive':
      return connection === 'stays' ? value : undefined;
    case 'proxy-connection':
      return undefined;
    default:
      return value;
  }
}

/** What of the origin's `Connection` is true of the client's. */
function clientConnection(connection: ResponseContext['connection'], value: string): string | undefined {
  if (connection === 'switches') return withoutFieldNames(value);
  return connection === 'stays' && value.toLowerCase() === 'keep-alive' ? value : undefined;
}

/** The codings that are left once the chunks, the last of them, were taken off. */
function withoutChunks(codings: string): string | undefined {
  return codings.replace(/(?:^|,)[ \t]*chunked[ \t]*$/i, '') || undefined;
}

/** Fields that are of one hop, or say where a body ends. */
const NOT_INTERIM: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'content-length',
  'transfer-encoding',
  'trailer',
]);

/** The fields of a response before the one that counts as the client gets them: it has no body (RFC 9110 section 15.2). */
export function interimFields(fields: RawFields): string[] {
  return withoutFields(fields, new Set([...NOT_INTERIM, ...fieldsOfThisHop(fields, false)]));
}

/** True for a request without a body, or with an empty one (RFC 9112 section 6.3). */
export function isBodiless(fields: RawFields): boolean {
  return !isFramed(fields, 'transfer-encoding') && Number(rawValue(fields, 'content-length') ?? 0) === 0;
}

function isFramed(fields: RawFields, name: 'transfer-encoding' | 'content-length'): boolean {
  return rawValue(fields, name) !== undefined;
}

/** Fields by name, in order, as a plain object: several of one name, where case is the same too, as a list. */
export function fieldsByName(fields: RawFields): Record<string, string | string[]> {
  const byName: Record<string, string | string[]> = Object.create(null);
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at]!;
    const value = fields[at + 1]!;
    const others = byName[name];
    byName[name] = others === undefined ? value : [others, value].flat();
  }
  return byName;
}
