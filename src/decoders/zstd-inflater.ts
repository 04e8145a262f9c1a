/**
 * Zstandard by fzstd, as Node 20 has none: the same on every Node.
 *
 * fzstd alone waits for 18 bytes of each frame, allocates whatever window a frame asks for, and keeps a view of every
 * chunk that ends with a block. So frames and blocks are told apart here, and fzstd gets a header of full length and
 * then one whole block after the other. It moves its whole window at each block: an SSE event that was flushed on its
 * own takes 50 us with a window of 2 MiB, which is zstd's usual.
 */
import { Decompress } from 'fzstd';
import type { Bytes } from '../tap.ts';
import { ByteQueue } from './byte-queue.ts';
import type { Inflater } from './inflater.ts';
import { MAX_ZSTD_HEADER, readZstdHeader, type ZstdHeader } from './zstd-frame-header.ts';

/** The most that a Content-Encoding of zstd may ask for (RFC 9659 section 3). */
const MAX_WINDOW = 8 * 1024 * 1024;

const BLOCK_HEADER = 3;
/** RFC 8878 section 3.1.1.2.4. */
const MAX_BLOCK = 128 * 1024;
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;
const CHECKSUM = 4;

const NOTHING: Bytes = new Uint8Array();

type State =
  | { readonly reading: 'header' }
  | { readonly reading: 'block'; readonly frame: Decompress; readonly checksum: boolean }
  | { readonly reading: 'skipped'; left: number };

/** Any number of frames, one after the other; dictionaries are not supported. */
export class ZstdInflater implements Inflater {
  readonly #limit: number;
  readonly #waiting = new ByteQueue();
  #state: State = { reading: 'header' };
  #blocks: Uint8Array[] = [];
  #given = 0;
  #broken: string | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get broken(): string | undefined {
    return this.#broken;
  }

  push(bytes: Bytes): Bytes | undefined {
    if (this.#broken !== undefined) return undefined;
    this.#waiting.add(bytes);
    for (let used = this.#read(); used > 0; used = this.#read()) this.#waiting.skip(used);
    this.#waiting.keep();
    return this.#broken === undefined ? this.#take() : undefined;
  }

  /** How many of the waiting bytes made a whole header, block or gap; 0 for more please. */
  #read(): number {
    if (this.#broken !== undefined) return 0;
    switch (this.#state.reading) {
      case 'header':
        return this.#header(readZstdHeader(this.#waiting.peek(MAX_ZSTD_HEADER)));
      case 'block':
        return this.#block(this.#state.frame, this.#state.checksum);
      case 'skipped':
        return this.#skip(this.#state, this.#waiting.length);
    }
  }

  #header(header: ZstdHeader | string | undefined): number {
    if (header === undefined) return 0;
    if (typeof header === 'string') return this.#break(header);
    if (header.type === 'skippable') {
      this.#skipNext(header.contentLength);
      return header.length;
    }
    if (header.window > MAX_WINDOW) return this.#break(`a window of ${header.window} bytes`);
    if (header.dictionary !== 0) return this.#break(`dictionary ${header.dictionary} is not known`);
    const frame = new Decompress((block) => this.#give(block));
    frame.push(longHeader(header.window));
    this.#state = { reading: 'block', frame, checksum: header.checksum };
    return header.length;
  }

  #block(frame: Decompress, checksum: boolean): number {
    const [first, second, third] = this.#waiting.peek(BLOCK_HEADER);
    if (first === undefined || second === undefined || third === undefined) return 0;
    const type = (first >> 1) & 3;
    if (type === RESERVED_BLOCK) return this.#break('a block of the reserved type');
    const size = (first >> 3) | (second << 5) | (third << 13);
    if (size > MAX_BLOCK) return this.#break(`a block of ${size} bytes`);
    const length = BLOCK_HEADER + (type === RLE_BLOCK ? 1 : size);
    if (this.#waiting.length < length) return 0;
    if (!this.#inflate(frame, this.#waiting.peek(length))) return 0;
    if (first & 1) this.#skipNext(checksum ? CHECKSUM : 0);
    return length;
  }

  /** In two pieces, since fzstd forgets used chunks only where one of them ended inside a block. */
  #inflate(frame: Decompress, block: Bytes): boolean {
    try {
      frame.push(block.subarray(0, -1));
      frame.push(block.subarray(-1));
    } catch (error) {
      this.#break(error instanceof Error ? error.message : 'zstd failed');
    }
    return this.#broken === undefined;
  }

  #give(block: Uint8Array): void {
    this.#given += block.length;
    if (this.#given > this.#limit) this.#break('limit');
    else this.#blocks.push(block);
  }

  #skipNext(count: number): void {
    this.#state = count === 0 ? { reading: 'header' } : { reading: 'skipped', left: count };
  }

  #skip(state: { left: number }, available: number): number {
    const skipped = Math.min(state.left, available);
    state.left -= skipped;
    if (state.left === 0) this.#state = { reading: 'header' };
    return skipped;
  }

  #break(reason: string): 0 {
    this.#broken ??= reason;
    this.#state = { reading: 'header' };
    this.#waiting.skip(this.#waiting.length);
    this.#blocks = [];
    return 0;
  }

  #take(): Bytes {
    const blocks = this.#blocks;
    this.#blocks = [];
    this.#given = 0;
    if (blocks.length === 0) return NOTHING;
    return blocks.length === 1 ? blocks[0]! : Buffer.concat(blocks);
  }
}

/**
 * A frame header of 18 bytes that asks for at least `window`: with these fzstd knows a header to be whole.
 * It names dictionary 0, which is none, and a content size of 0, which fzstd does not look at in a stream.
 */
function longHeader(window: number): Uint8Array {
  const exponent = Math.max(0, Math.ceil(Math.log2(window / 1024)));
  return Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0xc3, exponent << 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
