import type { Bytes } from '../tap.ts';

/** What a segment takes besides its bytes, about. */
const ENTRY = 128;

/** Bytes that all streams of a capture may hold together. */
export const MOST_HELD = 64 << 20;

/** Memory that all streams of a capture hold together, in bytes. Mutable. */
export interface HeldMemory {
  held: number;
}

/** Bytes of a stream that came before those in front of them. */
interface WaitingSegment {
  /** Place in the stream. */
  readonly position: number;
  /** What the capture has of it: ours. */
  readonly bytes: Bytes;
  readonly length: number;
}

/** Segments that wait for a gap to be filled: in order, none over another. Of bytes that come twice the first stay. */
export class WaitingSegments {
  readonly #memory: HeldMemory;
  #segments: WaitingSegment[] = [];
  #length = 0;

  constructor(memory: HeldMemory) {
    this.#memory = memory;
  }

  /** Segments. */
  get count(): number {
    return this.#segments.length;
  }

  /** Bytes on the wire. */
  get length(): number {
    return this.#length;
  }

  /** Where the first one is; beyond everything where there is none. */
  get first(): number {
    return this.#segments[0]?.position ?? Number.POSITIVE_INFINITY;
  }

  /** Where the last one ends; 0 where there is none. */
  get end(): number {
    const last = this.#segments.at(-1);
    return last ? last.position + last.length : 0;
  }

  /** Copies what of these bytes is not there yet; gives how many on the wire those are. */
  add(position: number, bytes: Bytes, length: number): number {
    const before = this.#length;
    const end = position + length;
    let index = this.#firstBehind(position);
    for (let start = position; start < end; index++) {
      const next = this.#segments[index];
      const stop = Math.min(end, next?.position ?? end);
      if (stop > start)
        this.#insert(index++, start, bytes.subarray(start - position, stop - position), stop - start);
      start = next ? Math.max(stop, next.position + next.length) : end;
    }
    return this.#length - before;
  }

  /** Bytes on the wire that are there in this place. */
  covered(position: number, length: number): number {
    let covered = 0;
    for (let index = this.#firstBehind(position); index < this.#segments.length; index++) {
      const segment = this.#segments[index]!;
      if (segment.position >= position + length) break;
      const end = Math.min(position + length, segment.position + segment.length);
      covered += end - Math.max(position, segment.position);
    }
    return covered;
  }

  /** Removes and returns the first one. */
  shift(): WaitingSegment | undefined {
    const first = this.#segments.shift();
    if (first) this.#account(first, -1);
    return first;
  }

  clear(): void {
    while (this.shift()) {
      // one after the other, as memory is accounted for
    }
  }

  /** The first segment that ends behind `position`; what comes out of order mostly belongs at the end. */
  #firstBehind(position: number): number {
    let index = this.#segments.length;
    while (index > 0) {
      const { position: start, length } = this.#segments[index - 1]!;
      if (start + length <= position) break;
      index--;
    }
    return index;
  }

  #insert(index: number, position: number, bytes: Bytes, length: number): void {
    const segment = { position, bytes: new Uint8Array(bytes), length };
    this.#segments.splice(index, 0, segment);
    this.#account(segment, 1);
  }

  #account({ bytes, length }: WaitingSegment, sign: 1 | -1): void {
    this.#length += sign * length;
    this.#memory.held += sign * (bytes.length + ENTRY);
  }
}
