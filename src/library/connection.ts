import type { ExchangeProtocol } from '../decoders/wire-event.ts';
import type { Connection as SessionConnection } from '../session/connection.ts';
import type { Session } from '../session/session.ts';
import type {
  CloseReason,
  ClosingFacts,
  ConnectionFailure,
  ConnectionMode,
  Endpoint,
  NetworkFacts,
  TlsFacts,
} from '../tap.ts';
import { unixTime, unixTimeOf } from './session-time.ts';
import { type Ledger, ledgerOf } from './weight.ts';

/** One pair of a client socket and the server socket it was joined to, or the attempt at it. Times are as `Date.now()` has them. */
export interface Connection {
  /** From 1, in the order they opened. */
  readonly number: number;
  /** How the client reached the server; `connect` of bytes that were decoded without a proxy. */
  readonly mode: ConnectionMode;
  /** Number of the client's socket: connections with the same one came over the same socket. */
  readonly client: number;
  /** Undefined of bytes that were decoded without a proxy. */
  readonly clientAddress: Endpoint | undefined;
  /** As the client asked for it; undefined where it did not come to that. */
  readonly server: Endpoint | undefined;
  /** Where it was found; undefined in reverse mode, where requests share a pool of sockets. */
  readonly serverAddress: Endpoint | undefined;
  /** What TLS agreed on with the server; undefined where it was not opened. */
  readonly tls: TlsFacts | undefined;
  /** Milliseconds that each step took, where there was such a step. */
  readonly timings: { readonly dns?: number; readonly connect?: number; readonly tls?: number };
  /** Why it never came to be. */
  readonly failure: ConnectionFailure | undefined;
  readonly openedAt: number;
  readonly closedAt: number | undefined;
  /** How it closed: `ended` is in order. */
  readonly reason: CloseReason | undefined;
  /** What its last exchange speaks; undefined before there was one. */
  readonly protocol: ExchangeProtocol | undefined;
  readonly exchanges: number;
  /** Everything on it, its exchanges included. `tls` is known once it has closed. */
  readonly ledger: Ledger;
  /** The sockets' own counters, once it has closed. */
  readonly sockets: Omit<ClosingFacts, 'network'> | undefined;
  /** What it took of TCP and IP, exactly; known of packet captures, once it has closed. */
  readonly network: NetworkFacts | undefined;
  /** Why its bytes are only counted from some point on, when that is so: a mistake of tare's. */
  readonly inspectionStopped: string | undefined;
}

/** What a connection is now. */
export function connectionCopy(session: Session, connection: SessionConnection): Connection {
  const { number, mode, client, facts, failure, reason, protocol, exchanges, closing } = connection;
  return {
    number,
    mode,
    client,
    clientAddress: endpointCopy(connection.clientAddress),
    server: endpointCopy(connection.server),
    serverAddress: endpointCopy(facts?.serverAddress),
    tls: facts?.tls && { ...facts.tls },
    timings: { ...facts?.timings },
    failure: failure && { ...failure },
    openedAt: unixTime(session, connection.openedAt),
    closedAt: unixTimeOf(session, connection.closedAt),
    reason,
    protocol,
    exchanges,
    ledger: ledgerOf(connection.ledger),
    sockets: closing && socketsCopy(closing),
    network: closing?.network && structuredClone(closing.network),
    inspectionStopped: connection.inspectionStopped,
  };
}

function socketsCopy({ network: _, ...sockets }: ClosingFacts): Omit<ClosingFacts, 'network'> {
  return structuredClone(sockets);
}

/** Port 0 is nowhere. */
function endpointCopy(endpoint: Endpoint | undefined): Endpoint | undefined {
  return endpoint === undefined || endpoint.port === 0 ? undefined : { ...endpoint };
}
