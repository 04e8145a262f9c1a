import { isIP } from 'node:net';
import type { Connection } from '../../session/connection.ts';
import type { Exchange } from '../../session/exchange.ts';
import type { MessageRow } from '../../session/message-table.ts';
import type { Session, SessionFault } from '../../session/session.ts';
import { closedComment, openedComment } from '../tare-comment.ts';
import { contentCodings, isChunked } from './content-codings.ts';
import { requestCookies, responseCookies } from './cookies.ts';
import { type Field, fieldValue } from './fields.ts';
import { contentPieces, type KeptBody, keptBody, postDataPieces } from './har-body.ts';
import { messageLists } from './har-message-lists.ts';
import { exchangeEnds, harTimes } from './har-times.ts';
import { readUrl, urlOf } from './har-url.ts';
import { openObject } from './json-pieces.ts';
import { isoMoment } from './moment.ts';

/** What an entry is made from. */
export interface EntrySource {
  readonly session: Session;
  readonly exchange: Exchange;
  readonly connection: Connection | undefined;
  /** Whether the exchange is the first of its connection. */
  readonly isFirst: boolean;
  /** Its messages. */
  readonly numbers: Uint32Array;
  readonly faults: readonly SessionFault[];
}

/** The exchange and its own request and final response among its messages. */
interface Rows {
  readonly request: Numbered | undefined;
  readonly response: Numbered | undefined;
  /** When the last of all messages came. */
  readonly lastAt: number;
}

interface Numbered {
  readonly number: number;
  readonly row: MessageRow;
}

/** One exchange as an entry of a HAR, in pieces. */
export function* entryPieces(source: EntrySource): Generator<string> {
  const { session, exchange, connection, isFirst, numbers } = source;
  const rows = rowsOf(session, numbers);
  const ends = exchangeEnds(exchange, rows.request?.row, rows.response?.row, rows.lastAt);
  const { started, time, timings } = harTimes(exchange, ends, isFirst ? connection : undefined);
  const startedDateTime = isoMoment(session.epoch + BigInt(started));
  yield `${openObject({ startedDateTime, time })},"request":`;
  yield* requestPieces(source, rows.request);
  yield ',"response":';
  yield* responsePieces(source, rows.response);
  yield `,${JSON.stringify({ cache: {}, timings, ...placeOf(source) }).slice(1, -1)}`;
  yield* messageLists(source);
  yield `,"_tare":${JSON.stringify(tareFacts(source, rows))}}`;
}

function rowsOf({ messages }: Session, numbers: Uint32Array): Rows {
  let request: Numbered | undefined;
  let response: Numbered | undefined;
  let lastAt = 0;
  for (const number of numbers) {
    const row = messages.row(number);
    lastAt = Math.max(lastAt, row.at);
    if (row.kind === 'request') request = { number, row };
    if (row.kind === 'response' && row.name === '') response = { number, row };
  }
  return { request, response, lastAt };
}

function* requestPieces(source: EntrySource, kept: Numbered | undefined): Generator<string> {
  const { session, exchange, connection } = source;
  const { method = '', version = '', fields = [], target = '' } = exchange.request ?? {};
  const body = kept && bodyOf(source, fields, kept);
  yield openObject({
    method,
    url: urlOf(exchange, connection, session.hostOf(exchange)),
    httpVersion: version === '' ? '' : `HTTP/${version}`,
    headers: fields,
    cookies: requestCookies(fields),
    queryString: queryOf(target),
    headersSize: headSize(session, exchange, 'request'),
    bodySize: body?.size ?? -1,
  });
  if (body && body.size > 0) {
    yield ',"postData":';
    yield* postDataPieces(fields, body);
  }
  yield '}';
}

function* responsePieces(source: EntrySource, kept: Numbered | undefined): Generator<string> {
  const { session, exchange } = source;
  const { status = 0, reason = '', version = '', fields = [] } = exchange.response ?? {};
  const body = responseBody(source, kept);
  yield openObject({
    status,
    statusText: reason,
    httpVersion: version === '' ? '' : /^\d\.\d$/.test(version) ? `HTTP/${version}` : version,
    headers: fields,
    cookies: responseCookies(fields),
    redirectURL: fieldValue(fields, 'location') ?? '',
    headersSize: headSize(session, exchange, 'response'),
    bodySize: body.size,
  });
  yield ',"content":';
  yield* contentPieces(fields, body);
  yield '}';
}

const NOTHING = Buffer.alloc(0);

