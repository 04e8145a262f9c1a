import { contentSlices } from '../../session/content-slices.ts';
import type { MessageRow } from '../../session/message-table.ts';
import type { Session } from '../../session/session.ts';

/** Bytes up to which a payload is read at once. */
const SMALL = 64 << 10;

/** What is searched for: letters in any case. */
export class Needle {
  readonly #text: string;
  /** Then Latin-1 finds it, in which a byte is a letter and nothing can be cut. */
  readonly #isAscii: boolean;

  constructor(text: string) {
    this.#text = folded(text);
    this.#isAscii = /^[\0-\x7f]*$/.test(this.#text);
  }

  isIn(text: string): boolean {
    return folded(text).includes(this.#text);
  }

  /**
   * Whether it is anywhere in a message's content, all of which is looked at, however long: 3 us for one of 200 bytes, 3 ms for each
   * MiB of a long one, and 9 where what is searched for is not ASCII.
   */
  isInMessage(session: Session, number: number, row: MessageRow): boolean {
    const isShort =
      row.complete && row.contentLength === 0 && row.bytesLength >= 0 && row.bytesLength <= SMALL;
    if (isShort && row.kind !== 'request' && row.kind !== 'response') {
      if (row.bytesLength < this.#text.length && this.#isAscii) return false;
      const content = session.messages.bytes(number);
      return content !== undefined && this.isIn(content.toString(this.#isAscii ? 'latin1' : 'utf8'));
    }
    return this.#isInSlices(contentSlices(session, number));
  }

  #isInSlices(slices: Iterable<Readonly<Uint8Array>>): boolean {
    const decoder = new TextDecoder();
    const overlap = this.#text.length - 1;
    let before = '';
    for (const slice of slices) {
      const part = this.#isAscii ? latin1(slice) : decoder.decode(slice, { stream: true });
      const text = before + folded(part);
      if (text.includes(this.#text)) return true;
      before = overlap === 0 ? '' : text.slice(-overlap);
    }
    return false;
  }
}

function latin1({ buffer, byteOffset, length }: Readonly<Uint8Array>): string {
  return Buffer.from(buffer, byteOffset, length).toString('latin1');
}

/** In lower case, as each of its letters is alone: the sigma at the end of a word is like those before it. */
function folded(text: string): string {
  const lower = text.toLowerCase();
  return lower.includes('ς') ? lower.replaceAll('ς', 'σ') : lower;
}
