import { expect } from 'vitest';
import type { Decoder } from '../decoders/decoder.ts';
import type { RequestHead, ResponseHead } from '../decoders/http1/head.ts';
import type { Http1Event } from '../decoders/http1/message-decoder.ts';
import type { Bytes } from '../tap.ts';

type Event = Http1Event<RequestHead> | Http1Event<ResponseHead>;

/** One byte for each character. */
export function wire(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** What `decoder` tells of the bytes, pushed in these pieces, and of their end. */
export function storyOf(decoder: Decoder<Event>, pieces: readonly Bytes[]): Http1Story {
  const story = new Http1Story();
  for (const piece of pieces) story.push(decoder, piece);
  story.tell(decoder.end());
  return story;
}

/**
 * What a decoder of one direction tells, a line for each thing: slices that the network cut are joined, faults come
 * last. It checks the books on the way: every byte in one place, in order.
 */
export class Http1Story {
  readonly #lines: string[] = [];
  readonly #faults: string[] = [];
  #open: { readonly type: string; length: number; text: string } | undefined;
  /** Bytes told so far. */
  used = 0;

  get told(): string[] {
    this.#close();
    return [...this.#lines, ...this.#faults];
  }

  /** Pushes a copy of the bytes, sees that they stay as they are, and then spoils them: the loan is over. */
  push(decoder: Decoder<Event>, bytes: Bytes): void {
    const lent = Buffer.from(bytes);
    this.tell(decoder.push(lent));
    expect(lent.equals(bytes)).toBe(true);
    lent.fill('?');
  }

  tell(events: readonly Event[]): void {
    for (const event of events) {
      if (event.type === 'fault') this.#faults.push(`fault ${event.rule} at ${event.start}: ${event.detail}`);
      else this.#tellPlace(event);
    }
  }

  #tellPlace(event: Exclude<Event, { type: 'fault' }>): void {
    expect(event.start).toBe(this.used);
    if (event.type === 'end') this.#line(event.complete ? 'end' : 'end, incomplete');
    else {
      this.used += event.length;
      if (event.type === 'head')
        this.#line(`head ${event.length} ${startLine(event.head)}, ${framing(event)}`);
      else if (event.type === 'trailers') this.#line(`trailers ${event.length} ${names(event.fields)}`);
      else if (event.type === 'body') this.#tellBody(event);
      else this.#join(event.type, event.length, '');
    }
  }

  #tellBody({ framing, lent, from, to }: Event & { readonly type: 'body' }): void {
    if (framing > 0) this.#join('framing', framing, '');
    this.#join('body', to - from, Buffer.from(lent.view(from, to)).toString('latin1'));
  }

  #join(type: string, length: number, text: string): void {
    if (this.#open?.type !== type) {
      this.#close();
      this.#open = { type, length: 0, text: '' };
    }
    this.#open.length += length;
    this.#open.text += text;
  }

  #line(line: string): void {
    this.#close();
    this.#lines.push(line);
  }

  #close(): void {
    if (!this.#open) return;
    const { type, length, text } = this.#open;
    this.#lines.push(type === 'body' ? `body ${JSON.stringify(text)}` : `${type} ${length}`);
    this.#open = undefined;
  }
}

function startLine(head: RequestHead | ResponseHead): string {
  return 'method' in head ? `${head.method} ${head.target}` : `${head.status}`;
}

function framing({ framing: body }: Event & { readonly type: 'head' }): string {
  return body.type === 'length' ? `length ${body.length}` : body.type;
}

function names(fields: readonly { readonly name: string }[]): string {
  return fields.map((field) => field.name).join(' ');
}
