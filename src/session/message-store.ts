import type { Bytes } from '../tap.ts';
import {
  type MessageRow,
  MessageTable,
  type NewRow,
  type RowKind,
  type WholeFacts,
} from './message-table.ts';
import type { OnLost } from './page-store.ts';
import { Spool } from './spool.ts';

/**
 * Places of a message's bytes in the spool: position and length by turns, or 0 and a negative length for bytes that the source lacks;
 * and where the list goes on that came before. */
interface Pieces {
  list: number[];
  before: { readonly at: number; readonly count: number };
}

/** What of a message's payload the source lacks. */
export interface Missing {
  /** Bytes in all. */
  readonly length: number;
  /** Bytes of payload before the first of them. */
  readonly at: number;
}

/** Pieces that are listed in memory; an endless response beside other traffic has a new one with each chunk. */
const MAX_LISTED = 4096;
const NONE_BEFORE = { at: 0, count: 0 };

/** Messages and their bytes: a row for each, and the spool behind them. */
export class MessageStore {
  readonly #table: MessageTable;
  readonly #spool: Spool;
  /** Of messages under way that do not lie in one piece. */
  readonly #pieces = new Map<number, Pieces>();

  /** `memory` in bytes: a third of it for the rows. */
  constructor(memory: number, onLost: OnLost = () => {}) {
    this.#table = new MessageTable(memory / 3, onLost);
    this.#spool = new Spool((2 * memory) / 3, onLost);
  }

  /** Messages so far; they are numbered from 0 in the order they began. */
  get length(): number {
    return this.#table.length;
  }

  /** Messages that are only counted, as their rows could not be kept. */
  get lostRows(): number {
    return this.#table.lost;
  }

  /** Bytes of payload that could not be kept, the room between them included. */
  get lostBytes(): number {
    return this.#spool.lost;
  }

  /** Bytes of names and ids that could not be kept, the room between them included. */
  get lostNames(): number {
    return this.#table.lostNames;
  }

  begin(row: NewRow): number {
    return this.#table.add(row);
  }

  /** A message that came in one piece: its row and its bytes at once. */
  addWhole(row: NewRow, whole: WholeFacts, name: string, bytes: Bytes): number {
    const at = bytes.length === 0 ? 0 : this.#spool.append(bytes);
    return this.#table.addWhole(row, whole, name, at, bytes.length);
  }

  /** Notes the id of an event that did not come whole. */
  identify(number: number, id: string): void {
    this.#table.identify(number, id);
  }

  weigh(number: number, head: number, framing: number, control: number, payload: number): void {
    this.#table.weigh(number, head, framing, control, payload);
  }

  /** Keeps more of a message's bytes. */
  keep(number: number, bytes: Bytes): void {
    if (bytes.length === 0) return;
    const at = this.#spool.append(bytes);
    const pieces = this.#pieces.get(number);
    if (pieces) this.#addPiece(pieces, at, bytes.length);
    else if (!this.#table.keepBytes(number, at, bytes.length)) {
      const { bytesAt, bytesLength } = this.#table.row(number);
      const list = [bytesAt, bytesLength, at, bytes.length];
      this.#pieces.set(number, { list, before: NONE_BEFORE });
    }
  }

  /** Notes that `length` bytes are missing behind those of a message that are kept. */
  miss(number: number, length: number): void {
    const known = this.#pieces.get(number);
    if (known) return this.#addPiece(known, 0, -length);
    const { bytesAt, bytesLength } = this.#table.row(number);
    const list = bytesLength > 0 ? [bytesAt, bytesLength] : [];
    this.#pieces.set(number, { list: [...list, 0, -length], before: NONE_BEFORE });
  }

  keepContent(number: number, content: Bytes): void {
    this.#table.keepContent(number, this.#spool.append(content), content.length);
  }

  complete(number: number, kind: RowKind, name: string, at: number): void {
    this.settle(number);
    this.#table.complete(number, kind, name, at);
  }

  /** A message whose stream ended in the middle of it. */
  cutOff(number: number, kind: RowKind, name: string, at: number): void {
    this.settle(number);
    this.#table.cutOff(number, kind, name, at);
  }

  /** No more bytes will come for a message: what is known of it alone leaves memory. */
  settle(number: number): void {
    const pieces = this.#pieces.get(number);
    if (!pieces) return;
    this.#pieces.delete(number);
    const { at, count } = this.#spillList(pieces);
    this.#table.keepPieces(number, at, count);
  }

  /** Number of the exchange a message belongs to; cheaper than its row. */
  exchangeOf(number: number): number {
    return this.#table.exchangeOf(number);
  }

  row(number: number): MessageRow {
    return this.#table.row(number);
  }

  /** The first `limit` of a message's payload bytes as carried, but for those that are missing; undefined when they were lost. */
  bytes(number: number, limit = Number.POSITIVE_INFINITY): Buffer | undefined {
    const { bytesAt, bytesLength } = this.#table.row(number);
    if (bytesLength >= 0 && !this.#pieces.has(number)) {
      return this.#spool.read(bytesAt, Math.min(bytesLength, limit));
    }
    const list = this.#list(number, bytesAt, bytesLength);
    return list && this.#read(list, limit);
  }

