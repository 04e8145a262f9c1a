import type { Bytes } from '../../tap.ts';
import type { FrameSlice } from './frame-decoder.ts';

const NONE: Bytes = new Uint8Array();

/** Slices of one message that no event has told of yet. They lie side by side, and live as long as their chunk. */
export class UntoldSlices {
  /** Where the first one begins. */
  start = 0;
  /** Bytes of frame headers. */
  framing = 0;
  readonly #payloads: Bytes[] = [];

  /** Whether there is anything to tell. */
  get any(): boolean {
    return this.framing > 0 || this.#payloads.length > 0;
  }

  add({ start, headerLength, bytes }: FrameSlice): void {
    if (!this.any) this.start = start;
    this.framing += headerLength;
    if (bytes.length > 0) this.#payloads.push(bytes);
  }

  /** Their payload, joined; with that they are told. */
  take(): Bytes {
    const payloads = this.#payloads;
    const bytes = payloads.length > 1 ? Buffer.concat(payloads) : (payloads[0] ?? NONE);
    this.framing = 0;
    payloads.length = 0;
    return bytes;
  }
}
