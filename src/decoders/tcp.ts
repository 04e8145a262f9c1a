import type { Bytes, Side } from '../tap.ts';
import { BEGINNING, type Origin } from './layer.ts';
import { OnlyExchange } from './only-exchange.ts';
import type { Conversation, WireEvent } from './wire-event.ts';

const NOTHING: Bytes = new Uint8Array();

/** Bytes of no protocol that is known: what the network delivered at once is a message. */
export class TcpConversation implements Conversation {
  readonly #exchange: OnlyExchange;

  constructor(origin: Origin = BEGINNING) {
    this.#exchange = new OnlyExchange('tcp', origin);
  }

  push(from: Side, bytes: Bytes): WireEvent[] {
    if (bytes.length === 0) return [];
    const events = this.#exchange.open();
    events.push(this.#chunk(from, bytes));
    return events;
  }

  /** A hole is a chunk of its own. */
  lose(from: Side, length: number): WireEvent[] {
    if (length === 0) return [];
    const events = this.#exchange.open();
    events.push({ type: 'missing', kind: 'chunk', ...this.#exchange.place(from, length), length });
    events.push(this.#chunk(from, NOTHING));
    return events;
  }

  end(from: Side): WireEvent[] {
    return this.#exchange.end(from);
  }

  #chunk(from: Side, bytes: Bytes): WireEvent {
    return {
      type: 'message',
      kind: 'chunk',
      ...this.#exchange.place(from, bytes.length),
      framing: 0,
      control: 0,
      payload: bytes.length,
      bytes,
      content: undefined,
      name: '',
      complete: true,
    };
  }
}

/** A protocol that is known and has no decoder: its bytes are counted. */
export class UndecodedConversation implements Conversation {
  readonly #exchange: OnlyExchange;

  constructor(protocol: 'http2', origin: Origin = BEGINNING) {
    this.#exchange = new OnlyExchange(protocol, origin);
  }

  push(from: Side, bytes: Bytes): WireEvent[] {
    return this.#exchange.count(from, bytes.length);
  }

  lose(from: Side, length: number): WireEvent[] {
    return this.#exchange.count(from, length);
  }

  end(from: Side): WireEvent[] {
    return this.#exchange.end(from);
  }
}
