import type { Bytes } from '../tap.ts';
import {
  type MessageRow,
  MessageTable,
  type NewRow,
  type RowKind,
  type WholeWeight,
} from './message-table.ts';
import type { OnLost } from './page-store.ts';
import { Spool } from './spool.ts';

/** Places of a message's bytes in the spool: position and length by turns; and where the list goes on that came before. */
interface Pieces {
  list: number[];
  before: { readonly at: number; readonly count: number };
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

  begin(row: NewRow): number {
    return this.#table.add(row);
  }

  /** A message that came in one piece: its row and its bytes at once. */
  addWhole(row: NewRow, weight: WholeWeight, name: string, bytes: Bytes): number {
    const at = bytes.length === 0 ? 0 : this.#spool.append(bytes);
    return this.#table.addWhole(row, weight, name, at, bytes.length);
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

  row(number: number): MessageRow {
    return this.#table.row(number);
  }

  /** The first `limit` of a message's payload bytes as carried; undefined when they were lost. */
  bytes(number: number, limit = Number.POSITIVE_INFINITY): Buffer | undefined {
    const { bytesAt, bytesLength } = this.#table.row(number);
    const listed = this.#pieces.get(number) ?? (bytesLength < 0 && this.#readList(bytesAt, -bytesLength));
    if (listed === undefined) return undefined;
    return listed ? this.#gather(listed, limit) : this.#spool.read(bytesAt, Math.min(bytesLength, limit));
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
    if (list[end - 2]! + list[end - 1]! === at) {
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

  #gather(last: Pieces, limit: number): Buffer | undefined {
    const lists: number[][] = [last.list];
    for (let { before } = last; before.count > 0; ) {
      const pieces = this.#readList(before.at, before.count);
      if (!pieces) return undefined;
      lists.unshift(pieces.list);
      before = pieces.before;
    }
    return this.#read(lists.flat(), limit);
  }

  #read(pieces: readonly number[], limit: number): Buffer | undefined {
    const found: Buffer[] = [];
    let left = limit;
    for (let index = 0; index < pieces.length && left > 0; index += 2) {
      const piece = this.#spool.read(pieces[index]!, Math.min(pieces[index + 1]!, left));
      if (!piece) return undefined;
      found.push(piece);
      left -= piece.length;
    }
    return Buffer.concat(found);
  }
}
