import { expect } from 'vitest';
import type { Conversation, WireEvent } from '../decoders/wire-event.ts';
import type { Bytes, Side } from '../tap.ts';
import type { Said } from './conversations.ts';
import { cutAt } from './cuts.ts';

/** Text under way: of a body, of raw TCP, of a message that comes in parts. */
type Open = Map<string, { text: string; length: number }>;

/**
 * What a conversation tells, a line for each thing, wherever the network cut its bytes; and the books that go with it:
 * the bytes told of each side.
 */
export class WireStory {
  readonly told: string[] = [];
  readonly counted = { client: 0, server: 0 };
  readonly pushed = { client: 0, server: 0 };
  readonly #conversation: Conversation;
  readonly #open: Open = new Map();

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  /** Plays the conversation, each side's bytes cut at these places, and the ends of both sides. */
  play(said: readonly Said[], places: readonly number[] = []): this {
    for (const { from, bytes } of said) {
      for (const piece of cutAt(bytes, places)) this.push(from, piece);
    }
    this.end('client');
    this.end('server');
    return this;
  }

  /** Pushes a copy of the bytes, sees that they stay as they are, and then spoils them: the loan is over. */
  push(from: Side, bytes: Bytes): void {
    const lent = Buffer.from(bytes);
    this.pushed[from] += bytes.length;
    this.#tell(this.#conversation.push(from, lent));
    expect(lent.equals(bytes)).toBe(true);
    lent.fill('?');
  }

  /** Tells of a hole. */
  lose(from: Side, length: number): void {
    this.pushed[from] += length;
    this.#tell(this.#conversation.lose(from, length));
  }

  end(from: Side, isCutOff = false): void {
    this.#tell(this.#conversation.end(from, isCutOff));
    for (const [key, { text, length }] of this.#open) {
      if (key.startsWith(`${from} chunk`)) this.#line(`${key} ${JSON.stringify(text)}`);
      if (key.startsWith(`${from} undecoded`)) this.#line(`${key} ${length}`);
    }
    for (const key of [...this.#open.keys()]) if (key.startsWith(from)) this.#open.delete(key);
  }

  #tell(events: readonly WireEvent[]): void {
    for (const event of events) {
      this.#count(event);
      this.#tellOne(event);
    }
  }

  #line(line: string): void {
    this.told.push(line);
  }

  #tellOne(event: WireEvent): void {
    switch (event.type) {
      case 'exchange':
        return this.#line(`#${event.exchange} ${event.protocol}`);
      case 'exchange-closed':
        return this.#line(`#${event.exchange} closed`);
      case 'request':
        return this.#line(`client #${event.exchange} ${event.head.method} ${event.head.target}`);
      case 'response':
        return this.#line(`server #${event.exchange} ${event.head.status}`);
      case 'body':
      case 'message-part':
        return this.#join(`${event.from} #${event.exchange}`, event.bytes);
      case 'missing':
        return this.#missing(event);
      case 'body-end': {
        const text = this.#take(`${event.from} #${event.exchange}`);
        const cut = event.complete ? '' : ' cut off';
        if (text !== '' || cut)
          this.#line(`${event.from} #${event.exchange} body ${JSON.stringify(text)}${cut}`);
        return;
      }
      case 'message':
        return this.#message(event);
      case 'undecoded':
        return this.#join(`${event.from} undecoded #${event.exchange}`, new Uint8Array(event.length));
      case 'fault':
        return this.#line(`${event.from} #${event.exchange} fault ${event.rule}`);
    }
  }

  #missing({ from, exchange, kind, length }: WireEvent & { type: 'missing' }): void {
    const key = kind === 'chunk' ? `${from} chunk #${exchange}` : `${from} #${exchange}`;
    this.#join(key, Buffer.alloc(length, '?'));
  }

  #message(event: WireEvent & { type: 'message' }): void {
    const { from, exchange, kind, name, bytes, content, complete } = event;
    if (kind === 'chunk') return this.#join(`${from} chunk #${exchange}`, bytes);
    const isData = kind === 'text' || kind === 'binary';
    if (isData) this.#join(`${from} #${exchange}`, bytes);
    const carried = isData ? this.#take(`${from} #${exchange}`) : latin1(bytes);
    const text = JSON.stringify(content ? latin1(content) : carried);
    this.#line(
      `${from} #${exchange} ${[kind, name, text].filter(Boolean).join(' ')}${complete ? '' : ' cut off'}`,
    );
  }

  #join(key: string, bytes: Bytes): void {
    const open = this.#open.get(key) ?? { text: '', length: 0 };
    open.text += latin1(bytes);
    open.length += bytes.length;
    this.#open.set(key, open);
  }

  #take(key: string): string {
    const text = this.#open.get(key)?.text ?? '';
    this.#open.delete(key);
    return text;
  }

  #count(event: WireEvent): void {
    if (event.type === 'request') this.counted.client += event.length;
    else if (event.type === 'response') this.counted.server += event.length;
    else if ('from' in event) this.counted[event.from] += lengthOf(event);
  }
}

/** Bytes that an event of one side stands for. */
function lengthOf(event: Extract<WireEvent, { readonly from: Side }>): number {
  switch (event.type) {
    case 'body':
    case 'message-part':
      return event.framing + event.bytes.length;
    case 'body-end':
      return event.framing + event.head + event.payload;
    case 'message':
      return event.framing + event.control + event.payload;
    case 'undecoded':
    case 'missing':
      return event.length;
    case 'fault':
      return 0;
  }
}

function latin1(bytes: Bytes): string {
  return Buffer.from(bytes).toString('latin1');
}