/** Of an event stream there are messages and no body. */
function responseBody(source: EntrySource, kept: Numbered | undefined): KeptBody {
  const { protocol, response, ledger } = source.exchange;
  if (!response || !kept) return { carried: NOTHING, content: NOTHING, isCoded: false, size: -1 };
  if (protocol !== 'sse') return bodyOf(source, response.fields, kept);
  const isCoded = contentCodings(response.fields).length > 0;
  const { framing, control, payload } = ledger.server;
  // Of a plain stream in chunks nobody counted the framing of chunks apart from that of events.
  const size = isCoded ? payload : isChunked(response.fields) ? -1 : framing + control + payload;
  return { carried: undefined, content: undefined, isCoded, size };
}

function bodyOf({ session }: EntrySource, fields: readonly Field[], { number, row }: Numbered): KeptBody {
  return keptBody(session, fields, number, row);
}

/** Parameters as they stand in the target. */
function queryOf(target: string): { readonly name: string; readonly value: string }[] {
  const start = target.indexOf('?');
  if (start < 0 || start === target.length - 1) return [];
  return target
    .slice(start + 1)
    .split('&')
    .map((parameter) => {
      const equals = parameter.indexOf('=');
      if (equals < 0) return { name: parameter, value: '' };
      return { name: parameter.slice(0, equals), value: parameter.slice(equals + 1) };
    });
}

/** From the start line through the blank line: empty lines before a request are none of its head. */
function headSize({ exchanges }: Session, { number }: Exchange, which: 'request' | 'response'): number {
  const head = exchanges.head(number, which);
  return head ? head.length - head.findIndex((byte) => byte !== 10 && byte !== 13) : -1;
}

/** Where it took place, and what it is. */
function placeOf({ exchange, connection }: EntrySource): object {
  const address = connection?.facts?.serverAddress?.host ?? '';
  return {
    ...(isIP(address) > 0 && { serverIPAddress: address }),
    connection: String(exchange.connection),
    _resourceType: resourceType(exchange),
  };
}

/** What Sec-Fetch-Dest says, in the words of Chrome's network panel. */
const RESOURCE_TYPES: Readonly<Record<string, string>> = {
  document: 'document',
  iframe: 'document',
  empty: 'fetch',
  font: 'font',
  image: 'image',
  manifest: 'manifest',
  script: 'script',
  style: 'stylesheet',
  audio: 'media',
  video: 'media',
};

function resourceType({ protocol, request }: Exchange): string {
  if (protocol === 'websocket') return 'websocket';
  if (protocol === 'sse') return 'eventsource';
  const destination = request && fieldValue(request.fields, 'sec-fetch-dest');
  return (Object.hasOwn(RESOURCE_TYPES, destination ?? '') && RESOURCE_TYPES[destination!]) || 'other';
}

/** What HAR has no place for. */
function tareFacts(source: EntrySource, rows: Rows): object {
  const { exchange, connection, isFirst, faults } = source;
  const { ledger, informational, series, verdict, resumes, request } = exchange;
  const url = readUrl(urlOf(exchange, connection, source.session.hostOf(exchange)));
  return {
    v: 1,
    exchange: exchange.number,
    connection: exchange.connection,
    protocol: exchange.protocol,
    ...(request && request.target !== url?.target && { target: request.target }),
    bytes: { client: classes(ledger.client), server: classes(ledger.server) },
    informational: informational || undefined,
    series,
    verdict,
    resumes,
    open: exchange.closedAt === undefined || undefined,
    cutOff: cutOff(rows),
    faults: faults.length > 0 ? faults.map(faultFacts) : undefined,
    ...(isFirst && connection && connectionFacts(connection)),
  };
}

/** TLS is booked on connections alone. */
function classes({ head, framing, control, payload, undecoded }: Exchange['ledger']['client']): object {
  return { head, framing, control, payload, undecoded };
}

function cutOff({ request, response }: Rows): readonly string[] | undefined {
  const cut = [
    ...(request && !request.row.complete ? ['request'] : []),
    ...(response && !response.row.complete ? ['response'] : []),
  ];
  return cut.length > 0 ? cut : undefined;
}

function faultFacts({ from, at, start, rule, detail }: SessionFault): object {
  return { from, at, start, rule, detail };
}

/** In the words of a recording's packet comments. */
function connectionFacts({ number, facts, reason, closing }: Connection): object {
  return {
    ...(facts && { opened: openedComment(number, facts) }),
    ...(reason && closing && { closed: closedComment(reason, closing) }),
  };
}
