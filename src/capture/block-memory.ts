/** A piece of memory that blocks are written to, one behind the other; each begins at a multiple of 4. */
export interface Slab {
  readonly bytes: Buffer;
  /** The same memory in words of this machine's byte order. */
  readonly words: Int32Array;
  readonly halves: Uint16Array;
  /** How much of it holds whole blocks, from its beginning. */
  used: number;
  /** How much of that was taken. */
  taken: number;
  /** Bytes of blocks that were given back. */
  returned: number;
}

/** Whole blocks in a slab, to be given back when they are of no more use. */
export interface Blocks {
  readonly slab: Slab;
  readonly bytes: Buffer;
}

/** Bytes of a slab: several of the largest packets, so that little is left unused at its end. */
export const SLAB = 1_048_576;

/** Slabs kept to be used again: touching fresh memory costs 0.1 ms a slab, writing one full of packets 0.4. */
const SPARE = 4;

/** Blocks in the order in which they were written, until they are taken. */
export class BlockMemory {
  #slab = newSlab();
  /** Those with blocks to be taken, behind which another was begun. */
  #full: Slab[] = [];
  readonly #spare: Slab[] = [];

  /** Bytes that can be taken. */
  waiting = 0;

  /** Bytes of all blocks so far. */
  written = 0;

  /** A slab with room for `length` bytes where `used` ends. Whoever wrote a whole block there tells `wrote`. */
  room(length: number): Slab {
    if (this.#slab.used + length <= SLAB) return this.#slab;
    if (this.#slab.used > this.#slab.taken) this.#full.push(this.#slab);
    this.#slab = this.#spare.pop() ?? newSlab();
    return this.#slab;
  }

  /** The next `length` bytes of the slab are a block, or several. */
  wrote(length: number): void {
    this.#slab.used += length;
    this.waiting += length;
    this.written += length;
  }

  /** A block that was made elsewhere. */
  add(block: Uint8Array): void {
    const slab = this.room(block.length);
    slab.bytes.set(block, slab.used);
    this.wrote(block.length);
  }

  /** All blocks that were not taken yet. */
  take(): Blocks[] {
    const slabs = this.#full;
    if (this.#slab.used > this.#slab.taken) slabs.push(this.#slab);
    this.#full = [];
    this.waiting = 0;
    return slabs.map(takenFrom);
  }

  /** The memory of these blocks may be written to again, once nothing else of their slab is in use. */
  giveBack({ slab, bytes }: Blocks): void {
    slab.returned += bytes.length;
    if (slab === this.#slab || slab.returned < slab.used || this.#spare.length === SPARE) return;
    slab.used = slab.taken = slab.returned = 0;
    this.#spare.push(slab);
  }
}

function takenFrom(slab: Slab): Blocks {
  const bytes = slab.bytes.subarray(slab.taken, slab.used);
  slab.taken = slab.used;
  return { slab, bytes };
}

function newSlab(): Slab {
  const memory = new ArrayBuffer(SLAB);
  return {
    bytes: Buffer.from(memory),
    words: new Int32Array(memory),
    halves: new Uint16Array(memory),
    used: 0,
    taken: 0,
    returned: 0,
  };
}
