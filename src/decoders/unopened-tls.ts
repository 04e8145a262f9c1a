import type { Bytes, Side } from '../tap.ts';
import { ByteQueue } from './byte-queue.ts';
import { type ClientHello, readClientHello } from './client-hello.ts';
import { BEGINNING, type Origin } from './layer.ts';
import { OnlyExchange } from './only-exchange.ts';
import type { Conversation, TlsOffer, WireEvent } from './wire-event.ts';

/** Bytes that are kept for a ClientHello: one with many tickets and key shares takes a few KiB. */
const MAX_HELD = 64 << 10;

/**
 * TLS that nobody opened: its bytes are counted. What can be read without keys is the client's first message; the exchange
 * opens with that, or once it is clear that it cannot be read.
 */
export class UnopenedTls implements Conversation {
  readonly #exchange: OnlyExchange;
  /** What came of the ClientHello; undefined once there is no more to wait for. */
  #waiting: ByteQueue | undefined = new ByteQueue();

  constructor(origin: Origin = BEGINNING) {
    // The switch to TLS is told with what the client asked for.
    this.#exchange = new OnlyExchange('tls', { ...origin, isOpen: false });
  }

  push(from: Side, bytes: Bytes): WireEvent[] {
    if (bytes.length === 0) return [];
    if (this.#waiting && from === 'client') return this.#await(this.#waiting, bytes);
    return [...this.#giveUpWaiting(), ...this.#exchange.count(from, bytes.length)];
  }

  lose(from: Side, length: number): WireEvent[] {
    return [...this.#giveUpWaiting(), ...this.#exchange.count(from, length)];
  }

  end(from: Side): WireEvent[] {
    return [...this.#giveUpWaiting(), ...this.#exchange.end(from)];
  }

  #await(waiting: ByteQueue, bytes: Bytes): WireEvent[] {
    waiting.add(bytes);
    const hello = readClientHello(waiting.peek(MAX_HELD));
    if (hello === undefined && waiting.length < MAX_HELD) {
      waiting.keep();
      return [];
    }
    const opened = hello && !('fault' in hello) ? this.#exchange.open(offer(hello)) : [];
    return [...opened, ...this.#giveUpWaiting()];
  }

  /** Counts what waited: of a ClientHello that is not whole nothing is told. */
  #giveUpWaiting(): WireEvent[] {
    const length = this.#waiting?.length ?? 0;
    this.#waiting = undefined;
    return this.#exchange.count('client', length);
  }
}

/** GREASE among protocols (RFC 8701 section 2): a byte that ends in 0xa, twice. */
const GREASE = /^([\x0a\x1a\x2a\x3a\x4a\x5a\x6a\x7a\x8a\x9a\xaa\xba\xca\xda\xea\xfa])\1$/;

function offer({ serverName, alpn }: ClientHello): TlsOffer {
  return { serverName, alpn: alpn.filter((protocol) => !GREASE.test(protocol)) };
}
