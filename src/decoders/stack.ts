import type { Bytes, Side } from '../tap.ts';
import { HttpLayer } from './http-layer.ts';
import { BEGINNING, type Layer } from './layer.ts';
import { sniff } from './sniff.ts';
import { TcpConversation, UndecodedConversation } from './tcp.ts';
import type { Conversation, WireEvent } from './wire-event.ts';

/** What is known of a connection before its first byte. */
export interface StackFacts {
  /** What TLS agreed on (RFC 7301). */
  readonly alpn: string | undefined;
}

const NOTHING: Bytes = new Uint8Array();

/**
 * All that one connection says, whatever it speaks: sniffs the first bytes, chains the decoders, and changes them where
 * the protocol switches.
 */
export class Stack implements Conversation {
  #layer: Layer;
  #leftFirst: Side | undefined;

  constructor(facts: StackFacts) {
    this.#layer = facts.alpn === 'h2' ? new UndecodedConversation('http2') : new Sniffing();
  }

  push(from: Side, bytes: Bytes): WireEvent[] {
    return this.#follow(this.#layer.push(from, bytes));
  }

  /**
   * What a side had not finished when the other left is no fault of its own: clients leave event streams and downloads as
   * they please, servers refuse uploads. That it is cut off shows in its message.
   */
  end(from: Side): WireEvent[] {
    this.#leftFirst ??= from;
    const events = this.#follow(this.#layer.end(from));
    if (from === this.#leftFirst) return events;
    return events.filter((event) => event.type !== 'fault' || event.from !== from);
  }

  /** Puts the next layer in place of one that has done its part, and gives it what that left unread. */
  #follow(events: WireEvent[]): WireEvent[] {
    for (let next = this.#layer.next?.(); next; next = this.#layer.next?.()) {
      this.#layer = next.layer;
      append(events, next.events);
      append(events, next.layer.push('client', next.rest.client));
      append(events, next.layer.push('server', next.rest.server));
      for (const side of next.ended) append(events, next.layer.end(side));
    }
    return events;
  }
}

/** One by one: what is spread into arguments overflows the call stack at some 100,000 events. */
function append(events: WireEvent[], more: readonly WireEvent[]): void {
  for (const event of more) events.push(event);
}

/** Waits for the bytes that tell the protocol; it tells nothing itself. */
class Sniffing implements Layer {
  #client: Bytes = NOTHING;
  #server: Bytes = NOTHING;
  #found: Layer | undefined;
  readonly #ended: Side[] = [];

  push(from: Side, bytes: Bytes): WireEvent[] {
    if (from === 'client') this.#client = joined(this.#client, bytes);
    else this.#server = joined(this.#server, bytes);
    this.#found = this.#sniff(from);
    return [];
  }

  end(from: Side): WireEvent[] {
    if (!this.#ended.includes(from)) this.#ended.push(from);
    if (this.#client.length > 0 || this.#ended.length === 2) this.#found = new TcpConversation(BEGINNING);
    return [];
  }

  next(): ReturnType<NonNullable<Layer['next']>> {
    if (!this.#found) return undefined;
    const rest = { client: this.#client, server: this.#server };
    return { layer: this.#found, events: [], rest, ended: this.#ended };
  }

  #sniffServer(): Layer | undefined {
    if (!mayBeResponse(this.#server)) return new TcpConversation(BEGINNING);
    return this.#server.length < RESPONSE.length ? undefined : new HttpLayer();
  }

  #sniff(from: Side): Layer | undefined {
    // A server that speaks first is no HTTP server, unless this connection's beginning was missed.
    if (from === 'server') return this.#sniffServer();
    switch (sniff(this.#client)) {
      case undefined:
        return undefined;
      case 'http1':
        return new HttpLayer();
      case 'http2':
        return new UndecodedConversation('http2');
      case 'tls':
        return new UndecodedConversation('tls');
      case 'socks5':
      case 'unknown':
        return new TcpConversation(BEGINNING);
    }
  }
}

/** How a response begins (RFC 9112 section 4). */
const RESPONSE = Buffer.from('HTTP/1.');

/** Whether the bytes are as much of a response's beginning as they can be. */
function mayBeResponse(bytes: Bytes): boolean {
  return bytes.subarray(0, RESPONSE.length).every((byte, index) => byte === RESPONSE[index]);
}

/** What was seen before is copied: its loan has ended. */
function joined(before: Bytes, bytes: Bytes): Bytes {
  return before.length === 0
    ? Uint8Array.from(bytes)
    : Buffer.concat([before as Uint8Array, bytes as Uint8Array]);
}
