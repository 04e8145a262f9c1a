import type { Bytes } from '../tap.ts';
import { type Begun, concatenated, MOST_KEPT, type Walk } from './unit-walk.ts';

/** What ends an event of an event stream: an empty line (HTML section 9.2.5). */
const ENDS = ['\n\n', '\n\r\n', '\r\r'];
const NOTHING: Bytes = new Uint8Array();

/** Keeps the event that goes on of an event stream which ends with its connection. */
export class EventTail implements Walk {
  #bytes: Bytes = NOTHING;
  #lost = 0;
  readonly isSure = true;
  readonly isOver = false;

  get begun(): Begun {
    return { bytes: this.#bytes, lost: this.#lost };
  }

  follow(bytes: Bytes): void {
    const all = concatenated([this.#bytes, bytes]);
    const end = lastEnd(all);
    if (end === undefined && this.#lost > 0) this.#lost += bytes.length;
    else this.#keep(all.subarray(end ?? 0));
  }

  lose(length: number): void {
    this.#lost += this.#bytes.length + length;
    this.#bytes = NOTHING;
  }

  #keep(bytes: Bytes): void {
    const isLong = bytes.length > MOST_KEPT;
    this.#bytes = isLong ? NOTHING : bytes;
    this.#lost = isLong ? bytes.length : 0;
  }
}

/** Where what follows the last event begins; undefined where none ends. */
function lastEnd(bytes: Bytes): number | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const ends = ENDS.map((end) => buffer.lastIndexOf(end) + end.length).filter(
    (end, index) => end >= ENDS[index]!.length,
  );
  return ends.length > 0 ? Math.max(...ends) : undefined;
}