  /** Payload bytes from `from` on, at most `length`, but for those that are missing; undefined when they were lost. */
  part(number: number, from: number, length: number): Buffer | undefined {
    const { bytesAt, bytesLength } = this.#table.row(number);
    const isOnePiece = bytesLength >= 0 && !this.#pieces.has(number);
    const list = isOnePiece ? [bytesAt, bytesLength] : this.#list(number, bytesAt, bytesLength);
    return list && this.#read(behind(list, from), length);
  }

  /** A message's payload bytes as carried, but for those that are missing, in slices of at most `size`. It ends where they were lost. */
  *slices(number: number, size: number): Generator<Buffer> {
    const { bytesAt, bytesLength } = this.#table.row(number);
    const isOnePiece = bytesLength >= 0 && !this.#pieces.has(number);
    const pieces = isOnePiece ? [bytesAt, bytesLength] : (this.#list(number, bytesAt, bytesLength) ?? []);
    for (let index = 0; index < pieces.length; index += 2) {
      yield* this.#spool.slices(pieces[index]!, pieces[index + 1]!, size);
    }
  }

  /** What was decompressed as it came, in slices of at most `size`. It ends where that was lost. */
  *contentSlices(number: number, size: number): Generator<Buffer> {
    const { contentAt, contentLength } = this.#table.row(number);
    yield* this.#spool.slices(contentAt, contentLength, size);
  }

  /** What of a message's payload the source lacks; undefined where that is nothing. */
  missing(number: number): Missing | undefined {
    const { bytesAt, bytesLength } = this.#table.row(number);
    if (bytesLength >= 0 && !this.#pieces.has(number)) return undefined;
    return missingIn(this.#list(number, bytesAt, bytesLength) ?? []);
  }

  /** The first `limit` bytes of what was decompressed as it came; undefined when it was lost, or there is none. */
  content(number: number, limit = Number.POSITIVE_INFINITY): Buffer | undefined {
    const { contentAt, contentLength } = this.#table.row(number);
    return contentLength === 0 ? undefined : this.#spool.read(contentAt, Math.min(contentLength, limit));
  }

  /** Forgets everything. */
  close(): void {
    this.#table.close();
    this.#spool.close();
  }

  /** What comes right behind the last piece makes that longer. */
  #addPiece(pieces: Pieces, at: number, length: number): void {
    const { list } = pieces;
    const end = list.length;
    const isSameHole = length < 0 && list[end - 1]! < 0;
    if (isSameHole || (length > 0 && list[end - 2]! + list[end - 1]! === at)) {
      list[end - 1]! += length;
      return;
    }
    if (end >= 2 * MAX_LISTED) {
      pieces.before = this.#spillList(pieces);
      pieces.list = [];
    }
    pieces.list.push(at, length);
  }

  /** Keeps a list in the spool, behind the place of the one before it. */
  #spillList({ list, before }: Pieces): Pieces['before'] {
    const bytes = new Uint8Array(Float64Array.from([before.at, before.count, ...list]).buffer);
    return { at: this.#spool.append(bytes), count: list.length / 2 + 1 };
  }

  #readList(at: number, count: number): Pieces | undefined {
    const bytes = this.#spool.read(at, count * 2 * Float64Array.BYTES_PER_ELEMENT);
    if (!bytes) return undefined;
    const [beforeAt = 0, beforeCount = 0, ...list] = new Float64Array(Uint8Array.from(bytes).buffer);
    return { list, before: { at: beforeAt, count: beforeCount } };
  }

  /** All places of a message that does not lie in one piece; undefined when they were lost. */
  #list(number: number, bytesAt: number, bytesLength: number): number[] | undefined {
    const last = this.#pieces.get(number) ?? this.#readList(bytesAt, -bytesLength);
    if (!last) return undefined;
    const lists: number[][] = [last.list];
    for (let { before } = last; before.count > 0; ) {
      const pieces = this.#readList(before.at, before.count);
      if (!pieces) return undefined;
      lists.unshift(pieces.list);
      before = pieces.before;
    }
    return lists.flat();
  }

  #read(pieces: readonly number[], limit: number): Buffer | undefined {
    const found: Buffer[] = [];
    let left = limit;
    for (let index = 0; index < pieces.length && left > 0; index += 2) {
      const length = pieces[index + 1]!;
      if (length < 0) continue;
      const piece = this.#spool.read(pieces[index]!, Math.min(length, left));
      if (!piece) return undefined;
      found.push(piece);
      left -= piece.length;
    }
    return Buffer.concat(found);
  }
}

/** The places of what is left without the first `count` bytes. */
function behind(pieces: readonly number[], count: number): number[] {
  const rest: number[] = [];
  let left = count;
  for (let index = 0; index < pieces.length; index += 2) {
    const length = Math.max(0, pieces[index + 1]!);
    const skipped = Math.min(left, length);
    left -= skipped;
    if (length > skipped) rest.push(pieces[index]! + skipped, length - skipped);
  }
  return rest;
}

function missingIn(pieces: readonly number[]): Missing | undefined {
  let length = 0;
  let before = 0;
  for (let index = 1; index < pieces.length; index += 2) {
    const piece = pieces[index]!;
    if (piece < 0) length -= piece;
    else if (length === 0) before += piece;
  }
  return length === 0 ? undefined : { length, at: before };
}
