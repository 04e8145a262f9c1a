import type { Endpoint } from '../tap.ts';

/** Where a server is, in place of what a name server says. */
export interface Resolution {
  /** As clients ask for it; `*` for any. */
  readonly host: string;
  readonly port: number;
  /** IP addresses, to be tried in this order. */
  readonly addresses: readonly string[];
}

/**
 * Gives the addresses that `resolutions` have for a server, undefined where they have none. As in curl the last one counts
 * of those for the same host and port, and a host counts more than `*`.
 */
export function addressBook(
  resolutions: readonly Resolution[],
): (server: Endpoint) => readonly string[] | undefined {
  const book = new Map(resolutions.map(({ host, port, addresses }) => [entry(host, port), addresses]));
  return ({ host, port }) => book.get(entry(host, port)) ?? book.get(entry('*', port));
}

function entry(host: string, port: number): string {
  return `${host.toLowerCase()} ${port}`;
}
