import type { Bytes, Side } from '../tap.ts';
import { HttpLayer } from './http-layer.ts';
import { BEGINNING, type Layer, type Origin, type Succession } from './layer.ts';
import { sniff } from './sniff.ts';
import { TcpConversation, UndecodedConversation } from './tcp.ts';
import type { ExchangeProtocol, WireEvent } from './wire-event.ts';

const NOTHING: Bytes = new Uint8Array();

/** Protocols that can be told by their first bytes. */
type Found = Extract<ExchangeProtocol, 'http1' | 'http2' | 'tls' | 'tcp'>;

/**
 * Waits for the bytes that tell the protocol; it tells nothing itself. It stands where a connection begins, and where a
 * tunnel does: behind a 2xx to a CONNECT that was sent within the connection, to the next proxy of a chain.
 */
export class Sniffing implements Layer {
  readonly #origin: Origin;
  #client: Bytes = NOTHING;
  #server: Bytes = NOTHING;
  #found: Found | undefined;
  readonly #ended: Side[] = [];

  constructor(origin: Origin = BEGINNING) {
    this.#origin = origin;
  }

  push(from: Side, bytes: Bytes): WireEvent[] {
    if (from === 'client') this.#client = joined(this.#client, bytes);
    else this.#server = joined(this.#server, bytes);
    // A server that speaks first is no HTTP server, unless this connection's beginning was missed.
    this.#found ??= from === 'server' ? foundFirst(this.#server) : found(this.#client);
    return [];
  }

  end(from: Side): WireEvent[] {
    if (!this.#ended.includes(from)) this.#ended.push(from);
    if (this.#client.length > 0 || this.#ended.length === 2) this.#found ??= 'tcp';
    return [];
  }

  next(): Succession | undefined {
    if (!this.#found) return undefined;
    const rest = { client: this.#client, server: this.#server };
    return { ...succession(this.#found, this.#origin), rest, ended: this.#ended };
  }
}

/** What the connection, or the tunnel that the exchange of `origin` asked for, goes on as. */
function succession(found: Found, origin: Origin): Pick<Succession, 'layer' | 'events'> {
  const { exchange, client, server } = origin;
  const isTunnel = client + server > 0;
  if (found === 'http1') {
    const inside = isTunnel ? { exchange: exchange + 1, client, server } : origin;
    const layer = new HttpLayer(inside, (tunnel) => new Sniffing(tunnel));
    return { layer, events: isTunnel ? [{ type: 'exchange-closed', exchange }] : [] };
  }
  const layer = found === 'tcp' ? new TcpConversation(origin) : new UndecodedConversation(found, origin);
  return { layer, events: isTunnel ? [{ type: 'exchange', exchange, protocol: found }] : [] };
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
