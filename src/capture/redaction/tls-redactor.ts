import type { Bytes, Side } from '../../tap.ts';
import type { Beginning, Redacting, RedactingLayer } from './redacting-layer.ts';
import { replacedText } from './replaced-text.ts';

const HEADER = 5;
/** Content types (RFC 8446 section 5.1). */
const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
/** Bytes of a record (RFC 8446 section 5.2; TLS 1.2 allows more than 1.3). */
const LONGEST = 16_384 + 2_048;

/**
 * TLS that was not opened: record headers stay, and the handshake as far as it is in the clear. What is encrypted is replaced, for
 * whoever has the keys.
 */
export class TlsRedactor implements RedactingLayer {
  readonly #redacting: Redacting;
  readonly #directions: Readonly<Record<Side, Records>>;

  constructor(redacting: Redacting, beginning: Beginning) {
    this.#redacting = redacting;
    this.#directions = { client: new Records(beginning.client), server: new Records(beginning.server) };
  }

  push(from: Side, bytes: Bytes): void {
    const { held } = this.#redacting;
    const records = this.#directions[from];
    let at = 0;
    while (at < bytes.length) {
      const { length, isKept } = records.next(bytes, at);
      const place = records.place;
      if (!isKept) held.overwrite(from, place, replacedText(place, length));
      records.place += length;
      at += length;
    }
    held.settle(from, records.place);
  }

  lose(from: Side, length: number): void {
    const records = this.#directions[from];
    records.lose();
    records.place += length;
    this.#redacting.held.settle(from, records.place);
  }

  end(): void {}
}

/** The records of one side. */
class Records {
  /** Where the next byte is. */
  place: number;
  #state: 'clear' | 'encrypted' | 'lost' = 'clear';
  readonly #header: number[] = [];
  #left = 0;
  #isKept = false;

  constructor(place: number) {
    this.place = place;
  }

  lose(): void {
    this.#state = 'lost';
  }

  /** How many bytes from `at` on belong together, and whether they stay. */
  next(bytes: Bytes, at: number): { readonly length: number; readonly isKept: boolean } {
    const waiting = bytes.length - at;
    if (this.#state === 'lost') return { length: waiting, isKept: false };
    if (this.#left === 0) return { length: 1, isKept: this.#headerByte(bytes[at]!) };
    const length = Math.min(this.#left, waiting);
    this.#left -= length;
    return { length, isKept: this.#isKept };
  }

  /** Whether the byte is one that a header can have at its place. */
  #headerByte(byte: number): boolean {
    const index = this.#header.push(byte) - 1;
    const [type = 0, , , high = 0, low = 0] = this.#header;
    const isPossible =
      index === 0 ? byte >= CHANGE_CIPHER_SPEC && byte <= APPLICATION_DATA : index !== 1 || byte === 3;
    if (!isPossible || high * 256 + low > LONGEST) {
      this.#state = 'lost';
      return false;
    }
    if (index === HEADER - 1) this.#begin(type, high * 256 + low);
    return true;
  }

  #begin(type: number, length: number): void {
    this.#header.length = 0;
    this.#left = length;
    this.#isKept = type === CHANGE_CIPHER_SPEC || type === ALERT ? length <= 2 : this.#isClear(type);
    if (type === CHANGE_CIPHER_SPEC || type === APPLICATION_DATA) this.#state = 'encrypted';
  }

  #isClear(type: number): boolean {
    return type === HANDSHAKE && this.#state === 'clear';
  }
}
