import type { ConnectionFacts, Side, TapEvent, TapSink } from '../../tap.ts';
import { FirstBytes } from './first-bytes.ts';
import { HeldEvents } from './held-events.ts';
import { OpaqueLayer } from './opaque-layer.ts';
import type { RedactedNames } from './redacted-names.ts';
import type { NextLayer, Redacting, RedactingLayer } from './redacting-layer.ts';

const SIDES: readonly Side[] = ['client', 'server'];

/** One connection whose bytes are redacted on their way to a sink. */
export class RedactedConnection {
  readonly #sink: TapSink;
  readonly #held: HeldEvents;
  readonly #redacting: Redacting;
  #layer: RedactingLayer;
  readonly #hasEnded: Side[] = [];

  /** `facts` are undefined for one whose opening was not seen. */
  constructor(facts: ConnectionFacts | undefined, names: RedactedNames, sink: TapSink) {
    this.#sink = sink;
    this.#held = new HeldEvents(sink);
    this.#redacting = { held: this.#held, names };
    const isHttp2 = facts?.tls?.alpn === 'h2';
    this.#layer = isHttp2
      ? new OpaqueLayer(this.#redacting, NOWHERE)
      : new FirstBytes(this.#redacting, NOWHERE);
  }

  take(event: Extract<TapEvent, { readonly type: 'bytes' | 'lost' | 'ended' }>): void {
    const { from } = event;
    this.#held.add(event);
    this.#safely(() => {
      if (event.type === 'bytes') this.#layer.push(from, event.bytes);
      else if (event.type === 'lost') this.#layer.lose(from, event.length);
      else this.#end(from, false);
      this.#follow();
    });
    this.#held.release();
  }

  /** It is over: all that was held is handed on, and then `event`. */
  close(event: TapEvent): void {
    this.#safely(() => {
      for (const from of SIDES) {
        this.#end(from, true);
        this.#follow();
      }
    });
    for (const from of SIDES) this.#replaceRest(from);
    this.#held.release();
    this.#sink(event);
  }

  #end(from: Side, isCutOff: boolean): void {
    if (this.#hasEnded.includes(from)) return;
    this.#hasEnded.push(from);
    this.#layer.end(from, isCutOff);
  }

  #follow(): void {
    for (let next = this.#layer.next?.(); next; next = this.#layer.next?.()) this.#goOnAs(next);
  }

  #goOnAs({ layer, rest }: NextLayer): void {
    this.#layer = layer;
    for (const from of SIDES) layer.push(from, rest[from]);
    for (const from of this.#hasEnded) layer.end(from, false);
  }

  /** Should the reading fail, nothing of this connection is let through any more. */
  #safely(read: () => void): void {
    try {
      read();
    } catch {
      for (const from of SIDES) this.#replaceRest(from);
      this.#layer = new OpaqueLayer(this.#redacting, this.#held.pushed);
    }
  }

  /** Replaces what is not decided on. */
  #replaceRest(from: Side): void {
    const end = this.#held.pushed[from];
    this.#held.replace(from, this.#held.settled(from), end);
    this.#held.settle(from, end);
  }
}

const NOWHERE = { client: 0, server: 0 };
