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

/** Messages and their bytes: a row for each, and the spool behind them. */
export class MessageStore {
  readonly #table: MessageTable;
  readonly #spool: Spool;
  /** Of messages under way that do not lie in one piece: position and length by turns. */
  readonly #pieces = new Map<number, number[]>();

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
    if (pieces) addPiece(pieces, at, bytes.length);
    else if (!this.#table.keepBytes(number, at, bytes.length)) {
      const { bytesAt, bytesLength } = this.#table.row(number);
      this.#pieces.set(number, [bytesAt, bytesLength, at, bytes.length]);
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
    const list = new Uint8Array(Float64Array.from(pieces).buffer);
    this.#table.keepPieces(number, this.#spool.append(list), pieces.length / 2);
  }

  row(number: number): MessageRow {
    return this.#table.row(number);
  }

  /** The first `limit` of a message's payload bytes as carried; undefined when they were lost. */
  bytes(number: number, limit = Number.POSITIVE_INFINITY): Buffer | undefined {
    const { bytesAt, bytesLength } = this.#table.row(number);
    const pieces = this.#pieces.get(number) ?? (bytesLength < 0 && this.#listedPieces(bytesAt, -bytesLength));
    if (pieces === undefined) return undefined;
    return pieces ? this.#gather(pieces, limit) : this.#spool.read(bytesAt, Math.min(bytesLength, limit));
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

  #listedPieces(at: number, count: number): ArrayLike<number> | undefined {
    const list = this.#spool.read(at, count * 2 * Float64Array.BYTES_PER_ELEMENT);
    return list && new Float64Array(Uint8Array.from(list).buffer);
  }

  #gather(pieces: ArrayLike<number>, limit: number): Buffer | undefined {
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

/** What comes right behind the last piece makes that longer. */
function addPiece(pieces: number[], at: number, length: number): void {
  const end = pieces.length;
  if (pieces[end - 2]! + pieces[end - 1]! === at) pieces[end - 1]! += length;
  else pieces.push(at, length);
}
