import type { Endpoint } from '../tap.ts';
import { type AddressPair, SyntheticAddresses } from './synthetic-address.ts';

/** Both ends of a connection, as its packets name them. */
export interface SyntheticEnds extends AddressPair {
  readonly clientPort: number;
  readonly serverPort: number;
}

/** What is known of where a connection comes from and goes to. */
export interface KnownEnds {
  readonly clientAddress: Endpoint;
  readonly server: Endpoint | undefined;
  readonly serverAddress?: Endpoint | undefined;
}

/**
 * Gives connections the ends that their packets name: the real ones. Two that are open at once may have the same, when one
 * client's socket leads to two names of one server: the later one gets another client port.
 */
export class EndsInUse {
  readonly #addresses = new SyntheticAddresses();
  readonly #inUse = new Set<string>();

  /** Ends that no other has until they are released. */
  claim({ clientAddress, server, serverAddress }: KnownEnds): SyntheticEnds {
    const pair = this.#addresses.pair(
      { host: clientAddress.host, address: undefined },
      { host: server?.host ?? '', address: serverAddress?.host },
    );
    const serverPort = (serverAddress ?? server)?.port ?? 0;
    let clientPort = clientAddress.port;
    let ends = { ...pair, clientPort, serverPort };
    while (this.#inUse.has(key(ends))) {
      clientPort = clientPort === 0xffff ? 1 : clientPort + 1;
      if (clientPort === clientAddress.port) break; // 65,535 of them: packets can tell no more apart
      ends = { ...pair, clientPort, serverPort };
    }
    this.#inUse.add(key(ends));
    return ends;
  }

  release(ends: SyntheticEnds): void {
    this.#inUse.delete(key(ends));
  }
}

function key({ client, clientPort, server, serverPort }: SyntheticEnds): string {
  return `${client.join('.')} ${clientPort} ${server.join('.')} ${serverPort}`;
}
