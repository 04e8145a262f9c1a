import { ByteQueue } from '../decoders/byte-queue.ts';
import type { Fault } from '../decoders/decoder.ts';
import type { BodyFraming } from '../decoders/http1/body-framing.ts';
import { ChunkedReader, type ChunkedSink } from '../decoders/http1/chunked.ts';
import { HTTP1_LIMITS } from '../decoders/http1/limits.ts';

/** Finds where a body ends in the bytes that follow its head, and looks at them no more than that takes. */
export interface BodyEnd {
  /** How many of these bytes are the body's. Fewer than all: the body is over, and the rest is another message's. */
  take(bytes: Buffer): number;
  readonly done: boolean;
  /** The end cannot be found: all further bytes are the body's. */
  readonly lost: boolean;
  /** The first rule that the body broke, and with which two recipients may see different ends. */
  readonly fault: Fault | undefined;
}

const NO_BODY: BodyEnd = { take: () => 0, done: true, lost: false, fault: undefined };
const ENDLESS: BodyEnd = { take: (bytes) => bytes.length, done: false, lost: false, fault: undefined };

export function bodyEnd(framing: BodyFraming): BodyEnd {
  switch (framing.type) {
    case 'none':
      return NO_BODY;
    case 'length':
      return framing.length === 0 ? NO_BODY : new LengthEnd(framing.length);
    case 'chunked':
      return new ChunkedEnd();
    case 'until-close':
    case 'tunnel':
    case 'unknown':
      return ENDLESS;
  }
}

class LengthEnd implements BodyEnd {
  readonly lost = false;
  readonly fault = undefined;
  #left: number;

  constructor(length: number) {
    this.#left = length;
  }

  get done(): boolean {
    return this.#left === 0;
  }

  take(bytes: Buffer): number {
    const taken = Math.min(bytes.length, this.#left);
    this.#left -= taken;
    return taken;
  }
}

class ChunkedEnd implements BodyEnd {
  readonly #reader = new ChunkedReader(HTTP1_LIMITS);
  readonly #waiting = new ByteQueue();
  readonly #faults = new FirstFault();
  done = false;
  lost = false;

  get fault(): Fault | undefined {
    return this.#faults.first;
  }

  take(bytes: Buffer): number {
    if (this.lost) return bytes.length;
    this.#waiting.add(bytes);
    const outcome = this.#reader.read(this.#waiting, 0, this.#faults);
    this.done = outcome === 'ended';
    this.lost = outcome === 'lost';
    if (this.done) return bytes.length - this.#waiting.length;
    this.#waiting.keep(); // the loan of `bytes` ends here
    return bytes.length;
  }
}

/** Of all that a chunked body consists of, only what is wrong with it first. */
class FirstFault implements ChunkedSink {
  first: Fault | undefined;

  body(): void {}
  framing(): void {}
  trailers(): void {}

  fault(start: number, rule: string, detail: string): void {
    this.first ??= { type: 'fault', start, rule, detail };
  }
}
