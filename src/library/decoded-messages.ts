import type { ExchangeProtocol, WireEvent } from '../decoders/wire-event.ts';
import { emptyWeight } from '../session/ledger.ts';
import type { Bytes, Side } from '../tap.ts';
import type { Fault } from './fault.ts';
import { type Message, SourcedMessage } from './message.ts';
import { type Weight, weightOf } from './weight.ts';

/** What the bytes of one direction came to. */
export interface DecodedMessages {
  readonly messages: readonly Message[];
  readonly faults: readonly Fault[];
  /** All the bytes by class. */
  readonly weight: Weight;
}

/** What of a message came before the event that completes it. */
interface Begun {
  framing: number;
  readonly pieces: Bytes[];
}

/** Puts together what a decoder tells of one direction. */
export class MessageCollector {
  readonly #protocol: ExchangeProtocol;
  readonly #from: Side;
  readonly #messages: Message[] = [];
  readonly #faults: Fault[] = [];
  readonly #weight = emptyWeight();
  #begun: Begun = { framing: 0, pieces: [] };

  constructor(protocol: ExchangeProtocol, from: Side) {
    this.#protocol = protocol;
    this.#from = from;
  }

  add(events: readonly WireEvent[]): void {
    for (const event of events) this.#add(event);
  }

  result(): DecodedMessages {
    return { messages: this.#messages, faults: this.#faults, weight: weightOf(this.#weight) };
  }

  #add(event: WireEvent): void {
    switch (event.type) {
      case 'message':
        return this.#addMessage(event);
      case 'message-part':
        this.#begun.framing += event.framing;
        this.#begun.pieces.push(Uint8Array.from(event.bytes));
        this.#weigh(event.framing, 0, event.bytes.length);
        return;
      case 'body': // of an event stream that could not be decompressed
        return this.#weigh(event.framing, 0, event.bytes.length);
      case 'body-end':
        return this.#weigh(event.framing, 0, event.payload);
      case 'undecoded':
        this.#weight.undecoded += event.length;
        return;
      case 'fault':
        this.#addFault(event);
    }
  }

  #addMessage(event: WireEvent & { type: 'message' }): void {
    const { kind, name, id = '', complete, control, content } = event;
    this.#weigh(event.framing, control, event.payload);
    const { framing, pieces } = this.#takeBegun(kind === 'text' || kind === 'binary');
    const before = pieces.reduce((sum, { length }) => sum + length, 0);
    const weight = {
      ...emptyWeight(),
      framing: framing + event.framing,
      control,
      payload: before + event.payload,
    };
    const bytes = Buffer.concat([...pieces, event.bytes] as Uint8Array[]);
    const facts = {
      number: this.#messages.length + 1,
      ...{ connection: 1, exchange: 1, protocol: this.#protocol, from: this.#from },
      ...{ kind, name, id, at: 0, complete, missing: 0, weight: weightOf(weight) },
    };
    const source = {
      bytes: () => new Uint8Array(bytes),
      content: () => new Uint8Array((content ?? bytes) as Uint8Array),
    };
    this.#messages.push(new SourcedMessage(facts, source));
  }

  /** Control frames may come between the fragments of a message (RFC 6455 section 5.4). */
  #takeBegun(isData: boolean): Begun {
    const begun = this.#begun;
    const none = { framing: 0, pieces: [] };
    if (isData) this.#begun = none;
    return isData ? begun : none;
  }

  #addFault({ start, rule, detail }: WireEvent & { type: 'fault' }): void {
    this.#faults.push({ connection: 1, exchange: 1, from: this.#from, at: 0, start, rule, detail });
  }

  #weigh(framing: number, control: number, payload: number): void {
    this.#weight.framing += framing;
    this.#weight.control += control;
    this.#weight.payload += payload;
  }
}
