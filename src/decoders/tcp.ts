import type { Bytes, Side } from '../tap.ts';
import { BEGINNING, type Origin } from './layer.ts';
import type { Conversation, WireEvent } from './wire-event.ts';

/** Bytes of no protocol that is known: what the network delivered at once is a message. */
export class TcpConversation implements Conversation {
  readonly #exchange: OnlyExchange;

  constructor(origin: Origin = BEGINNING) {
    this.#exchange = new OnlyExchange('tcp', origin);
  }

  push(from: Side, bytes: Bytes): WireEvent[] {
    return this.#exchange.push(from, bytes, (place) => ({
      type: 'message',
      kind: 'chunk',
      ...place,
      framing: 0,
      control: 0,
      payload: bytes.length,
      bytes,
      content: undefined,
      name: '',
      complete: true,
    }));
  }

  end(from: Side): WireEvent[] {
    return this.#exchange.end(from);
  }
}

/** A protocol that is known and has no decoder: its bytes are counted. */
export class UndecodedConversation implements Conversation {
  readonly #exchange: OnlyExchange;

  constructor(protocol: 'http2' | 'tls', origin: Origin = BEGINNING) {
    this.#exchange = new OnlyExchange(protocol, origin);
  }

  push(from: Side, bytes: Bytes): WireEvent[] {
    return this.#exchange.push(from, bytes, (place) => ({
      type: 'undecoded',
      ...place,
      length: bytes.length,
    }));
  }

  end(from: Side): WireEvent[] {
    return this.#exchange.end(from);
  }
}

interface Place {
  readonly exchange: number;
  readonly from: Side;
  readonly start: number;
}

/**
 * The one exchange that such a conversation is, from its first byte until both sides have ended. Where another
 * conversation came before it, the exchange is open already, and the switch tells what became of it.
 */
class OnlyExchange {
  readonly #protocol: 'tcp' | 'http2' | 'tls';
  readonly #number: number;
  /** Bytes before the next ones, by who sends them. */
  readonly #offset: Record<Side, number>;
  readonly #ended = new Set<Side>();
  #isOpened: boolean;

  constructor(protocol: 'tcp' | 'http2' | 'tls', { exchange, client, server }: Origin) {
    this.#protocol = protocol;
    this.#number = exchange;
    this.#offset = { client, server };
    this.#isOpened = client + server > 0;
  }

  push(from: Side, bytes: Bytes, told: (place: Place) => WireEvent): WireEvent[] {
    if (bytes.length === 0) return [];
    const start = this.#offset[from];
    this.#offset[from] += bytes.length;
    return [...this.#opened(), told({ exchange: this.#number, from, start })];
  }

  /** Nothing where nothing was ever sent. */
  end(from: Side): WireEvent[] {
    this.#ended.add(from);
    return this.#isOpened && this.#ended.size === 2
      ? [{ type: 'exchange-closed', exchange: this.#number }]
      : [];
  }

  #opened(): WireEvent[] {
    if (this.#isOpened) return [];
    this.#isOpened = true;
    return [{ type: 'exchange', exchange: this.#number, protocol: this.#protocol }];
  }
}
