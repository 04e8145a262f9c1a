import type { Field } from '../../decoders/http1/fields.ts';
import type { ExchangeProtocol } from '../../decoders/wire-event.ts';
import type { Bytes } from '../../tap.ts';
import type { Ledger } from '../ledger.ts';

/** What finding poll series takes of an exchange. Times are nanoseconds since the session's epoch. */
export interface PolledExchange {
  readonly number: number;
  readonly connection: number;
  readonly openedAt: number;
  /** When the final response's head came. */
  readonly respondedAt: number | undefined;
  readonly closedAt: number | undefined;
  readonly protocol: ExchangeProtocol;
  readonly request:
    | { readonly method: string; readonly target: string; readonly fields: readonly Field[] }
    | undefined;
  readonly response: { readonly status: number; readonly fields: readonly Field[] } | undefined;
  readonly ledger: Ledger;
}

/**
 * The bodies of an exchange, to be read when they are needed, which for most exchanges is never. It must stay readable
 * until the series was found that the exchange begins: of each resource the last few are kept.
 */
export interface PollBodies {
  /** Whether the response came whole, to the end of its body. */
  readonly isComplete: boolean;
  /** The request's content, up to `limit` bytes; undefined where it was not kept. */
  request(limit: number): Bytes | undefined;
  /** The response's content (decompressed: a dialect is read from it), up to `limit` bytes; undefined where it was not kept. */
  response(limit: number): Bytes | undefined;
}

/** Bytes of a body that are looked at. */
export const MAX_LOOKED_AT = 1 << 20;
