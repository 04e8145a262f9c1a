import type { Endpoint } from '../tap.ts';
import type { Client } from './client.ts';
import { at } from './upstream.ts';

/**
 * Takes a secret of a TLS handshake as a line of an NSS key log, its line end included, and in words whose it is.
 * It must neither throw nor wait.
 */
export type KeyLog = (whose: string, line: Buffer) => void;

/** The two TLS connections that an opened tunnel consists of, each with secrets of its own. */
export type Leg = 'client' | 'server';

/** In words, on one line: which leg of whose tunnel to which server, by `address` where that was found. */
export function legLabel(
  leg: Leg,
  client: Pick<Client, 'number' | 'address'>,
  server: Endpoint,
  address: Endpoint,
): string {
  const ends =
    leg === 'client'
      ? `from ${at(client.address)}, tunnel to ${at(server)}`
      : `${at(server)} at ${at(address)}`;
  return `${leg} ${ends}, client socket ${client.number}`.replace(/[^ -~]/g, '?');
}
