/** A growing list of whole numbers below 2^31, four bytes each. */
export class NumberList {
  #numbers = new Int32Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Undefined past the end. */
  at(index: number): number | undefined {
    return index >= 0 && index < this.#length ? this.#numbers[index] : undefined;
  }

  /** What is there now; only until the list changes. */
  get all(): Int32Array {
    return this.#numbers.subarray(0, this.#length);
  }

  push(number: number): void {
    this.insert(this.#length, number);
  }

  set(index: number, number: number): void {
    this.#numbers[index] = number;
  }

  insert(index: number, number: number): void {
    if (this.#length === this.#numbers.length) this.#grow();
    if (index < this.#length) this.#numbers.copyWithin(index + 1, index, this.#length);
    this.#numbers[index] = number;
    this.#length++;
  }

  remove(index: number): void {
    this.#numbers.copyWithin(index, index + 1, this.#length);
    this.#length--;
  }

  clear(): void {
    this.#length = 0;
  }

  /** The first index whose number is `least` or more, in a list that never falls. */
  firstFrom(least: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#numbers[middle]! < least) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #grow(): void {
    const longer = new Int32Array(this.#numbers.length * 2);
    longer.set(this.#numbers);
    this.#numbers = longer;
  }
}
