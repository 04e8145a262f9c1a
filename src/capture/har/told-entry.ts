import { isIP } from 'node:net';
import type { CloseReason, ConnectionFacts, DirectionBytes, FailureCode } from '../../tap.ts';
import { readComment } from '../tare-comment.ts';
import { type Field, fieldValue } from './fields.ts';
import { readUrl, type UrlParts } from './har-url.ts';
import { isObject, type JsonObject, listIn, numberIn, objectIn, sizeIn, textIn } from './json-value.ts';
import { readMoment } from './moment.ts';

interface ToldTimes {
  /** Nanoseconds since the Unix epoch, of the first byte of the request. */
  readonly askedAt: bigint;
  /** Nanoseconds each. */
  readonly send: number;
  readonly wait: number;
  readonly receive: number;
  /** What it took to open the connection, in milliseconds. */
  readonly opening: ConnectionFacts['timings'];
}

/** What an entry tells, of whatever tool: checked, and without what is of no use here. */
export interface ToldEntry extends ToldTimes {
  readonly url: UrlParts;
  /** What it calls its connection. */
  readonly connection: string | undefined;
  /** An IP address. */
  readonly serverAddress: string | undefined;
  readonly request: ToldRequest;
  /** Undefined where none came. */
  readonly response: ToldResponse | undefined;
  /** Why it never came to be. */
  readonly failure: { readonly code: FailureCode; readonly message: string } | undefined;
  /** Undefined where the entry is no WebSocket. */
  readonly frames: ToldMessages | undefined;
  /** Undefined where the entry is no event stream, or its events are not told one by one. */
  readonly events: ToldMessages | undefined;
  readonly own: OwnFacts | undefined;
}

interface ToldMessage {
  /** As it was told: '2' of 'HTTP/2.0'. */
  readonly protocol: string;
  /** Those that HTTP/1 can have. */
  readonly fields: readonly Field[];
  readonly body: ToldBody;
  readonly headersSize: number | undefined;
  readonly bodySize: number | undefined;
}

export interface ToldRequest extends ToldMessage {
  readonly method: string;
  readonly target: string;
}

export interface ToldResponse extends ToldMessage {
  readonly status: number;
  readonly reason: string;
}

/** A body, still as HAR writes it. */
interface ToldBody {
  /** Undefined where it is missing, or there is none. */
  readonly text: string | undefined;
  readonly isBase64: boolean;
  /** In base64: only tare tells. */
  readonly carried: string | undefined;
  /** Bytes of the content. */
  readonly size: number | undefined;
}

/** Messages inside an entry, and those that stand between them in a list of tare's own. */
export interface ToldMessages {
  readonly messages: readonly unknown[];
  readonly between: readonly unknown[];
}

/** What tare's own entries tell besides. */
export interface OwnFacts {
  readonly connection: number;
  /** What the stream's end, or the connection's, cut off. */
  readonly cutOff: ReadonlySet<unknown>;
  readonly facts: ConnectionFacts | undefined;
  readonly reason: CloseReason | undefined;
  /** What TLS took, where that was known. */
  readonly tls: DirectionBytes | undefined;
}

/** Why an entry is not taken. */
export interface NotTaken {
  readonly type: 'damaged' | 'left-out';
  readonly detail: string;
}

/** Reads an entry. */
export function readEntry(value: unknown): ToldEntry | NotTaken {
  if (!isObject(value)) return damaged('it is not an object');
  const request = objectIn(value.request);
  const response = objectIn(value.response);
  const method = textIn(request.method) ?? '';
  const url = readUrl(textIn(request.url) ?? '');
  const startedAt = readMoment(textIn(value.startedDateTime) ?? '');
  if (!url) return unreadableUrl(textIn(request.url));
  if (!isToken(method)) return damaged(`the method ${quoted(method)} is none`);
  if (startedAt === undefined) return damaged(`the start ${quoted(value.startedDateTime)} is no date`);
  const untravelled = whyUntravelled(value, response, method);
  if (untravelled !== undefined) return { type: 'left-out', detail: untravelled };
  return { ...timesOf(value, startedAt), ...exchangeIn(value, url, method) };
}

function exchangeIn(entry: JsonObject, url: UrlParts, method: string): Omit<ToldEntry, keyof ToldTimes> {
  const request = objectIn(entry.request);
  const response = responseIn(objectIn(entry.response));
  const fields = withHost(fieldsIn(request.headers), url);
  return {
    url,
    connection: connectionOf(entry, url),
    serverAddress: addressIn(entry.serverIPAddress),
    request: {
      method,
      target: targetOf(entry._tare, url),
      ...messageIn(request, fields, requestBody(objectIn(request.postData))),
    },
    response,
    failure: response ? undefined : failureIn(errorOf(objectIn(entry.response))),
    frames: messagesIn(entry, '_webSocketMessages', '_webSocketControlFrames'),
    events: eventsIn(entry, response),
    own: ownFacts(entry._tare),
  };
}

