import type { RequestHead, ResponseHead } from '../decoders/http1/head.ts';
import type { ExchangeProtocol } from '../decoders/wire-event.ts';
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
  /** Undefined before it came, and when it could not be kept. */
  readonly request: RequestHead | undefined;
  /** The final response; the informational ones before it are `informational`. */
  readonly response: ResponseHead | undefined;
  readonly informational: number;
  /** When the final response's head came. */
  readonly respondedAt: number | undefined;
  readonly messages: number;
  readonly faults: number;
  /** The event stream that this one takes up, by the Last-Event-ID it sent. */
  readonly resumes: number | undefined;
  /** Number of the poll series it is part of. */
  readonly series: number | undefined;
  /** What it was good for as a part of that; undefined while it is open. */
  readonly verdict: PollVerdict | undefined;
  readonly ledger: Ledger;
}

/** An exchange that goes on. */
export type OpenExchange = { -readonly [Fact in keyof Exchange]: Exchange[Fact] };

export function openedExchange(
  number: number,
  connection: number,
  at: number,
  protocol: ExchangeProtocol,
): OpenExchange {
  return {
    number,
    connection,
    openedAt: at,
    closedAt: undefined,
    protocol,
    request: undefined,
    response: undefined,
    informational: 0,
    respondedAt: undefined,
    messages: 0,
    faults: 0,
    resumes: undefined,
    series: undefined,
    verdict: undefined,
    ledger: emptyLedger(),
  };
}

/** The first value of a request's or response's field, which is named in lower case. */
export { fieldValue } from '../decoders/http1/fields.ts';
