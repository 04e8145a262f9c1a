import type { Bytes } from '../tap.ts';

const NONE = new Uint8Array();
const SMALLEST_BUFFER = 64;

/**
 * Bytes received that no event has used yet, for a decoder's own use within `push`.
 *
 * What was just added stays where it is, borrowed; only what still waits when the next bytes come, or when `keep` is
 * called, is copied, and then into one buffer with room to grow. So a view costs no copy except across that seam, a
 * flood costs no copies at all, and a drip of single bytes costs one copy a byte. Views stay good: memory that was
 * handed out is not written again.
 */
export class ByteQueue {
  /** Memory of our own; what waits in it comes before what was added last. */
  #buffer: Uint8Array = NONE;
  #bufferStart = 0;
  #bufferEnd = 0;
  #added: Bytes = NONE;
  #addedStart = 0;

  /** Bytes waiting. */
  get length(): number {
    return this.#bufferEnd - this.#bufferStart + this.#added.length - this.#addedStart;
  }

  /** Puts borrowed bytes behind those that wait. */
  add(bytes: Bytes): void {
    if (bytes.length === 0) return;
    this.keep();
    this.#added = bytes;
    this.#addedStart = 0;
  }

  /** At most `count` bytes from the first, as many as lie in one piece: never a copy. */
  chunk(count = Number.POSITIVE_INFINITY): Bytes {
    const buffered = this.#bufferEnd - this.#bufferStart;
    if (buffered === 0) return this.#fromAdded(count);
    return this.#buffer.subarray(this.#bufferStart, Math.min(this.#bufferStart + count, this.#bufferEnd));
  }

  /** As many bytes as lie in one piece, and `count` of them if there are so many: a copy only across the seam. */
  front(count: number): Bytes {
    const buffered = this.#bufferEnd - this.#bufferStart;
    if (buffered > 0 && buffered < count) this.#move(count - buffered);
    return this.chunk();
  }

  /** Whether these bytes are the first that wait: 0.05 us for 400. False too where they are not in one piece. */
  beginsWith(bytes: Buffer): boolean {
    const start = this.#addedStart;
    const end = start + bytes.length;
    if (this.#bufferStart < this.#bufferEnd || end > this.#added.length) return false;
    return bytes.compare(this.#added, start, end) === 0;
  }

  /** The first `count` bytes, or as many as there are, left in the queue. */
  peek(count: number): Bytes {
    const buffered = this.#bufferEnd - this.#bufferStart;
    if (buffered > 0 && buffered < count) this.#move(count - buffered);
    return this.chunk(count);
  }

  /** Removes and returns the first `count` bytes, or as many as there are. */
  take(count: number): Bytes {
    const taken = this.peek(count);
    this.skip(taken.length);
    return taken;
  }

  /** Removes the first `count` bytes, or as many as there are. */
  skip(count: number): void {
    const fromBuffer = Math.min(count, this.#bufferEnd - this.#bufferStart);
    this.#bufferStart += fromBuffer;
    this.#addedStart = Math.min(this.#addedStart + count - fromBuffer, this.#added.length);
    // Let go of used memory. The buffer is not filled anew from its beginning: views of it may be about.
    if (this.#bufferStart === this.#bufferEnd) this.#forgetBuffer();
    if (this.#addedStart === this.#added.length) this.#forgetAdded();
  }

  /** Copies what waits in borrowed memory: call it before `push` returns, since the loan ends there. */
  keep(): void {
    if (this.#added.length > 0) this.#move(this.#added.length - this.#addedStart);
  }

  #fromAdded(count: number): Bytes {
    if (this.#addedStart === 0 && count >= this.#added.length) return this.#added;
    return this.#added.subarray(this.#addedStart, this.#addedStart + count);
  }

  /** Copies the first `count` of the added bytes behind the buffered ones. */
  #move(count: number): void {
    const part = this.#added.subarray(this.#addedStart, this.#addedStart + count);
    this.#makeRoom(part.length);
    this.#buffer.set(part, this.#bufferEnd);
    this.#bufferEnd += part.length;
    this.#addedStart += part.length;
    if (this.#addedStart === this.#added.length) this.#forgetAdded();
  }

  /** Twice what is needed, so that each byte is copied about twice however slowly they drip in. */
  #makeRoom(count: number): void {
    if (this.#bufferEnd + count <= this.#buffer.length) return;
    const buffered = this.#buffer.subarray(this.#bufferStart, this.#bufferEnd);
    this.#buffer = new Uint8Array(Math.max(SMALLEST_BUFFER, 2 * (buffered.length + count)));
    this.#buffer.set(buffered);
    this.#bufferStart = 0;
    this.#bufferEnd = buffered.length;
  }

  #forgetBuffer(): void {
    this.#buffer = NONE;
    this.#bufferStart = 0;
    this.#bufferEnd = 0;
  }

  #forgetAdded(): void {
    this.#added = NONE;
    this.#addedStart = 0;
  }
}
