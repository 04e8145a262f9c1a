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

  constructor(facts: StackFacts) {
    this.#layer = facts.alpn === 'h2' ? new UndecodedConversation('http2') : new Sniffing();
  }

  push(from: Side, bytes: Bytes): WireEvent[] {
    return this.#follow(this.#layer.push(from, bytes));
  }

  end(from: Side): WireEvent[] {
    return this.#follow(this.#layer.end(from));
  }

  /** Puts the next layer in place of one that has done its part, and gives it what that left unread. */
  #follow(events: WireEvent[]): WireEvent[] {
    for (let next = this.#layer.next?.(); next; next = this.#layer.next?.()) {
      this.#layer = next.layer;
      events.push(...next.events, ...next.layer.push('client', next.rest.client));
      events.push(...next.layer.push('server', next.rest.server));
      for (const side of next.ended) events.push(...next.layer.end(side));
    }
    return events;
  }
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
    this.#ended.push(from);
    if (this.#client.length > 0 || this.#ended.length === 2) this.#found = new TcpConversation(BEGINNING);
    return [];
  }

  next(): ReturnType<NonNullable<Layer['next']>> {
    if (!this.#found) return undefined;
    const rest = { client: this.#client, server: this.#server };
    return { layer: this.#found, events: [], rest, ended: this.#ended };
  }

  #sniff(from: Side): Layer | undefined {
    // A server that speaks first is no HTTP server, unless this connection's beginning was missed.
    if (from === 'server') return isResponse(this.#server) ? new HttpLayer() : new TcpConversation(BEGINNING);
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

function isResponse(bytes: Bytes): boolean {
  return Buffer.from(bytes.subarray(0, 7)).toString('latin1') === 'HTTP/1.';
}

/** What was seen before is copied: its loan has ended. */
function joined(before: Bytes, bytes: Bytes): Bytes {
  return before.length === 0
    ? Uint8Array.from(bytes)
    : Buffer.concat([before as Uint8Array, bytes as Uint8Array]);
}
