import type { Exchange } from '../../../session/exchange.ts';

/** Names that are told apart, as they were sent; the bytes of others count in the sum alone. */
const MAX_NAMES = 1_000;

/** Bytes of heads from which on a share says something. */
const ENOUGH = 4_000;

/** A field that takes this share of all heads of its side is heavy. */
const HEAVY = 0.3;

/** `: ` and the line end. */
const AROUND = 4;

/** A field that makes up much of the heads. */
export interface HeavyField {
  readonly name: string;
  /** 0 to 1. */
  readonly share: number;
}

/** Counts what fields take of the heads of one side, an exchange at a time. */
export class HeavyFields {
  readonly #bytes = new Map<string, number>();
  readonly #side: 'request' | 'response';
  #all = 0;

  constructor(side: 'request' | 'response') {
    this.#side = side;
  }

  add(exchange: Exchange): void {
    const head = exchange[this.#side];
    if (!head) return;
    for (const field of head.fields) this.#addField(field);
  }

  /** The heaviest field, where it is heavy. */
  get heaviest(): HeavyField | undefined {
    if (this.#all < ENOUGH) return undefined;
    const byName = new Map<string, number>();
    for (const [name, bytes] of this.#bytes) {
      const folded = name.toLowerCase();
      byName.set(folded, (byName.get(folded) ?? 0) + bytes);
    }
    const [name, bytes] = [...byName].reduce((one, other) => (other[1] > one[1] ? other : one));
    return bytes < HEAVY * this.#all ? undefined : { name, share: bytes / this.#all };
  }

  #addField({ name, value }: { readonly name: string; readonly value: string }): void {
    const length = name.length + value.length + AROUND;
    this.#all += length;
    const bytes = this.#bytes.get(name);
    if (bytes !== undefined || this.#bytes.size < MAX_NAMES) this.#bytes.set(name, (bytes ?? 0) + length);
  }
}
