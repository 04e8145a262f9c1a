import {
  gross,
  overhead,
  type Ledger as SessionLedger,
  type Weight as SessionWeight,
} from '../session/ledger.ts';

/** Bytes on the wire by class: `gross` is `overhead + payload + undecoded`. */
export interface Weight {
  /** All that travelled. */
  readonly gross: number;
  /** What only wraps the payload: `head`, `framing`, `control` and `tls` together. */
  readonly overhead: number;
  /** Application bytes as carried: compressed if they were. */
  readonly payload: number;
  /** Start lines and fields of HTTP, trailers too. */
  readonly head: number;
  /** What marks messages off: chunk-size lines, WebSocket frame headers, field names of event streams. */
  readonly framing: number;
  /** Messages of the protocol itself: ping, pong, close, comments of event streams. */
  readonly control: number;
  /** Records and handshakes of TLS. They are a connection's, and 0 of anything inside one. */
  readonly tls: number;
  /** Bytes that no decoder understood: counted, never guessed. 0 of a message. */
  readonly undecoded: number;
}

/** Bytes by who sent them. */
export interface Ledger {
  readonly client: Weight;
  readonly server: Weight;
}

/** A copy, with its sums. */
export function weightOf(weight: Readonly<SessionWeight>): Weight {
  const { payload, head, framing, control, tls, undecoded } = weight;
  return {
    gross: gross(weight),
    overhead: overhead(weight),
    payload,
    head,
    framing,
    control,
    tls,
    undecoded,
  };
}

export function ledgerOf({ client, server }: SessionLedger): Ledger {
  return { client: weightOf(client), server: weightOf(server) };
}
