import type { Bytes, Side } from '../tap.ts';
import { HttpLayer } from './http-layer.ts';
import { BEGINNING, type Layer, type Origin, type Succession } from './layer.ts';
import { sniff } from './sniff.ts';
import { TcpConversation, UndecodedConversation } from './tcp.ts';
import { UnopenedTls } from './unopened-tls.ts';
import type { ExchangeProtocol, WireEvent } from './wire-event.ts';

const NOTHING: Bytes = new Uint8Array();

/** Protocols that can be told by their first bytes. */
type Found = Extract<ExchangeProtocol, 'http1' | 'http2' | 'tls' | 'tcp'>;

/**
 * Waits for the bytes that tell the protocol; it tells of nothing but holes itself. It stands where a connection begins, and where a
 * tunnel does: behind a 2xx to a CONNECT that was sent within the connection, to the next proxy of a chain.
 */
export class Sniffing implements Layer {
  readonly #origin: Origin;
  /** Bytes of each direction that were told, with those before this layer's. */
  readonly #told: Record<Side, number>;
  #client: Bytes = NOTHING;
  #server: Bytes = NOTHING;
  #found: Found | undefined;
  readonly #ended: Side[] = [];

  constructor(origin: Origin = BEGINNING) {
    this.#origin = origin;
    this.#told = { client: origin.client, server: origin.server };
  }

  push(from: Side, bytes: Bytes): WireEvent[] {
    if (from === 'client') this.#client = joined(this.#client, bytes);
    else this.#server = joined(this.#server, bytes);
    // A server that speaks first is no HTTP server, unless this connection's beginning was missed.
    this.#found ??= from === 'server' ? foundFirst(this.#server) : found(this.#client);
    return [];
  }

  /** A hole is counted with what came before it; the protocol is told by what comes behind it. */
  lose(from: Side, length: number): WireEvent[] {
    const start = this.#told[from];
    const counted = this.#letGo(from) + length;
    if (counted === 0) return [];
    this.#told[from] += counted;
    const exchange = this.#origin.isOpen ? this.#origin.exchange : 0;
    return [{ type: 'undecoded', exchange, from, start, length: counted }];
  }

  end(from: Side): WireEvent[] {
    if (!this.#ended.includes(from)) this.#ended.push(from);
    if (this.#client.length > 0 || this.#ended.length === 2) this.#found ??= 'tcp';
    return [];
  }

  next(): Succession | undefined {
    if (!this.#found) return undefined;
    const rest = { client: this.#client, server: this.#server };
    const { client, server } = this.#told;
    const followsHole = client > this.#origin.client || server > this.#origin.server;
    const origin = { ...this.#origin, client, server, followsHole };
    return { ...succession(this.#found, origin), rest, ended: this.#ended };
  }

  /** Lets go of what is held of a side, and returns how much that was. */
  #letGo(from: Side): number {
    const { length } = from === 'client' ? this.#client : this.#server;
    if (from === 'client') this.#client = NOTHING;
    else this.#server = NOTHING;
    return length;
  }
}

/** What the connection, or the tunnel that the exchange of `origin` asked for, goes on as. */
function succession(found: Found, origin: Origin): Pick<Succession, 'layer' | 'events'> {
  const { exchange, isOpen } = origin;
  if (found === 'http1') {
    const inside = isOpen ? { ...origin, exchange: exchange + 1, isOpen: false } : origin;
    const layer = new HttpLayer(inside, (tunnel) => new Sniffing(tunnel));
    return { layer, events: isOpen ? [{ type: 'exchange-closed', exchange }] : [] };
  }
  // TLS tells of the switch itself, once it knows what was asked for.
  const isToBeTold = isOpen && found !== 'tls';
  const events = isToBeTold ? [{ type: 'exchange', exchange, protocol: found } as const] : [];
  return { layer: opened(found, origin), events };
}

function opened(found: Exclude<Found, 'http1'>, origin: Origin): Layer {
  switch (found) {
    case 'tcp':
      return new TcpConversation(origin);
    case 'tls':
      return new UnopenedTls(origin);
    case 'http2':
      return new UndecodedConversation(found, origin);
  }
}

/** By what a client that speaks first said. */
function found(bytes: Bytes): Found | undefined {
  const sniffed = sniff(bytes);
  return sniffed === 'socks5' || sniffed === 'unknown' ? 'tcp' : sniffed;
}

/** How a response begins (RFC 9112 section 4). */
const RESPONSE = Buffer.from('HTTP/1.');

/** By what a server that speaks first said. */
function foundFirst(bytes: Bytes): Found | undefined {
  const isLike = bytes.subarray(0, RESPONSE.length).every((byte, index) => byte === RESPONSE[index]);
  if (!isLike) return 'tcp';
  return bytes.length < RESPONSE.length ? undefined : 'http1';
}

/** What was seen before is copied: its loan has ended. */
function joined(before: Bytes, bytes: Bytes): Bytes {
  return before.length === 0
    ? Uint8Array.from(bytes)
    : Buffer.concat([before as Uint8Array, bytes as Uint8Array]);
}
