import type { Connection } from '../../session/connection.ts';
import type { Exchange } from '../../session/exchange.ts';
import type { MessageRow } from '../../session/message-table.ts';
import type { Losses, Session, SessionFault } from '../../session/session.ts';
import { ExchangeMessages } from './exchange-messages.ts';
import { entryPieces } from './har-entry.ts';
import { batched } from './json-pieces.ts';

export interface HarOptions {
  /** Of tare, for HAR's creator. */
  readonly version: string;
  /** What of the session is meant; all of it where this is undefined. */
  readonly part?: HarPart | undefined;
}

/** A part of a session. */
export interface HarPart {
  hasExchange(number: number): boolean;
  /** Of messages inside an exchange; its request and response are in it with the exchange. */
  hasMessage(number: number, row: MessageRow): boolean;
  hasFailure(connection: Connection): boolean;
}

/** What of a session has no place in a HAR: how many there are of each. */
export interface LeftOut {
  /** Exchanges by what they speak: raw TCP, TLS that was not opened, HTTP/2 that was not decoded. */
  readonly exchanges: Readonly<Record<string, number>>;
  /** Connections that never came to be. */
  readonly failed: number;
  /** What the session could not keep. */
  readonly lost: Losses;
}

/**
 * The session as HAR 1.2, in pieces of some 64 Ki characters, one entry a line: it is never in memory as a whole. What the
 * session comes to know meanwhile is not all in it.
 */
export function harOf(session: Session, options: HarOptions): Generator<string> {
  return batched(pieces(session, options));
}

/** What of the session, or of a part of it, `harOf` leaves out, to be told to whoever asked for it. */
export function leftOutOf(session: Session, part?: HarPart): LeftOut {
  const exchanges: Record<string, number> = {};
  for (const exchange of session.exchanges) {
    if (hasPlace(exchange) || part?.hasExchange(exchange.number) === false) continue;
    exchanges[exchange.protocol] = (exchanges[exchange.protocol] ?? 0) + 1;
  }
  let failed = 0;
  for (const connection of session.connections.values()) {
    if (connection.failure && part?.hasFailure(connection) !== false) failed++;
  }
  return { exchanges, failed, lost: session.losses() };
}

function* pieces(session: Session, { version, part }: HarOptions): Generator<string> {
  const creator = { name: 'tare', version };
  yield `{"log":{"version":"1.2","creator":${JSON.stringify(creator)},"pages":[],"entries":[`;
  yield* entries(session, part);
  const leftOut = leftOutOf(session, part);
  const { connections, exchanges, faultCount } = session;
  const all = { connections: connections.size, exchanges: exchanges.length, faults: faultCount };
  const totals = part ? {} : all; // nobody counted those of a part
  const comment = inWords(leftOut);
  yield `\n],${comment === '' ? '' : `"comment":${JSON.stringify(comment)},`}`;
  yield `"_tare":${JSON.stringify({ v: 1, ...totals, leftOut })}}}\n`;
}

function* entries(session: Session, part: HarPart | undefined): Generator<string> {
  const count = session.exchanges.length;
  const messages = new ExchangeMessages(session.messages, count);
  const faults = faultsByExchange(session.faults);
  const connections = new Set<number>();
  let separator = '\n';
  for (let number = 1; number <= count; number++) {
    const exchange = session.exchanges.get(number);
    if (!exchange) continue;
    const isFirst = !connections.has(exchange.connection);
    connections.add(exchange.connection);
    if (!hasPlace(exchange) || part?.hasExchange(number) === false) continue;
    yield separator;
    separator = ',\n';
    yield* entryPieces({
      session,
      exchange,
      connection: session.connections.get(exchange.connection),
      isFirst,
      numbers: meant(session, messages.of(number), part),
      faults: faults.get(number) ?? [],
    });
  }
}

function meant({ messages }: Session, numbers: Uint32Array, part: HarPart | undefined): Uint32Array {
  if (!part) return numbers;
  return numbers.filter((number) => {
    const row = messages.row(number);
    return row.kind === 'request' || row.kind === 'response' || part.hasMessage(number, row);
  });
}

function hasPlace({ protocol }: Exchange): boolean {
  return protocol === 'http1' || protocol === 'websocket' || protocol === 'sse';
}

/** Those that are kept. */
function faultsByExchange(faults: readonly SessionFault[]): ReadonlyMap<number, readonly SessionFault[]> {
  const byExchange = new Map<number, SessionFault[]>();
  for (const fault of faults) {
    if (fault.exchange === undefined) continue;
    const known = byExchange.get(fault.exchange);
    if (known) known.push(fault);
    else byExchange.set(fault.exchange, [fault]);
  }
  return byExchange;
}

/** Empty where nothing was left out. */
function inWords({ exchanges, failed, lost }: LeftOut): string {
  const what = [
    ...Object.entries(exchanges).map(([protocol, count]) => `${count} ${protocol} exchanges`),
    ...(failed > 0 ? [`${failed} connections that failed`] : []),
    ...(lost.messages > 0 ? [`${lost.messages} messages that could not be kept`] : []),
    ...(lost.exchanges > 0 ? [`${lost.exchanges} exchanges that could not be kept`] : []),
  ];
  return what.length === 0 ? '' : `Not in this file: ${what.join(', ')}`;
}
