import type { ExchangeProtocol } from '../decoders/wire-event.ts';
import type {
  CloseReason,
  ClosingFacts,
  ConnectionFacts,
  ConnectionFailure,
  ConnectionMode,
  Endpoint,
} from '../tap.ts';
import { emptyLedger, type Ledger } from './ledger.ts';

/** One pair of a client socket and the upstream socket it was joined to, or the attempt at it. */
export interface Connection {
  readonly number: number;
  readonly mode: ConnectionMode;
  readonly client: number;
  readonly clientAddress: Endpoint;
  readonly server: Endpoint | undefined;
  /** Undefined when the connection failed. */
  readonly facts: ConnectionFacts | undefined;
  readonly failure: ConnectionFailure | undefined;
  /** Nanoseconds since the session's epoch. */
  readonly openedAt: number;
  closedAt: number | undefined;
  reason: CloseReason | undefined;
  closing: ClosingFacts | undefined;
  /** What its last exchange speaks; undefined before there was one. */
  protocol: ExchangeProtocol | undefined;
  /** Everything on it, its exchanges included. `tls` is known once it has closed. */
  readonly ledger: Ledger;
  /** What of that belongs to none of its exchanges. */
  readonly own: Ledger;
  exchanges: number;
  /** Why its bytes are only counted from some point on, when that is so. */
  inspectionStopped: string | undefined;
}

/** Whether it has closed and nobody told what TLS took on it: the `tls` in its ledger is 0 and says nothing. */
export function isTlsUnknown({ facts, closing }: Connection): boolean {
  return facts?.tls !== undefined && closing?.unknown === true;
}

/** What an attempt and a connection have in common. */
type Attempt = Pick<Connection, 'mode' | 'client' | 'clientAddress' | 'server'>;

export function openedConnection(number: number, at: number, facts: ConnectionFacts): Connection {
  return { ...newConnection(number, at, facts), facts };
}

export function failedConnection(
  number: number,
  at: number,
  attempt: Attempt & { readonly failure: ConnectionFailure },
): Connection {
  return { ...newConnection(number, at, attempt), failure: attempt.failure, closedAt: at };
}

function newConnection(
  number: number,
  at: number,
  { mode, client, clientAddress, server }: Attempt,
): Connection {
  return {
    number,
    mode,
    client,
    clientAddress,
    server,
    facts: undefined,
    failure: undefined,
    openedAt: at,
    closedAt: undefined,
    reason: undefined,
    closing: undefined,
    protocol: undefined,
    ledger: emptyLedger(),
    own: emptyLedger(),
    exchanges: 0,
    inspectionStopped: undefined,
  };
}
