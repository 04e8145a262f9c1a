import type { Bytes } from '../tap.ts';
import { LONGEST_HEADER, type ReadUnit, type Unit } from './units.ts';

/** Bytes that are kept of what is not over. Of a longer unit that is its header. */
export const MOST_KEPT = 65_536;

const NOTHING: Bytes = new Uint8Array();

/** What there is of a stream since the last place from which it can be read. */
export interface Begun {
  readonly bytes: Bytes;
  /** Bytes behind these that are not kept: of the unit that they begin. */
  readonly lost: number;
}

/** Follows a direction, and knows what of it was begun and is not over. */
export interface Walk {
  /** What has to be said again for the direction to be read from here on. */
  readonly begun: Begun;
  /** False once that is not known any more. */
  readonly isSure: boolean;
  /** True when nothing of it can follow. */
  readonly isOver: boolean;
  /** The next bytes. */
  follow(bytes: Bytes): void;
  /** The next `length` bytes are missing. */
  lose(length: number): void;
}

/** The unit that a stream is in. Mutable. */
interface OpenUnit {
  readonly unit: Unit;
  /** Bytes of it so far. */
  passed: number;
  /** Where its header is; a copy of it once it is kept. */
  source: Bytes;
  start: number;
}

/** Walks over a stream from unit to unit, and keeps what was begun and is not over. */
export class UnitWalk implements Walk {
  readonly #read: ReadUnit;
  readonly #isWhole: boolean;
  /** Bytes so far. */
  #length = 0;
  #open: OpenUnit | undefined;
  /** What there is since the last place from which it can be read; nothing while only the header of the open unit is kept. */
  #kept: Bytes[] = [];
  #keptLength = 0;
  #isCut = false;
  /** True where the stream can be read from here on. */
  #isAtRest = true;
  /** A part of a header. */
  #waiting: Bytes = NOTHING;

  isSure = true;
  isOver = false;

  /** `isWhole`: nothing of it can be read without all that came before. */
  constructor(read: ReadUnit, isWhole = false) {
    this.#read = read;
    this.#isWhole = isWhole;
  }

  get begun(): Begun {
    if (this.#isWhole && this.#keptLength < this.#length) return { bytes: NOTHING, lost: this.#length };
    if (!this.#isCut || !this.#open) return { bytes: concatenated(this.#kept), lost: 0 };
    const { source, passed } = this.#open;
    return { bytes: source, lost: passed - source.length };
  }

  follow(bytes: Bytes): void {
    this.#length += bytes.length;
    let keptFrom = 0;
    let at = 0;
    while (at < bytes.length && this.isSure && !this.isOver) {
      if (!this.#open && !this.#begin(bytes, at)) break;
      at += this.#pass(bytes.length - at);
      if (this.#open) break;
      if (this.#isAtRest) keptFrom = at;
    }
    this.#keep(bytes.subarray(keptFrom));
  }

  lose(length: number): void {
    this.#length += length;
    this.#cut();
    const left = this.#open ? this.#open.unit.length - this.#open.passed : 0;
    if (length > left) this.isSure = false;
    else this.#pass(length);
  }

  /** Reads the header at `at`; false where it is not all there, or strange. */
  #begin(bytes: Bytes, at: number): boolean {
    const waited = this.#waiting.length;
    const source =
      waited === 0 ? bytes : concatenated([this.#waiting, bytes.subarray(at, at + LONGEST_HEADER)]);
    const start = waited === 0 ? at : 0;
    const unit = this.#read(source, start);
    if (unit === 'strange') this.isSure = false;
    else if (!unit) this.#waiting = new Uint8Array(source.subarray(start));
    else {
      this.#waiting = NOTHING;
      this.#isAtRest = false;
      this.#open = { unit, passed: waited, source, start };
    }
    return this.#open !== undefined;
  }

  /** Passes over as many of `available` bytes as the open unit has; returns how many. */
  #pass(available: number): number {
    const open = this.#open!;
    const { unit, passed } = open;
    const count = Math.min(available, unit.length - passed);
    open.passed += count;
    if (open.passed < unit.length) return count;
    this.#open = undefined;
    this.#isAtRest = unit.isLast || this.#isCut;
    if (this.#isAtRest) this.#forget();
    if (unit.endsStream) this.isOver = true;
    return count;
  }

  /** Copies what is not over: its loan ends. */
  #keep(bytes: Bytes): void {
    if (!this.isSure || this.isOver) return this.#forget();
    if (this.#isCut || bytes.length === 0) return;
    const open = this.#open;
    if (open) keepHeader(open);
    const length = this.#keptLength + bytes.length;
    if (length > MOST_KEPT || (open && open.unit.length > MOST_KEPT)) return this.#cut();
    this.#kept.push(new Uint8Array(bytes));
    this.#keptLength = length;
  }

  /** From here on the header of the open unit is kept of it, or what there is of one. */
  #cut(): void {
    this.#forget();
    this.#isCut = this.#open !== undefined;
    if (this.#waiting.length > 0) this.#kept.push(this.#waiting);
    this.#keptLength = this.#waiting.length;
  }

  #forget(): void {
    this.#kept = [];
    this.#keptLength = 0;
    this.#isCut = false;
  }
}

function keepHeader(open: OpenUnit): void {
  open.source = new Uint8Array(open.source.subarray(open.start, open.start + open.unit.header));
  open.start = 0;
}

/** As one: a copy. */
export function concatenated(parts: readonly Bytes[]): Bytes {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