function damaged(detail: string): NotTaken {
  return { type: 'damaged', detail };
}

function unreadableUrl(url: string | undefined): NotTaken {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):/i.exec(url ?? '') ?? [];
  const isOther = scheme !== undefined && !/^(https?|wss?)$/i.test(scheme);
  if (isOther) return { type: 'left-out', detail: `${scheme}: does not go over the network` };
  return damaged(`the URL ${quoted(url)} is none of HTTP`);
}

/** What browsers list and did not send, and what only sets up a tunnel. */
function whyUntravelled(entry: JsonObject, response: JsonObject, method: string): string | undefined {
  const cache = textIn(entry._fromCache);
  if (cache !== undefined) return `it came from the browser's cache (${cache})`;
  if (response._fetchedViaServiceWorker === true) return 'a service worker answered it';
  if (method === 'CONNECT') return 'it opens a tunnel through a proxy';
  const error = errorOf(response);
  return /ERR_BLOCKED_BY|NS_ERROR_.*BLOCK/.test(error) ? `it was not sent: ${error}` : undefined;
}

function errorOf(response: JsonObject): string {
  return textIn(response._error) ?? textIn(response._failureText) ?? '';
}

const NANOSECONDS = 1e6;

/** A thousand hours. */
const LONGEST = 3.6e9;

/** -1 and null are what there was not; `ssl` is contained in `connect`. */
function timesOf(entry: JsonObject, startedAt: bigint): ToldTimes {
  const timings = objectIn(entry.timings);
  const took = (step: string) => Math.min(Math.max(numberIn(timings[step]) ?? 0, 0), LONGEST);
  const dns = took('dns');
  const connect = took('connect');
  const ssl = took('ssl');
  const before = took('blocked') + dns + connect;
  const isTold = ['send', 'wait', 'receive'].some((step) => took(step) > 0);
  const rest = Math.max(0, Math.min(numberIn(entry.time) ?? 0, LONGEST) - before);
  return {
    askedAt: startedAt + BigInt(Math.round(before * NANOSECONDS)),
    send: Math.round(took('send') * NANOSECONDS),
    wait: Math.round((isTold ? took('wait') : rest) * NANOSECONDS),
    receive: Math.round(took('receive') * NANOSECONDS),
    opening: {
      ...(dns > 0 && { dns }),
      ...(connect > 0 && { connect: thousandth(Math.max(0, connect - ssl)) }),
      ...(ssl > 0 && { tls: ssl }),
    },
  };
}

function thousandth(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}

/** Chrome's and Firefox's `connection` is the server's port, which says nothing; Chrome has its own field for what it is. */
function connectionOf(entry: JsonObject, { port }: UrlParts): string | undefined {
  const id = idIn(entry._connectionId) ?? idIn(entry.connection);
  return id === String(port) || id === '' || id === '0' ? undefined : id;
}

function idIn(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : textIn(value);
}

function addressIn(value: unknown): string | undefined {
  const address = (textIn(value) ?? '').replace(/^\[|\]$/g, '');
  return isIP(address) > 0 ? address : undefined;
}

/** The names that HTTP/1 can write, and a value of several lines as so many fields: that is how Chrome joins Set-Cookie. */
function fieldsIn(headers: unknown): Field[] {
  return listIn(headers).flatMap((header) => {
    const name = textIn(objectIn(header).name);
    const value = textIn(objectIn(header).value);
    if (name === undefined || value === undefined || !isToken(name)) return [];
    return value.split('\n').map((line) => ({ name, value: fieldText(line) }));
  });
}

/** Without what would end the line, and without spaces around it. */
function fieldText(line: string): string {
  return line.replace(/[\r\0]/g, '').replace(/^[ \t]+|[ \t]+$/g, '');
}

/** HTTP/2 has it in `:authority`, and what browsers guess of a request lacks it at times. */
function withHost(fields: readonly Field[], { authority }: UrlParts): readonly Field[] {
  return fieldValue(fields, 'host') === undefined ? [{ name: 'Host', value: authority }, ...fields] : fields;
}

