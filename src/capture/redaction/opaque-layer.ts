import type { Bytes, Side } from '../../tap.ts';
import type { Beginning, Redacting, RedactingLayer } from './redacting-layer.ts';
import { replacedText } from './replaced-text.ts';

/** What nobody reads here is replaced whole. */
export class OpaqueLayer implements RedactingLayer {
  readonly #redacting: Redacting;
  readonly #start: number;
  readonly #place: Record<Side, number>;
  /** What clients may begin with: no secret, and what the protocol is known by. */
  readonly #preface: Buffer;

  constructor(redacting: Redacting, beginning: Beginning, preface = '') {
    this.#redacting = redacting;
    this.#start = beginning.client;
    this.#place = { ...beginning };
    this.#preface = Buffer.from(preface);
  }

  push(from: Side, bytes: Bytes): void {
    const { held } = this.#redacting;
    const place = this.#place[from];
    const kept = from === 'client' ? this.#ofPreface(bytes, place - this.#start) : 0;
    held.overwrite(from, place + kept, replacedText(place + kept, bytes.length - kept));
    this.lose(from, bytes.length);
  }

  lose(from: Side, length: number): void {
    this.#place[from] += length;
    this.#redacting.held.settle(from, this.#place[from]);
  }

  end(): void {}

  #ofPreface(bytes: Bytes, start: number): number {
    let kept = 0;
    while (kept < bytes.length && bytes[kept] === this.#preface[start + kept]) kept++;
    return kept;
  }
}
