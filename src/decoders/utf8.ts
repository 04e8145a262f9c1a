import { isUtf8 } from 'node:buffer';
import type { Bytes } from '../tap.ts';

/**
 * Whether bytes that come in slices are UTF-8 (RFC 3629), told with the first slice that cannot be.
 * Between slices it keeps what the rest of a cut character must be, not the bytes.
 */
export class Utf8Validator {
  /** Continuation bytes that the character in progress still wants; the next one lies from `low` to `high`. */
  #wanted = 0;
  #low = 0x80;
  #high = 0xbf;

  /** Whether all bytes so far can begin a text. After a false, only `reset` makes sense. */
  push(bytes: Bytes): boolean {
    let from = 0;
    while (this.#wanted > 0 && from < bytes.length) {
      if (!this.#continue(bytes[from++]!)) return false;
    }
    const cut = startOfCutCharacter(bytes, from);
    // Native: 39 ns for 125 bytes, where a loop that looks for ASCII only takes 76, and 0.23 us for 16 KiB (13 us).
    return isUtf8(slice(bytes, from, cut)) && (cut === bytes.length || this.#begin(bytes, cut));
  }

  /** Whether the text may end here, which it may not inside a character. */
  end(): boolean {
    return this.#wanted === 0;
  }

  /** Begins a new text. */
  reset(): void {
    this.#wanted = 0;
  }

  /** Reads the beginning of a character, of which there is less than its lead byte announces. */
  #begin(bytes: Bytes, start: number): boolean {
    const lead = bytes[start]!;
    if (lead === 0xc0 || lead === 0xc1 || lead > 0xf4) return false;
    this.#wanted = characterLength(lead) - 1;
    // Shorter forms, surrogates and what lies above U+10FFFF are ruled out by the second byte (RFC 3629 section 4).
    this.#low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    this.#high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    for (let index = start + 1; index < bytes.length; index++) {
      if (!this.#continue(bytes[index]!)) return false;
    }
    return true;
  }

  #continue(byte: number): boolean {
    const fits = byte >= this.#low && byte <= this.#high;
    this.#wanted--;
    this.#low = 0x80;
    this.#high = 0xbf;
    return fits;
  }
}

/** Where, from `from` on, a character begins whose end is missing; the length of `bytes` if none does. */
function startOfCutCharacter(bytes: Bytes, from: number): number {
  const { length } = bytes;
  for (let start = length - 1; start >= from && start > length - 4; start--) {
    const byte = bytes[start]!;
    if (byte < 0x80) return length;
    if (byte >= 0xc0) return start + characterLength(byte) > length ? start : length;
  }
  return length;
}

function characterLength(lead: number): number {
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/** A view, made only where it is not the whole: it costs as much as the check of a short text. */
function slice(bytes: Bytes, from: number, to: number): Bytes {
  return from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to);
}
