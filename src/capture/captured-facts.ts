import type {
  ClosingFacts,
  ConnectionFacts,
  DirectionBytes,
  FailureCode,
  NetworkFacts,
  TapEvent,
} from '../tap.ts';
import type { TcpEnd } from './tcp-end.ts';

/** Both ends of a connection, once it is known which is which. */
export interface Ends {
  readonly client: TcpEnd;
  readonly server: TcpEnd;
}

const NONE: DirectionBytes = { client: 0, server: 0 };

/** What packets tell of a connection that opens. `connect` is what it took, in milliseconds, where that was seen. */
export function capturedFacts(
  number: number,
  { client, server }: Ends,
  names: ReadonlyMap<string, string>,
  connect: number | undefined,
): ConnectionFacts {
  const { host, port } = server.address;
  return {
    mode: 'capture',
    client: number,
    clientAddress: client.address,
    server: { host: names.get(host) ?? host, port },
    serverAddress: server.address,
    tls: undefined,
    timings: connect === undefined ? {} : { connect },
  };
}

/** Counters when a connection closed: its sockets nobody saw. */
export function capturedClosing(ends: Ends, network?: NetworkFacts): ClosingFacts {
  const sockets = { upstream: NONE, tls: NONE, proxy: NONE, downstream: NONE, unrelayed: NONE };
  const closing = { tapped: bothWays(ends, 'tapped'), ...sockets };
  return network ? { ...closing, network } : closing;
}

/** What the connection took of the network; `roundTrip` in milliseconds. */
export function networkFacts(ends: Ends, roundTrip: number | undefined): NetworkFacts {
  return {
    packets: bothWays(ends, 'packets'),
    headers: bothWays(ends, 'headers'),
    retransmitted: bothWays(ends, 'retransmitted'),
    missing: bothWays(ends, 'missing'),
    roundTrip,
  };
}

/** A connection that never came to be, and why; `what` ends the sentence that begins with the server's name. */
export function capturedFailure(
  number: number,
  ends: Ends,
  names: ReadonlyMap<string, string>,
  code: FailureCode,
  what: string,
): Omit<TapEvent & { readonly type: 'failed' }, 'at'> {
  const { mode, client, clientAddress, server } = capturedFacts(number, ends, names, undefined);
  const host = server.host.includes(':') ? `[${server.host}]` : server.host;
  const failure = { code, message: `${host}:${server.port} ${what}` };
  return { type: 'failed', connection: number, mode, client, clientAddress, server, failure, proxy: NONE };
}

/** Numbers that both ends have. */
type Counter = 'tapped' | 'packets' | 'headers' | 'retransmitted' | 'missing';

function bothWays({ client, server }: Ends, counter: Counter): DirectionBytes {
  return { client: client[counter], server: server[counter] };
}
