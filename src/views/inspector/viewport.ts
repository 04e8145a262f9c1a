/**
 * Where somebody is in a long list: the row they are on, the first row they see, and whether they follow its newest end.
 * Rows are numbered from 0; the list may grow at its end, or become another.
 */
export class Viewport {
  #length = 0;
  #height = 1;
  #top = 0;
  #cursor = 0;
  #isFollowing: boolean;
  /** How long the list was when following was let go. */
  #seenLength = 0;

  constructor({ isFollowing = false } = {}) {
    this.#isFollowing = isFollowing;
  }

  /** The first row that is seen. */
  get top(): number {
    return this.#top;
  }

  /** The row the user is on; 0 where there is none. */
  get cursor(): number {
    return this.#cursor;
  }

  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  /** Rows that came since following was let go. */
  get unseen(): number {
    return this.#isFollowing ? 0 : Math.max(0, this.#length - this.#seenLength);
  }

  /** How far down it is, 0 to 1, and which share of the list is seen. */
  get position(): { readonly start: number; readonly share: number } {
    const length = Math.max(1, this.#length);
    return { start: this.#top / length, share: Math.min(1, this.#height / length) };
  }

  /** The list has `length` rows, of which `height` are seen. */
  fit(length: number, height: number): void {
    if (this.#length === 0 && length > 0 && !this.#isFollowing) this.#seenLength = length;
    this.#length = length;
    this.#height = Math.max(1, height);
    this.#seenLength = Math.min(this.#seenLength, length);
    this.#settle(this.#isFollowing ? length - 1 : this.#cursor);
  }

  /** The same rows have moved by `count`, as others came before them, or went. */
  shift(count: number): void {
    this.#top += count;
    this.#cursor += count;
    this.#length += count;
    this.#seenLength += count;
    this.#settle(this.#cursor);
  }

  /** Goes `rows` down, or up where negative. The last row of a list that grows is followed when one comes to it. */
  move(rows: number): void {
    this.goTo(this.#cursor + rows);
  }

  page(pages: number): void {
    this.move(Math.trunc(pages * Math.max(2, this.#height - 1)));
  }

  goTo(row: number): void {
    const wanted = Math.max(0, Math.min(row, this.#length - 1));
    if (wanted < this.#cursor) this.letGo();
    this.#settle(wanted);
  }

  home(): void {
    this.letGo();
    this.#settle(0);
  }

  end(): void {
    this.#settle(this.#length - 1);
  }

  /** Sticks to the newest row from now on. */
  follow(): void {
    this.#isFollowing = true;
    this.#settle(this.#length - 1);
  }

  letGo(): void {
    if (!this.#isFollowing) return;
    this.#isFollowing = false;
    this.#seenLength = this.#length;
  }

  #settle(cursor: number): void {
    this.#cursor = Math.max(0, Math.min(cursor, this.#length - 1));
    const highest = Math.max(0, this.#length - this.#height);
    this.#top = Math.min(this.#top, this.#cursor, highest);
    this.#top = Math.max(this.#top, this.#cursor - this.#height + 1, 0);
  }
}
