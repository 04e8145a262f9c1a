import type { RequestHead, ResponseHead } from '../decoders/http1/head.ts';
import type { ExchangeProtocol, TlsOffer } from '../decoders/wire-event.ts';
import { emptyLedger, type Ledger } from './ledger.ts';
import type { PollVerdict } from './polling/verdict.ts';

/** One request with its response(s); a WebSocket or an event stream is the exchange that opened it. */
export interface Exchange {
  /** From 1, in the order they opened. */
  readonly number: number;
  readonly connection: number;
  /** Nanoseconds since the session's epoch, as all times of it. */
  readonly openedAt: number;
  readonly closedAt: number | undefined;
  readonly protocol: ExchangeProtocol;
  /** Of TLS that is not opened: what its first message asks for; undefined elsewhere, and where that was not there to be read. */
  readonly clientHello: TlsOffer | undefined;
  /** Undefined before it came, and when it could not be kept. */
  readonly request: RequestHead | undefined;
  /** The final response; the informational ones before it are `informational`. */
  readonly response: ResponseHead | undefined;
  readonly informational: number;
  /** When the final response's head came. */
  readonly respondedAt: number | undefined;
  readonly messages: number;
  /** Its messages are among the session's from this number on, and before the other; without that it goes on. */
  readonly messagesFrom: number;
  readonly messagesUntil: number | undefined;
  readonly faults: number;
  /** The event stream that this one takes up, by the Last-Event-ID it sent. */
  readonly resumes: number | undefined;
  /** Number of the poll series it is part of. */
  readonly series: number | undefined;
  /** What it was good for as a part of that; undefined while it is open. */
  readonly verdict: PollVerdict | undefined;
  readonly ledger: Ledger;
}

/** What is known of an exchange without a look at its heads. */
export type ExchangeFacts = Omit<Exchange, 'clientHello' | 'request' | 'response'>;

/** An exchange that goes on. */
export type OpenExchange = { -readonly [Fact in keyof Exchange]: Exchange[Fact] };

export function openedExchange(
  number: number,
  connection: number,
  at: number,
  protocol: ExchangeProtocol,
  messagesFrom = 0,
): OpenExchange {
  return {
    number,
    connection,
    openedAt: at,
    closedAt: undefined,
    protocol,
    clientHello: undefined,
    request: undefined,
    response: undefined,
    informational: 0,
    respondedAt: undefined,
    messages: 0,
    messagesFrom,
    messagesUntil: undefined,
    faults: 0,
    resumes: undefined,
    series: undefined,
    verdict: undefined,
    ledger: emptyLedger(),
  };
}

/** The first value of a request's or response's field, which is named in lower case. */
export { fieldValue } from '../decoders/http1/fields.ts';
