import type { Bytes } from '../tap.ts';
import {
  type MessageRow,
  MessageTable,
  type NewRow,
  type RowKind,
  type WholeWeight,
} from './message-table.ts';
import { Spool } from './spool.ts';

/** Messages and their bytes: a row for each, and the spool behind them. */
export class MessageStore {
  readonly #table = new MessageTable();
  readonly #spool: Spool;
  /** Where the bytes are of messages that do not lie in one piece: position and length by turns. */
  readonly #scattered = new Map<number, number[]>();

  constructor(spool: Spool = new Spool()) {
    this.#spool = spool;
  }

  /** Messages so far; they are numbered from 0 in the order they began. */
  get length(): number {
    return this.#table.length;
  }

  /** Bytes of payload that could not be kept. */
  get lost(): number {
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
    const scattered = this.#scattered.get(number);
    if (scattered) scattered.push(at, bytes.length);
    else if (!this.#table.keepBytes(number, at, bytes.length))
      this.#scattered.set(number, [at, bytes.length]);
  }

  keepContent(number: number, content: Bytes): void {
    this.#table.keepContent(number, this.#spool.append(content), content.length);
  }

  complete(number: number, kind: RowKind, name: string, at: number): void {
    this.#table.complete(number, kind, name, at);
  }

  row(number: number): MessageRow {
    return this.#table.row(number);
  }

  /** The first `limit` of a message's payload bytes as carried; undefined when they were lost. */
  bytes(number: number, limit = Number.POSITIVE_INFINITY): Buffer | undefined {
    const { bytesAt, bytesLength } = this.#table.row(number);
    const first = this.#spool.read(bytesAt, Math.min(bytesLength, limit));
    const scattered = this.#scattered.get(number);
    if (!first || !scattered) return first;
    const pieces = [first];
    let left = limit - first.length;
    for (let index = 0; index < scattered.length && left > 0; index += 2) {
      const piece = this.#spool.read(scattered[index]!, Math.min(scattered[index + 1]!, left));
      if (!piece) return undefined;
      pieces.push(piece);
      left -= piece.length;
    }
    return Buffer.concat(pieces);
  }

  /** The first `limit` bytes of what was decompressed as it came; undefined when it was lost, or there is none. */
  content(number: number, limit = Number.POSITIVE_INFINITY): Buffer | undefined {
    const { contentAt, contentLength } = this.#table.row(number);
    return contentLength === 0 ? undefined : this.#spool.read(contentAt, Math.min(contentLength, limit));
  }

  close(): void {
    this.#spool.close();
  }
}
