const PAGE_BITS = 16;
const PAGE_NUMBERS = 1 << PAGE_BITS;

/** A set of whole numbers from 0 on, a bit each where they lie close: a Set takes 40 bytes each, and 16 million at most. */
export class NumberSet {
  readonly #pages = new Map<number, Uint8Array>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(number: number): void {
    const index = Math.floor(number / PAGE_NUMBERS);
    let page = this.#pages.get(index);
    if (!page) {
      page = new Uint8Array(PAGE_NUMBERS / 8);
      this.#pages.set(index, page);
    }
    const place = (number % PAGE_NUMBERS) >>> 3;
    const bit = 1 << (number & 7);
    if ((page[place]! & bit) === 0) this.#size++;
    page[place]! |= bit;
  }

  has(number: number): boolean {
    const page = this.#pages.get(Math.floor(number / PAGE_NUMBERS));
    return page !== undefined && (page[(number % PAGE_NUMBERS) >>> 3]! & (1 << (number & 7))) !== 0;
  }
}
