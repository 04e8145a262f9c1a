import type { RequestHead, ResponseHead } from '../decoders/http1/head.ts';
import type { ExchangeProtocol } from '../decoders/wire-event.ts';
import { emptyLedger, type Ledger } from './ledger.ts';

/** One request with its response(s); a WebSocket or an event stream is the exchange that opened it. */
export interface Exchange {
  readonly number: number;
  readonly connection: number;
  readonly openedAt: number;
  closedAt: number | undefined;
  protocol: ExchangeProtocol;
  request: RequestHead | undefined;
  /** The final response; the informational ones before it are `informational`. */
  response: ResponseHead | undefined;
  informational: number;
  /** Nanoseconds since the session's epoch, of the final response's head. */
  respondedAt: number | undefined;
  messages: number;
  faults: number;
  /** The event stream that this one takes up, by the Last-Event-ID it sent. */
  resumes: number | undefined;
  readonly ledger: Ledger;
}

export function openedExchange(
  number: number,
  connection: number,
  at: number,
  protocol: ExchangeProtocol,
): Exchange {
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
    ledger: emptyLedger(),
  };
}

/** The first value of a request's or response's field, which is named in lower case. */
export { fieldValue } from '../decoders/http1/fields.ts';
