import { clientCookie } from './cookie.ts';
import { clientLocation } from './location.ts';
import type { ReverseOrigin } from './origin.ts';

/** Field names and values by turns, as Node's `rawHeaders` has them: case, order and duplicates as they were sent. */
export type RawFields = readonly string[];

/** The value of the first field `name`, which is given in lower case. */
function rawValue(fields: RawFields, name: string): string | undefined {
  for (let at = 0; at < fields.length; at += 2) {
    if (fields[at]?.toLowerCase() === name) return fields[at + 1];
  }
  return undefined;
}

/** Methods that send no body unless they say so; of others without one a recipient may wait for it. */
const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE']);

/**
 * The fields of a client's request as the origin gets them. Only what must changes: `Host` and, where it named the same
 * place, `Origin`, so that a page of tare's stays of the same origin to the server and others stay strangers; and what is
 * each hop's own (RFC 9110 section 7.6.1). No `X-Forwarded-*` or `Via` is added. Where nothing switches protocols, an
 * `Upgrade` to one is left out: the connection to the origin may be another's next.
 */
export function requestFields(
  method: string,
  fields: RawFields,
  origin: ReverseOrigin,
  switches: boolean,
): string[] {
  const host = rawValue(fields, 'host');
  const isChunked = isFramed(fields, 'transfer-encoding');
  const ended = endingHere(fields, switches);
  const context = { origin, clientOrigin: `http://${host}`, switches, isChunked };
  const sent: string[] = host === undefined ? ['Host', origin.authority] : [];
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at]!;
    const lowered = name.toLowerCase();
    const value = ended.has(lowered) ? undefined : originValue(lowered, fields[at + 1]!, context);
    if (value !== undefined) sent.push(name, value);
  }
  if (isBodiless(fields) && !BODILESS.has(method)) sent.push('Content-Length', '0');
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
      return switches ? value : 'keep-alive';
    case 'upgrade':
    case 'http2-settings':
      return switches ? value : undefined;
    case 'trailer': // Node throws where there is no place for trailers
      return isChunked ? value : undefined;
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
  /** '1.0' of HTTP/1.0, which knows no chunks. */
  readonly clientVersion: string;
  /** What becomes of the client's connection: it stays for the next request, ends, or goes over to another protocol. */
  readonly connection: 'stays' | 'ends' | 'switches';
}

/**
 * The fields of the origin's response as the client gets them: what names the origin names tare, and `Connection` and
 * `Keep-Alive`, each hop's own, stay only where they are true of the client's connection too.
 */
export function responseFields(fields: RawFields, origin: ReverseOrigin, context: ResponseContext): string[] {
  const sent: string[] = [];
  const isChunked = isFramed(fields, 'transfer-encoding');
  const ended = endingHere(fields, context.connection === 'switches');
  const staysChunked = isChunked && context.clientVersion !== '1.0';
  const framed = { ...context, isChunked, staysChunked };
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
  context: ResponseContext & { readonly isChunked: boolean; readonly staysChunked: boolean },
): string | undefined {
  switch (name) {
    case 'location':
    case 'content-location':
      return clientLocation(value, origin, context.clientHost);
    case 'set-cookie':
      return clientCookie(value, origin);
    case 'connection':
      return isTrueOf(context.connection, value) ? value : undefined;
    case 'content-length': // the chunks tell the length (RFC 9112 section 6.3)
      return context.isChunked ? undefined : value;
    case 'transfer-encoding':
    case 'trailer':
      return context.staysChunked ? value : undefined;
    case 'keep-alive':
      return context.connection === 'stays' ? value : undefined;
    case 'proxy-connection':
      return undefined;
    default:
      return value;
  }
}

function isTrueOf(connection: ResponseContext['connection'], value: string): boolean {
  return connection === 'switches' || (connection === 'stays' && value.toLowerCase() === 'keep-alive');
}

/** What `Connection` cannot make this hop's own, as without it a message is another one; or what has a rule of its own here. */
const NOT_NAMED: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
]);

/** Names of the fields that `Connection` makes this hop's own (RFC 9110 section 7.6.1). */
function endingHere(fields: RawFields, switches: boolean): ReadonlySet<string> {
  const named = new Set<string>();
  if (switches) return named;
  for (let at = 0; at < fields.length; at += 2) {
    if (fields[at]!.toLowerCase() !== 'connection') continue;
    for (const option of fields[at + 1]!.toLowerCase().split(',')) named.add(option.trim());
  }
  for (const name of NOT_NAMED) named.delete(name);
  return named;
}

/**
 * Whether the end of a response's body can be told on a connection that stays: where its last coding is not `chunked`, it
 * runs until the close (RFC 9112 section 6.3).
 */
export function hasKnownEnd(fields: RawFields): boolean {
  let last: string | undefined;
  for (let at = 0; at < fields.length; at += 2) {
    if (fields[at]!.toLowerCase() === 'transfer-encoding') last = fields[at + 1]!.split(',').at(-1)!.trim();
  }
  return last === undefined || last.toLowerCase() === 'chunked';
}

/** True for a request without a body (RFC 9112 section 6.3). */
export function isBodiless(fields: RawFields): boolean {
  return !isFramed(fields, 'content-length') && !isFramed(fields, 'transfer-encoding');
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
