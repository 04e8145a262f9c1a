import fc from 'fast-check';
import type { ExchangeProtocol } from '../decoders/wire-event.ts';
import type { RowKind } from '../session/message-table.ts';
import type { Side } from '../tap.ts';
import {
  type ClassWeights,
  noWeight,
  quoted,
  type StoryExchange,
  type StoryMessage,
  storyOf,
} from './exchange-story.ts';

/** Stands for the origin's `host:port` in what a client asks a forward proxy. */
export const ORIGIN = '{origin}';

/** What one side says before the other goes on. A character for each byte. */
export interface Step {
  readonly from: Side;
  /** As the other peer gets it. */
  bytes: string;
  /** As a client says it to a forward proxy: targets in absolute-form, `Proxy-*` fields. */
  toProxy: string;
  /** The client does not wait for what it would have to wait for: a proxy may hold this back until the server has spoken. */
  readonly isEarly: boolean;
  /** No write ends between a CR and its LF: lines of an event stream, where that byte's class depends on it. */
  readonly keepsLineEnds: boolean;
}

/** What bytes belong to: a message, or of an exchange what is in none. */
export interface Place {
  readonly exchange: StoryExchange;
  readonly from: Side;
  readonly message?: StoryMessage | undefined;
}

type Class = keyof ClassWeights;

/**
 * A conversation in the making: every byte is said together with what it is a part of and the class it is in, so that
 * the weights are known without reading them back.
 */
export class ConversationScript {
  readonly steps: Step[] = [];
  readonly exchanges: StoryExchange[] = [];
  /** Who ends the connection; an answer without a length leaves that to the server. */
  endsFirst: Side = 'client';
  readonly #said = { client: 0, server: 0 };

  open(protocol: ExchangeProtocol): StoryExchange {
    const ledger = { client: noWeight(), server: noWeight() };
    const exchange: StoryExchange = { protocol, messages: [], ledger, isApportioned: false };
    this.exchanges.push(exchange);
    return exchange;
  }

  /** Begins a message with what is said next. */
  begin(exchange: StoryExchange, from: Side, kind: RowKind, name = ''): Place & { message: StoryMessage } {
    const message = newMessage(from, kind, name, this.#said[from]);
    exchange.messages.push(message);
    return { exchange, from, message };
  }

  /** Bytes that a side has said so far. */
  said(from: Side): number {
    return this.#said[from];
  }

  /** What is said from here on is a step of its own. */
  step(from: Side, traits: { readonly isEarly?: boolean; readonly keepsLineEnds?: boolean } = {}): void {
    this.steps.push({ from, bytes: '', toProxy: '', isEarly: false, keepsLineEnds: false, ...traits });
  }

  /** Says bytes of one class. */
  say({ exchange, from, message }: Place, what: Class, text: string, toProxy = text): void {
    if (this.steps.at(-1)?.from !== from) this.step(from);
    const step = this.steps.at(-1)!;
    step.bytes += text;
    step.toProxy += toProxy;
    this.#said[from] += text.length;
    exchange.ledger[from][what] += text.length;
    if (message) message.weight[what] += text.length;
  }

  /** All that one side says. */
  bytes(from: Side): string {
    return joined(this.steps, from, ({ bytes }) => bytes);
  }

  /** What of the client's bytes exists only where it asks a forward proxy. */
  proxyBytes(authority: string): number {
    const asked = joined(this.steps, 'client', ({ toProxy }) => toProxy.replaceAll(ORIGIN, authority));
    return asked.length - this.bytes('client').length;
  }

  [fc.toStringMethod](): string {
    const spoken = this.steps.map(({ from, toProxy, isEarly }) => {
      return `${from}${isEarly ? ', early' : ''}: ${quoted(toProxy)}`;
    });
    return ['', ...spoken, `the ${this.endsFirst} ends`, ...storyOf(this.exchanges), ''].join('\n  ');
  }
}

export function newMessage(from: Side, kind: RowKind, name: string, start: number): StoryMessage {
  return { from, kind, name, start, weight: noWeight(), bytes: '', content: '', complete: true };
}

function joined(steps: readonly Step[], side: Side, text: (step: Step) => string): string {
  return steps
    .filter(({ from }) => from === side)
    .map(text)
    .join('');
}
