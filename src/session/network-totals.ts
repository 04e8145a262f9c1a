import type { DirectionBytes, NetworkFacts } from '../tap.ts';
import { RunningMedian } from './running-median.ts';

/** What the connections of a packet capture took of the network below them: counted, not estimated. */
export interface NetworkTotals {
  /** Connections that have closed and of which it is known. */
  readonly connections: number;
  readonly packets: DirectionBytes;
  /** Bytes of IP and TCP headers. */
  readonly headers: DirectionBytes;
  /** Payload bytes that were sent again. */
  readonly retransmitted: DirectionBytes;
  /** Payload bytes that travelled and the capture lacks. */
  readonly missing: DirectionBytes;
  /** The median from SYN to the SYN with ACK, in milliseconds, and of how many; undefined where the capture has none. */
  readonly roundTrip: { readonly median: number; readonly count: number } | undefined;
}

type Sums = Pick<NetworkTotals, 'packets' | 'headers' | 'retransmitted' | 'missing'>;

/** Adds up what connections took of the network. */
export class NetworkSums {
  #connections = 0;
  #sums: Sums = { packets: NONE, headers: NONE, retransmitted: NONE, missing: NONE };
  readonly #roundTrips = new RunningMedian();

  add(facts: NetworkFacts): void {
    this.#connections++;
    const { packets, headers, retransmitted, missing } = this.#sums;
    this.#sums = {
      packets: sum(packets, facts.packets),
      headers: sum(headers, facts.headers),
      retransmitted: sum(retransmitted, facts.retransmitted),
      missing: sum(missing, facts.missing),
    };
    if (facts.roundTrip !== undefined) this.#roundTrips.add(facts.roundTrip);
  }

  /** Undefined where nothing was added. */
  result(): NetworkTotals | undefined {
    if (this.#connections === 0) return undefined;
    const median = this.#roundTrips.value();
    const roundTrip = median === undefined ? undefined : { median, count: this.#roundTrips.count };
    return { connections: this.#connections, ...this.#sums, roundTrip };
  }
}

const NONE: DirectionBytes = { client: 0, server: 0 };

function sum(one: DirectionBytes, other: DirectionBytes): DirectionBytes {
  return { client: one.client + other.client, server: one.server + other.server };
}
