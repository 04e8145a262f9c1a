import type { Bytes, Side, TapEvent, TapSink } from '../../tap.ts';
import type { Edit } from './edit.ts';
import { replacedText } from './replaced-text.ts';

/** How bytes of a WebSocket's payload are masked (RFC 6455 section 5.3). */
export interface Mask {
  readonly key: number;
  /** Where in the payload of its frame the first of them is. */
  readonly position: number;
}

/** An event of one direction. */
type SideEvent = Extract<TapEvent, { readonly type: 'bytes' | 'lost' | 'ended' }>;

/** An event that waits until all of its bytes are decided on. */
interface Held {
  readonly event: SideEvent;
  /** How many events of the connection came before it. */
  readonly number: number;
  /** Its place in the direction. */
  readonly start: number;
  readonly end: number;
  /** The bytes as they are to be handed on, where they differ or where their loan has ended. */
  own: Buffer | undefined;
}

/** Puts words into `bytes`, which are at `place` of their direction. */
type PutWords = (bytes: Buffer, place: number) => void;

function putWords(bytes: Buffer, place: number): void {
  bytes.set(replacedText(place, bytes.length));
}

/** Bytes that one direction may hold up of the other. */
const MOST_HELD = 2 << 20;

/**
 * One connection's events on their way: each is held until `settle` says that its bytes are decided on, and those before it are
 * gone. Times, lengths and the order stay what they were.
 */
export class HeldEvents {
  readonly #sink: TapSink;
  readonly #queues: Readonly<Record<Side, HeldQueue>> = { client: new HeldQueue(), server: new HeldQueue() };
  readonly #settled = { client: 0, server: 0 };
  #count = 0;
  #length = 0;
  /** Each direction goes its own way, until nothing holds up the other. */
  #isApart = false;
  /** Bytes of each direction so far, lost ones included. */
  readonly pushed = { client: 0, server: 0 };

  constructor(sink: TapSink) {
    this.#sink = sink;
  }

  add(event: SideEvent): void {
    const { from } = event;
    const start = this.pushed[from];
    const length = event.type === 'bytes' ? event.bytes.length : event.type === 'lost' ? event.length : 0;
    if (event.type === 'bytes') this.#length += length;
    this.pushed[from] = start + length;
    this.#queues[from].add({ event, number: this.#count++, start, end: start + length, own: undefined });
  }

  /** All bytes of a direction before `place` are decided on. */
  settle(from: Side, place: number): void {
    if (place > this.#settled[from]) this.#settled[from] = place;
  }

  /** Where the bytes of a direction begin that are not decided on. */
  settled(from: Side): number {
    return this.#settled[from];
  }

  /** Changes bytes behind `place`. */
  edit(from: Side, place: number, edits: readonly Edit[], mask?: Mask): void {
    for (const { from: start, to, byte } of edits) {
      const shifted = mask && { key: mask.key, position: mask.position + start };
      this.overwrite(from, place + start, new Uint8Array(to - start).fill(byte), shifted);
    }
  }

  /** Puts `bytes` in the place of those there. */
  overwrite(from: Side, place: number, bytes: Bytes, mask?: Mask): void {
    for (const held of this.#queues[from].between(place, place + bytes.length)) {
      const own = ownBytes(held);
      if (!own) continue;
      const start = Math.max(place, held.start);
      const part = bytes.subarray(start - place, held.end - place);
      own.set(part, start - held.start);
      if (mask) maskBytes(own, start - held.start, part.length, mask, start - place);
    }
  }

  /** Puts words that say so in the place of what is there from `start` to `end`. A hole, which may have any length, stays one. */
  replace(from: Side, start: number, end: number, words: PutWords = putWords): void {
    for (const held of this.#queues[from].between(start, end)) {
      const own = ownBytes(held);
      if (!own) continue;
      const place = Math.max(start, held.start);
      words(own.subarray(place - held.start, end - held.start), place);
    }
  }

  /** What is held from `start` to `end`, with zeros for what is lost. */
  copy(side: Side, start: number, end: number): Buffer {
    const parts: Bytes[] = [];
    for (const held of this.#queues[side].between(start, end)) {
      const { event, own, start: place } = held;
      const bytes = event.type === 'bytes' ? (own ?? event.bytes) : undefined;
      const from = Math.max(0, start - place);
      parts.push(bytes?.subarray(from, end - place) ?? Buffer.alloc(Math.min(held.end, end) - place - from));
    }
    return Buffer.concat(parts);
  }

  /** Hands on what is decided on, and keeps the rest: the loan of its bytes ends. */
  release(): void {
    for (let next = this.#next(); next; next = this.#next()) this.#emit(next);
    keepLast(this.#queues.client);
    keepLast(this.#queues.server);
  }

  /** What is to be handed on now. */
  #next(): Held | undefined {
    const client = this.#queues.client.first;
    const server = this.#queues.server.first;
    const isClientFirst = client && !(server && server.number < client.number);
    const first = isClientFirst ? client : server;
    if (first && this.#isFree(first)) return first;
    this.#isApart = first !== undefined && (this.#isApart || this.#length > MOST_HELD);
    const second = isClientFirst ? server : client;
    return this.#isApart && second && this.#isFree(second) ? second : undefined;
  }

  #isFree({ event, end }: Held): boolean {
    return end <= this.#settled[event.from];
  }

  #emit({ event, own }: Held): void {
    this.#queues[event.from].removeFirst();
    if (event.type === 'bytes') this.#length -= event.bytes.length;
    this.#sink(own && event.type === 'bytes' ? { ...event, bytes: own } : event);
  }
}

/** The events of one direction. */
class HeldQueue {
  #items: Held[] = [];
  #head = 0;

  get first(): Held | undefined {
    return this.#items[this.#head];
  }

  get last(): Held | undefined {
    return this.#items[this.#items.length - 1];
  }

  add(held: Held): void {
    this.#items.push(held);
  }

  removeFirst(): void {
    this.#head++;
    if (this.#head === this.#items.length) this.#items.length = 0;
    else if (this.#head < MOST_GONE) return;
    else this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }

  /** Those that have bytes from `start` to `end`. */
  *between(start: number, end: number): Generator<Held> {
    for (let index = this.#firstBehind(start); index < this.#items.length; index++) {
      const held = this.#items[index]!;
      if (held.start >= end) return;
      yield held;
    }
  }

  #firstBehind(place: number): number {
    let low = this.#head;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#items[middle]!.end > place) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** Removed ones that stay in the list, so that not each of many removals moves the rest. */
const MOST_GONE = 1_024;

/** Only the last bytes can be borrowed still. */
function keepLast({ last }: HeldQueue): void {
  if (last) ownBytes(last);
}

/** The bytes as ours to change; undefined where there are none. */
function ownBytes(held: Held): Buffer | undefined {
  if (held.event.type !== 'bytes') return undefined;
  held.own ??= Buffer.from(held.event.bytes);
  return held.own;
}

/** Masks `length` bytes at `at`, the first of which is `offset` behind the place of the mask. */
function maskBytes(bytes: Buffer, at: number, length: number, mask: Mask, offset: number): void {
  const first = mask.position + offset;
  for (let index = 0; index < length; index++) {
    bytes[at + index] = bytes[at + index]! ^ (mask.key >>> (((first + index) & 3) * 8));
  }
}
