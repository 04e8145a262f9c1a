import type { Bytes, Side } from '../../tap.ts';
import type { Conversation, WireEvent } from '../wire-event.ts';
import { MessageDecoder, type WebSocketFacts } from './message-decoder.ts';

/** Both directions of a WebSocket connection, from behind its handshake on (RFC 6455). */
export class WebSocketConversation implements Conversation {
  readonly #exchange: number;
  readonly #decoders: Readonly<Record<Side, MessageDecoder>>;
  /** The sides that have not ended. */
  readonly #speaking = new Set<Side>(['client', 'server']);

  constructor(facts: WebSocketFacts) {
    this.#exchange = facts.origin.exchange;
    this.#decoders = {
      client: new MessageDecoder('client', facts),
      server: new MessageDecoder('server', facts),
    };
  }

  push(from: Side, bytes: Bytes): WireEvent[] {
    return this.#decoders[from].push(bytes);
  }

  lose(from: Side, length: number): WireEvent[] {
    return this.#decoders[from].lose(length);
  }

  end(from: Side): WireEvent[] {
    if (!this.#speaking.delete(from)) return [];
    const events = this.#decoders[from].end();
    if (this.#speaking.size === 0) events.push({ type: 'exchange-closed', exchange: this.#exchange });
    return events;
  }
}
