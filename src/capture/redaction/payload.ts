import type { Bytes, Side } from '../../tap.ts';
import type { Edit } from './edit.ts';
import { EventStreamScanner } from './event-stream-scanner.ts';
import type { HeldEvents, Mask } from './held-events.ts';
import { OwnCompression } from './own-compression.ts';
import type { RedactedNames } from './redacted-names.ts';
import { replacedText } from './replaced-text.ts';
import type { Replacement } from './replacement.ts';
import { TextScanner } from './text-scanner.ts';

/** Where a payload is: whose it is, and on which connection. */
export interface PayloadPlace {
  readonly held: HeldEvents;
  readonly from: Side;
}

/** A body or a message, redacted as it comes. */
export interface Payload {
  /** Its next bytes, which are at `start`; without their mask, where they have one. */
  take(start: number, bytes: Bytes, mask?: Mask): void;
  /** So many bytes of it are missing there. */
  lose(start: number, length: number): void;
  end(): void;
  /** Where the first byte is that is not decided on; undefined where all are. */
  readonly undecided: number | undefined;
}

/** What is to be read: the values of secrets alone are replaced, or all of it once it turns out to be compressed. */
export class ReadPayload implements Payload {
  readonly #place: PayloadPlace;
  readonly #scanner: TextScanner | EventStreamScanner;
  readonly #compression: OwnCompression;
  #length = 0;
  readonly undecided = undefined;

  /** `compression` knows of what came before, where payloads belong together. */
  constructor(
    place: PayloadPlace,
    scanner: TextScanner | EventStreamScanner,
    compression = new OwnCompression(),
  ) {
    this.#place = place;
    this.#scanner = scanner;
    this.#compression = compression;
  }

  take(start: number, bytes: Bytes, mask?: Mask): void {
    const { held, from } = this.#place;
    const edits: Edit[] = [];
    const read = this.#compression.begin(bytes, this.#length);
    this.#scanner.scan(bytes.subarray(0, read), edits);
    if (edits.length > 0) held.edit(from, start, edits, mask);
    if (read < bytes.length) {
      const rest = replacedText(this.#length + read, bytes.length - read);
      held.overwrite(from, start + read, rest, behind(mask, read));
    }
    this.#length += bytes.length;
  }

  lose(_start: number, length: number): void {
    this.#length += length;
  }

  end(): void {}
}

/** What cannot be read: it is replaced whole. */
export class UnreadPayload implements Payload {
  readonly #place: PayloadPlace;
  #length = 0;
  readonly undecided = undefined;

  constructor(place: PayloadPlace) {
    this.#place = place;
  }

  take(start: number, bytes: Bytes, mask?: Mask): void {
    this.#place.held.overwrite(this.#place.from, start, replacedText(this.#length, bytes.length), mask);
    this.#length += bytes.length;
  }

  lose(_start: number, length: number): void {
    this.#length += length;
  }

  end(): void {}
}

interface Part {
  readonly start: number;
  readonly length: number;
  readonly mask: Mask | undefined;
}

/**
 * What is compressed: it is replaced whole by something of the same coding. The last bytes are written once it is known that they
 * are; of one that may go on for ever nothing is held back, and it has no end, as most such streams.
 */
export class CompressedPayload implements Payload {
  readonly #place: PayloadPlace;
  readonly #coding: Replacement;
  readonly #isEndless: boolean;
  #parts: Part[] = [];
  #waiting = 0;
  /** What follows a hole, behind which nobody can read what is compressed. */
  #rest: UnreadPayload | undefined;

  constructor(place: PayloadPlace, coding: Replacement, isEndless: boolean) {
    this.#place = place;
    this.#coding = coding;
    this.#isEndless = isEndless;
  }

  get undecided(): number | undefined {
    return this.#parts[0]?.start;
  }

  take(start: number, bytes: Bytes, mask?: Mask): void {
    if (this.#rest) this.#rest.take(start, bytes, mask);
    else this.#add({ start, length: bytes.length, mask });
  }

  lose(): void {
    if (this.#waiting > 0) this.#write(this.#coding.next(this.#waiting));
    this.#rest ??= new UnreadPayload(this.#place);
  }

  end(): void {
    if (!this.#isEndless && !this.#rest) this.#write(this.#coding.end(this.#waiting));
  }

  #add(part: Part): void {
    if (part.length === 0) return;
    this.#parts.push(part);
    this.#waiting += part.length;
    const ready = this.#isEndless ? this.#waiting : this.#coding.ready(this.#waiting);
    if (ready > 0) this.#write(this.#coding.next(ready));
  }

  #write(bytes: Buffer): void {
    const { held, from } = this.#place;
    this.#waiting -= bytes.length;
    let written = 0;
    let count = 0;
    for (const { start, length, mask } of this.#parts) {
      const part = bytes.subarray(written, written + length);
      held.overwrite(from, start, part, mask);
      written += part.length;
      if (part.length < length) {
        this.#parts[count] = {
          start: start + part.length,
          length: length - part.length,
          mask: behind(mask, part.length),
        };
        break;
      }
      count++;
    }
    this.#parts = this.#parts.slice(count);
  }
}

/** A payload that can be read. */
export function readPayload(place: PayloadPlace, names: RedactedNames, isEventStream = false): Payload {
  return new ReadPayload(place, isEventStream ? new EventStreamScanner(names) : new TextScanner(names));
}

function behind(mask: Mask | undefined, length: number): Mask | undefined {
  return mask && { key: mask.key, position: mask.position + length };
}
