import type { Exchange } from './exchange.ts';
import { bothWays, gross } from './ledger.ts';

/** What passed with one host in TLS that was not opened. */
export interface UnopenedHost {
  readonly host: string;
  readonly exchanges: number;
  /** Bytes, both ways. */
  readonly gross: number;
  /** The protocols that the client offered there, the last time. */
  readonly alpn: readonly string[];
}

/** Hosts that are told apart. */
const MAX_HOSTS = 1000;

type Sum = { -readonly [Fact in keyof UnopenedHost]: UnopenedHost[Fact] };

/** Adds up by host the TLS that was not opened, of the first 1,000 hosts. */
export class UnopenedHosts {
  readonly #hosts = new Map<string, Sum>();

  add(host: string, { ledger, clientHello }: Exchange): void {
    const known = this.#hosts.get(host);
    if (!known && this.#hosts.size >= MAX_HOSTS) return;
    const sum = known ?? { host, exchanges: 0, gross: 0, alpn: [] };
    sum.exchanges++;
    sum.gross += gross(bothWays(ledger));
    sum.alpn = clientHello?.alpn ?? sum.alpn;
    this.#hosts.set(host, sum);
  }

  /** The one with the most bytes first; with what goes on, as host and exchange. */
  with(open: Iterable<readonly [host: string, exchange: Exchange]>): UnopenedHost[] {
    const all = new UnopenedHosts();
    for (const [host, sum] of this.#hosts) all.#hosts.set(host, { ...sum });
    for (const [host, exchange] of open) all.add(host, exchange);
    return [...all.#hosts.values()].sort((one, other) => other.gross - one.gross);
  }
}
