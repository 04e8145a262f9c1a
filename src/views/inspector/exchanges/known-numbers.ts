/** Numbers that are known of some of many things, which are numbered from 0: eight bytes each. */
export class KnownNumbers {
  #numbers = new Float64Array(0);

  get(index: number): number | undefined {
    const number = this.#numbers[index];
    return number === undefined || Number.isNaN(number) ? undefined : number;
  }

  set(index: number, number: number): void {
    if (index >= this.#numbers.length) this.#grow(index);
    this.#numbers[index] = number;
  }

  clear(): void {
    this.#numbers.fill(Number.NaN);
  }

  #grow(index: number): void {
    const longer = new Float64Array(Math.max(1024, index * 2)).fill(Number.NaN, this.#numbers.length);
    longer.set(this.#numbers);
    this.#numbers = longer;
  }
}
