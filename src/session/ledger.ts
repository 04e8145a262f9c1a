import type { Side } from '../tap.ts';

/**
 * Bytes by class. Mutable: a data path books millions of them. `tls` is known of a connection as a whole, the other
 * classes of each message; `proxy` bytes are no part of the traffic and stand in the closing facts alone.
 */
export interface Weight {
  /** Start lines and fields. */
  head: number;
  /** What marks the messages off: chunk-size lines, frame headers, field names of event streams. */
  framing: number;
  /** Messages of the protocol itself: ping, pong, close, comments. */
  control: number;
  /** Application bytes as carried. */
  payload: number;
  /** Bytes that no decoder understood. */
  undecoded: number;
  /** TLS records and handshakes. */
  tls: number;
}

/** Bytes by class and by who sent them. */
export type Ledger = Readonly<Record<Side, Weight>>;

export function emptyWeight(): Weight {
  return { head: 0, framing: 0, control: 0, payload: 0, undecoded: 0, tls: 0 };
}

export function emptyLedger(): Ledger {
  return { client: emptyWeight(), server: emptyWeight() };
}

/** Bytes on the wire: all classes together. */
export function gross(weight: Readonly<Weight>): number {
  return overhead(weight) + weight.payload + weight.undecoded;
}

/** Bytes that only wrapped the payload. */
export function overhead({ head, framing, control, tls }: Readonly<Weight>): number {
  return head + framing + control + tls;
}

/** Overhead as a share of what was understood, 0 to 1; undefined where nothing was, or none of what may be payload. */
export function overheadRatio(weight: Readonly<Weight>): number | undefined {
  const understood = overhead(weight) + weight.payload;
  const isPayloadUnknown = weight.payload === 0 && weight.undecoded > 0;
  return understood === 0 || isPayloadUnknown ? undefined : overhead(weight) / understood;
}

/** Adds `weight` to `total`. */
export function addWeight(total: Weight, weight: Readonly<Weight>): void {
  total.head += weight.head;
  total.framing += weight.framing;
  total.control += weight.control;
  total.payload += weight.payload;
  total.undecoded += weight.undecoded;
  total.tls += weight.tls;
}

/** Both directions as one. */
export function bothWays(ledger: Ledger): Weight {
  const total = emptyWeight();
  addWeight(total, ledger.client);
  addWeight(total, ledger.server);
  return total;
}
