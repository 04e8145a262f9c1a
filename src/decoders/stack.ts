import type { Bytes, Side } from '../tap.ts';
import type { Layer } from './layer.ts';
import { Sniffing } from './sniffing.ts';
import { UndecodedConversation } from './tcp.ts';
import type { Conversation, WireEvent } from './wire-event.ts';

/** What is known of a connection before its first byte. */
export interface StackFacts {
  /** What TLS agreed on (RFC 7301). */
  readonly alpn: string | undefined;
}

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

  lose(from: Side, length: number): WireEvent[] {
    return this.#follow(this.#layer.lose(from, length));
  }

  /**
   * What a side had not finished when the other left is no fault of its own: clients leave event streams and downloads as
   * they please, servers refuse uploads. That it is cut off shows in its message.
   */
  end(from: Side, isCutOff = false): WireEvent[] {
    this.#leftFirst ??= from;
    const events = this.#follow(this.#layer.end(from, isCutOff));
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