function messageIn(message: JsonObject, fields: readonly Field[], body: ToldBody): ToldMessage {
  return {
    protocol: textIn(message.httpVersion) ?? '',
    fields,
    body,
    headersSize: sizeIn(message.headersSize),
    bodySize: sizeIn(message.bodySize),
  };
}

function requestBody(postData: JsonObject): ToldBody {
  const text = textIn(postData.text) ?? formText(postData);
  const isBase64 = postData._encoding === 'base64' || postData.encoding === 'base64';
  return { text, isBase64, carried: textIn(postData._carried), size: undefined };
}

/** Of a form some tools tell only the parameters. */
function formText(postData: JsonObject): string | undefined {
  const parameters = listIn(postData.params);
  const isForm = textIn(postData.mimeType)?.startsWith('application/x-www-form-urlencoded') ?? false;
  if (!isForm || parameters.length === 0) return undefined;
  const form = new URLSearchParams();
  for (const parameter of parameters) {
    const { name, value } = objectIn(parameter);
    form.append(textIn(name) ?? '', textIn(value) ?? '');
  }
  return form.toString();
}

function responseIn(response: JsonObject): ToldResponse | undefined {
  const { status } = response;
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 100 || status > 999)
    return undefined;
  const content = objectIn(response.content);
  const body = {
    text: textIn(content.text),
    isBase64: content.encoding === 'base64',
    carried: textIn(content._carried),
    size: sizeIn(content.size),
  };
  const reason = (textIn(response.statusText) ?? '').replace(/[\r\n\0]/g, ' ');
  return { status, reason, ...messageIn(response, fieldsIn(response.headers), body) };
}

/** A list that is empty says less than a body that is there. */
function eventsIn(entry: JsonObject, response: ToldResponse | undefined): ToldMessages | undefined {
  if (!response || !isEventStream(response)) return undefined;
  const events = messagesIn(entry, '_eventSourceMessages', '_eventSourceComments');
  const isEmpty = events?.messages.length === 0 && events.between.length === 0;
  return isEmpty && response.body.text ? undefined : events;
}

function isEventStream({ status, fields }: ToldResponse): boolean {
  return (
    status === 200 && /^[ \t]*text\/event-stream[ \t]*(;|$)/i.test(fieldValue(fields, 'content-type') ?? '')
  );
}

function messagesIn(entry: JsonObject, name: string, between: string): ToldMessages | undefined {
  const messages = entry[name];
  return Array.isArray(messages) ? { messages, between: listIn(entry[between]) } : undefined;
}

/** tare tells a target that is no part of a URL as it is. */
function targetOf(tare: unknown, url: UrlParts): string {
  const target = textIn(objectIn(tare).target);
  return target !== undefined && /^[^\s\0]+$/.test(target) ? target : url.target;
}

function ownFacts(tare: unknown): OwnFacts | undefined {
  const { v, connection, cutOff, opened, closed } = objectIn(tare);
  if (v !== 1 || typeof connection !== 'number') return undefined;
  const opening = readComment(textIn(opened) ?? '');
  const closing = readComment(textIn(closed) ?? '');
  return {
    connection,
    cutOff: new Set(listIn(cutOff)),
    facts: opening?.type === 'opened' ? opening.facts : undefined,
    reason: closing?.type === 'closed' ? closing.reason : undefined,
    tls: closing?.type === 'closed' && !closing.closing.unknown ? closing.closing.tls : undefined,
  };
}

/** How browsers name what went wrong before a request was sent. */
const FAILURES: readonly (readonly [RegExp, FailureCode])[] = [
  [/ERR_NAME_NOT_RESOLVED|ERR_UNKNOWN_HOST/, 'DNS_FAILED'],
  [/CONNECTION_REFUSED/, 'UPSTREAM_REFUSED'],
  [/ERR_CONNECTION_TIMED_OUT|ERR_NET_TIMEOUT/, 'UPSTREAM_TIMEOUT'],
  [/ERR_ADDRESS_UNREACHABLE|ERR_INTERNET_DISCONNECTED|ERR_OFFLINE/, 'UPSTREAM_UNREACHABLE'],
  [/ERR_CERT_|SEC_ERROR_/, 'UPSTREAM_CERTIFICATE_REFUSED'],
  [/ERR_SSL_|SSL_ERROR_/, 'UPSTREAM_TLS_FAILED'],
];

function failureIn(message: string): ToldEntry['failure'] {
  const known = FAILURES.find(([pattern]) => pattern.test(message));
  return known && { code: known[1], message };
}

/** RFC 9110 section 5.6.2. */
function isToken(text: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text);
}

function quoted(value: unknown): string {
  const text = textIn(value) ?? '';
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
